"""Which rows of a table are titles, heads, data, section heads or prose, and what each column holds.

A table is cut into blocks, each under its own head: several tables in one sheet, a second head in the middle. A head is
told by the words of the lexicon or, in tables of numbers, by rows of words that stand over rows of numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from extractors.lexicon import words
from extractors.worktables import content, headers
from extractors.worktables.grid import Entry, Grid
from extractors.worktables.headers import NO_COLUMN, UNIT_ROLES, Column

_HEAD_ROWS = 5
_MOST = 0.8  # of the cells of a second head row stand under wide cells of the first
_LONG = 30
_PROSE = re.compile(r"[。；;，,！]|[:：].{6}")
_SIGNS = re.compile(r"[。；;！]")
_NUMBERED = re.compile(r"\d{1,2}[.、．](?!\d)|[(（][一二三四五六七八九十\d]{1,2}[)）]|[一二三四五六七八九十]、")
_WORDS = re.compile(r"[\u4e00-\u9fffA-Za-z]")


@dataclass(slots=True)
class Block:
    """Data rows under one head. ``work``: units, persons or time limits are named, so that its rows are planned work.
    ``named``: a column says what is to be done. ``varied``: a column says the measure or the period of its row.
    ``spanning``: columns of which a cell covers several rows."""

    columns: dict[int, Column] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    measure: str = ""
    work: bool = False
    marked: bool = False
    varied: bool = False
    spanning: frozenset[int] = frozenset()
    named: bool = False

    def column(self, number: int) -> Column:
        """The column, without role where nothing is known of it."""
        return self.columns.get(number, NO_COLUMN)


@dataclass(slots=True)
class Layout:
    """Blocks, rows of prose (notes, sentences in a sheet) and the texts of title and section rows."""

    blocks: list[Block] = field(default_factory=list)
    prose: list[int] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    measured: int = 0  # cells of heads and titles that hold a measured number


def layout(grid: Grid, measure: str, year: int | None) -> Layout:
    """Read the rows of a grid in order. ``measure`` is that of the caption, ``year`` that of the document."""
    found = Layout()
    block = Block(measure=measure)
    alone = all(len(grid.rows[r]) == 1 for r in grid.order)
    i = 0
    while i < len(grid.order):
        number = grid.order[i]
        cells = grid.rows[number]
        noted = bool(found.prose) and i > 0 and found.prose[-1] == grid.order[i - 1]
        if (
            len(cells) == 1
            and not grid.covering.get(number)
            and (alone or _stands_alone(cells[0], block) or (noted and _NUMBERED.match(cells[0].text)))
        ):  # notes go on with numbers
            _alone(cells[0], found, block, alone)
            i += 1
            continue
        head = _head(grid, i, block)
        texts = [[e.text for e in grid.rows[r]] for r in head]
        if head and block.head and not block.rows and any(content.measured(text) for row in texts for text in row):
            head = []  # straight under a head a row with measured numbers is the first of the data
        if head:
            if block.rows or not block.head:
                repeated = bool(block.head) and texts == [[e.text for e in grid.rows[r]] for r in block.head]
                if not repeated:
                    _close(grid, block, found)
                    found.measured += sum(content.measured(text) for row in texts for text in row)
                    block = Block(head=head, columns=_columns(grid, head, year), measure=block.measure)
            i += len(head)
            continue
        block.rows.append(number)
        i += 1
    _close(grid, block, found)
    return found


def _stands_alone(cell: Entry, block: Block) -> bool:
    """Whether the only cell of a row is a title, a section head or a remark, not the one filled cell of a data row."""
    return (
        not block.columns
        or cell.column_span > 1
        or cell.text.startswith(words("worktables", "remark"))
        or block.column(cell.column).role not in ("task", "target", "problem")
    )


def _alone(cell: Entry, found: Layout, block: Block, alone: bool) -> None:
    text = cell.text
    if unit := headers.caption(text):
        block.measure = block.measure or unit
    if alone or (_PROSE.search(text) and (len(text) > _LONG // 2 or text.startswith(words("worktables", "remark")))):
        found.prose.append(cell.row)
    else:
        found.titles.append(text)
        found.measured += content.measured(text)


def _close(grid: Grid, block: Block, found: Layout) -> None:
    if block.rows:
        _fill(grid, block)
        roles = {c.role for c in block.columns.values()}
        block.named, block.varied = bool(roles & {"task", "target"}), bool(roles & {"measure", "period"})
        block.spanning = frozenset(e.column for r in block.rows for e in grid.rows[r] if e.row_span > 1)
        found.blocks.append(block)


def _head(grid: Grid, i: int, block: Block) -> list[int]:
    """Numbers of the rows that make a head beginning with the i-th row; empty if none does."""
    first = grid.order[i]
    cells = grid.rows[first]
    if (
        content.is_number(cells[0].text)
        or not _like_head(cells)
        or (block.rows and grid.covering.get(first))
        or (block.head and _fits(cells, block))
    ):
        return []
    rows = [first]
    for number in grid.order[i + 1 : i + _HEAD_ROWS]:
        if not _goes_on(grid, rows, number):
            break
        rows.append(number)
    if _named(grid, rows):
        return rows
    return rows if _over_numbers(grid, i, rows, block) else []


def _fits(cells: Sequence[Entry], block: Block) -> bool:
    """Whether a row holds what the columns above it are for: a body, a person or a time where such stand."""
    labels = sum(headers.period_label(e.text) is not None for e in cells)
    for e in cells:
        role = block.column(e.column).role
        if headers.role(e.text)[0]:
            continue
        if role in (*UNIT_ROLES, "body"):
            fits = content.is_body(e.text)
        elif role in ("deadline", "start"):
            fits = content.is_time(e.text) and (headers.period_label(e.text) is None or labels == 1)
        else:
            fits = (role == "person" and content.is_person(e.text)) or (role == "number" and e.text.isdecimal())
        if fits and (not headers.is_label(e.text) or headers.period_label(e.text)):
            return True
    return False


def _like_head(cells: Sequence[Entry]) -> bool:
    """No numbers but years, no long text, no sentence."""
    return len(cells) > 1 and all(
        len(e.text) <= 2 * _LONG and not content.is_number(e.text) and not _SIGNS.search(e.text) for e in cells
    )


def _named(grid: Grid, rows: Sequence[int]) -> bool:
    """Whether the words of the lexicon make these rows a head: half of the cells are labels, of two roles."""
    cells = [e for r in rows for e in grid.rows[r]]
    labels = [e for e in cells if headers.is_label(e.text)]
    kinds = {headers.role(e.text)[0] or ("time" if headers.period_label(e.text) else "value") for e in labels}
    return len(labels) >= 2 and 2 * len(labels) >= len(cells) and (len(kinds) >= 2 or len(labels) == len(cells))


def _over_numbers(grid: Grid, i: int, rows: Sequence[int], block: Block) -> bool:
    """Whether the rows are words over a column of numbers, at the top or where numbers stood before."""
    after = grid.order[i + len(rows) : i + len(rows) + 3]
    heads = {c for r in rows for e in grid.rows[r] for c in e.columns}
    under = [e for r in after[:1] for e in grid.rows[r]]
    numbers = [e for e in under if content.is_number(e.text) and e.column in heads]
    rest = [e for e in under if e.column in heads]
    if not numbers or 2 * len(numbers) + 1 < len(rest):
        return False
    if not block.rows:
        return True
    last = grid.rows[block.rows[-1]]
    return any(content.is_number(e.text) for e in last) or len(last) == 1


def _goes_on(grid: Grid, rows: Sequence[int], number: int) -> bool:
    """Whether a row goes on the head above it: its cells divide wider ones, or fill the gaps of a head without spans."""
    cells = grid.rows[number]
    if not all(
        len(e.text) <= _LONG and not content.is_number(e.text) and not _SIGNS.search(e.text) for e in cells
    ):  # fmt: skip
        return False
    above = [e for r in rows for e in grid.rows[r]]
    wide = [e for e in above if e.column_span > 1]
    under = {c for w in wide for c in w.columns}
    if wide and number <= rows[-1] + 1 and sum(e.column in under for e in cells) >= _MOST * len(cells):
        return True
    if any(e.row_span > 1 for e in above):
        return any(e.row + e.row_span > number for e in above) and not any(
            content.is_time(e.text) and not headers.period_label(e.text) for e in cells
        )
    top = {e.column for e in grid.rows[rows[0]]}
    if len(rows) > 1 or wide or not cells or cells[0].column == min(top):
        return False
    fits = all(e.column not in top or e.column + 1 not in top for e in cells)
    return fits and any(e.column not in top for e in cells) and all(headers.is_label(e.text) for e in cells)


def _columns(grid: Grid, head: Sequence[int], year: int | None) -> dict[int, Column]:
    levels: dict[int, list[Entry]] = {}
    spanned = any(e.column_span > 1 for r in head for e in grid.rows[r])
    last = max(c for r in head for e in grid.rows[r] for c in (e.column + e.column_span - 1,))
    for number in head:
        carried: Entry | None = None
        cells = grid.rows[number]
        below = {e.column for e in grid.rows[head[-1]]} if number != head[-1] else set()
        taken = {c: e for e in cells for c in e.columns}
        for c in range(min(taken), last + 1):
            entry = taken.get(c)
            if entry is None and not spanned and len(head) > 1 and c in below and carried is not None:
                entry = carried
            if entry is not None:
                carried = entry if c in below else None
                if not levels.get(c) or levels[c][-1] is not entry:
                    levels.setdefault(c, []).append(entry)
    made: dict[int, Column] = {}
    for c, entries in levels.items():
        column = headers.column(tuple(e.text for e in entries), year)
        made[c] = replace(column, place=(entries[-1].start, entries[-1].end))
    return _told_apart(made)


def _told_apart(columns: dict[int, Column]) -> dict[int, Column]:
    """Columns under different heads that measure the same by their innermost level take the levels above with it."""
    heads: dict[str, set[str]] = {}
    for column in columns.values():
        heads.setdefault(column.stem, set()).add(column.header)
    return {
        c: replace(column, stem=headers.bare(column.header)) if column.stem and len(heads[column.stem]) > 1 else column
        for c, column in columns.items()
    }


def _fill(grid: Grid, block: Block) -> None:
    """Settle the roles of columns by what their cells hold."""
    texts: dict[int, list[str]] = {}
    for number in block.rows[:60]:
        for e in grid.rows[number]:
            texts.setdefault(e.column, []).append(e.text)
    headed = bool(block.columns)
    for c, held in texts.items():
        column = block.column(c)
        role = _settled(column, held, headed, len(block.rows))
        block.columns[c] = column.as_role(role)
    roles = {c.role for c in block.columns.values()}
    block.work = any(c.dated for c in block.columns.values()) or bool(
        roles & {*UNIT_ROLES, "person", "deadline", "start", "schedule", "duty"}
    )
    planned = block.work or any(c.status == "target" for c in block.columns.values())
    block.marked = bool(roles & {"schedule", "duty"})
    _label_periods(block, roles)
    for c, column in block.columns.items():
        if column.role == "body":
            held = texts.get(c, [])
            named = (planned and "task" not in roles) or block.work or content.mostly(held, content.is_body)
            block.columns[c] = column.as_role("responsible" if named and planned else "")
    if not headed and "task" not in roles:
        _longest_is_task(block, texts)
    _carry_periods(block)


def _settled(column: Column, held: Sequence[str], headed: bool, rows: int) -> str:
    role = column.role
    if role in ("code", "number", "note", "length", "event", *UNIT_ROLES):
        return role
    if role == "body":
        return "measure" if content.mostly(held, headers.measure) else role
    if role == "measure":
        return role
    if column.time is not None and headers.stage(column.leaf):
        return "value" if content.mostly(held, content.is_number) else "schedule"
    if not role and headed and content.is_body(column.leaf) and content.mostly(held, content.duty):
        return "duty"
    if role == "done" and column.perhaps and content.mostly(held, content.is_time):
        return "deadline"  # a milestone: 外立面完成 | 2026年10月
    if content.mostly(held, content.is_number) and (
        role not in ("deadline", "start", "person") or (column.measure and not content.mostly(held, content.is_time))
    ):
        return "number" if not column.header and content.sequential(held) else "value"
    if role or (headed and column.header):
        return role
    found = content.role(held, rows)
    return "period" if headed and found == "deadline" else found


def _label_periods(block: Block, roles: set[str]) -> None:
    """A column of times that heads rows of numbers (年份 | 产量) says when the numbers are of; it limits no work."""
    if roles & {*UNIT_ROLES, "person", "task", "target", "problem", "start", "schedule"} or "value" not in roles:
        return
    for c, column in block.columns.items():
        if column.role == "deadline" and column.header in ("", *words("worktables", "period")):
            block.columns[c] = column.as_role("period")
            block.work = False


def _longest_is_task(block: Block, texts: dict[int, list[str]]) -> None:
    free = [c for c, column in block.columns.items() if not column.role and _WORDS.search("".join(texts.get(c, [])))]
    if free:
        first = min(free)
        block.columns[first] = block.columns[first].as_role("task")


def _carry_periods(block: Block) -> None:
    """A change beside a plan or a result is that plan's or result's (2023年计划 | 增长%)."""
    status, period = "", ("", "")
    for c in sorted(block.columns):
        column = block.columns[c]
        if column.role != "value":
            continue
        share = (column.measure == "%" or column.header.endswith("率")) and column.status == status == "actual"
        if (column.change and not column.status) or (share and not column.period[0]):
            block.columns[c] = replace(column, status=status, period=column.period if column.period[0] else period)
        elif column.status or column.period[0]:
            status, period = column.status, column.period
