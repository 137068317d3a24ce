"""Work tables (任务分解表, 责任清单, 台账): every data row is a task with its figures, deadlines, units and persons.

Heads and cells give columns their roles (:mod:`.headers`, :mod:`.content`, :mod:`.layout`, lexicon ``worktables``), cells
are read by the role of their column (:mod:`.cells`, :mod:`.numbers`, :mod:`.names`), rows are put together by :mod:`.filling`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter

from extractors.context import PartView, scan
from extractors.document import Segment, Table
from extractors.text.years import years_in
from extractors.worktables import grid, headers, turning
from extractors.worktables.filling import Filler, TableRows
from extractors.worktables.grid import Grid
from extractors.worktables.layout import Block, layout

__all__ = ["TableRows", "find"]

_span = attrgetter("start", "end")
_TOP = 3  # rows in which a title or head may name the year of the limits below
_ABOVE = 120  # characters before a table in which its title and unit line stand
_NUMBER = re.compile(r"(?:\d{1,2}[.、．](?!\d)|(?P<inner>[(（][一二三四五六七八九十\d]{1,2}[)）]))\s*")


def find(view: PartView) -> TableRows:
    """Mentions of all table rows of a part, in the order of the text.

    Sets the names of rows and what merged cells above give them in the view. Rows of prose (notes under a table, sentences
    in a sheet) become paragraphs and are left to the extractors of prose.
    """
    result = TableRows()
    tables: dict[int, tuple[Table, dict[int, Segment]]] = {}
    for segment in view.part.segments:
        if segment.table is not None:
            tables.setdefault(segment.table.number, (segment.table, {}))[1][segment.row] = segment
    filler = Filler(view, result)
    last = view.part.start
    laid: list[tuple[Grid, Block, list[str]]] = []
    for table, rows in tables.values():
        laid += _blocks(view, table, rows, last, result)
        last = max(s.end for s in rows.values())
    filler.learn(text for grid_of, block, _ in laid for text in _texts_of_units(grid_of, block))
    for grid_of, block, titles in laid:
        filler.block(grid_of, block, titles)
    for found in (result.figures, result.deadlines, result.units):
        found.sort(key=_span)
    result.persons = sorted(set(result.persons))
    return result


def _texts_of_units(lying: Grid, block: Block) -> Iterator[str]:
    """The cells of a block that name units."""
    named = {number for number, column in block.columns.items() if column.role in headers.UNIT_ROLES}
    return (e.text for r in block.rows for e in lying.rows[r] if e.column in named) if named else iter(())


def _blocks(
    view: PartView, table: Table, rows: dict[int, Segment], last: int, result: TableRows
) -> Iterator[tuple[Grid, Block, list[str]]]:
    """The blocks of a table with their grid and titles; ``last`` is where the table before it ended."""
    first = min(s.start for s in rows.values())
    above = [line.strip() for line in view.text[max(last, first - _ABOVE) : first].split("\n")[-4:]]
    measure = next((unit for line in reversed(above) if (unit := headers.caption(line))), "")
    lying = grid.build(view, table, rows)
    year = next((s.year for s in rows.values() if s.year), None) or view.part.year
    if year is None:
        top = [e for r in lying.order[:_TOP] for e in lying.rows[r]]
        said = [e.text for e in top if len(lying.rows[e.row]) == 1 or headers.role(e.text)[0] in ("deadline", "start")]
        year = _year(" ".join((*above, *said)))
        for segment in rows.values():
            segment.year = year
    whole = turning.upright(lying)
    found = layout(whole, measure, year)
    result.unread += found.measured
    lines = {id(segment) for segment in rows.values()}
    for number in found.prose:
        if id(whole.segments[number]) in lines:  # rows made of cells of several lines are none
            _as_prose(view, whole.segments[number])
    titles = [*(line for line in above[-3:] if 4 <= len(line) <= 40), *found.titles, view.part.title, table.sheet]
    for block in found.blocks:
        yield whole, block, titles


def _year(titles: str) -> int | None:
    """The one year that the titles of a table name (2025年责任清单); None where they name none or several."""
    named = set(years_in(titles))
    return named.pop() if len(named) == 1 else None


def _as_prose(view: PartView, segment: Segment) -> None:
    """A row that is a sentence is read as one; it keeps its place in the table."""
    m = _NUMBER.match(view.text, segment.start, segment.end)
    segment.kind = "item" if m else "paragraph"
    if m:
        segment.level, segment.body = 4 if m["inner"] else 3, m.end()
    scan(view, segment.start, segment.end)
