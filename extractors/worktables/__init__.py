"""Work tables (任务分解表, 责任清单, 台账): every data row is a task with its figures, deadlines, units and persons.

Heads and cells give columns their roles (:mod:`.headers`, :mod:`.content`, :mod:`.layout`, lexicon ``worktables``), cells
are read by the role of their column (:mod:`.cells`, :mod:`.numbers`, :mod:`.names`), rows are put together by :mod:`.filling`.
"""

from __future__ import annotations

import re

from extractors.context import PartView
from extractors.document import Segment, Table
from extractors.worktables import grid, headers, turning
from extractors.worktables.filling import Filler, TableRows
from extractors.worktables.layout import layout

__all__ = ["TableRows", "find"]

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
    for table, rows in tables.values():
        _table(view, filler, table, rows, last)
        last = max(s.end for s in rows.values())
    for found in (result.figures, result.deadlines, result.units):
        found.sort(key=lambda m: (m.start, m.end))
    result.persons = sorted(set(result.persons))
    return result


def _table(view: PartView, filler: Filler, table: Table, rows: dict[int, Segment], last: int) -> None:
    first = min(s.start for s in rows.values())
    above = [line.strip() for line in view.text[max(last, first - _ABOVE) : first].split("\n")[-4:]]
    measure = next((unit for line in reversed(above) if (unit := headers.caption(line))), "")
    whole = turning.upright(grid.build(view, table, rows))
    year = next((s.year for s in rows.values() if s.year), None) or view.part.year
    found = layout(whole, measure, year)
    if not whole.across:
        for number in found.prose:
            _as_prose(view, rows[number])
    titles = [*(line for line in above[-3:] if 4 <= len(line) <= 40), *found.titles, view.part.title, table.sheet]
    for block in found.blocks:
        filler.block(whole, block, titles, rows)


def _as_prose(view: PartView, segment: Segment) -> None:
    """A row that is a sentence is read as one; it keeps its place in the table."""
    m = _NUMBER.match(view.text, segment.start, segment.end)
    segment.kind = "item" if m else "paragraph"
    if m:
        segment.level, segment.body = 4 if m["inner"] else 3, m.end()
