"""The blocks of PDF pages in order, with tables that go on over a page end put together.

A table at the foot of a page and one with the same columns at the head of the next are one; a repeated header is
dropped, a row broken by the page end is one row. Page numbers that stood between come after the table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.reading.assembly import Assembly, GridCell

PAGE_NUMBER = re.compile(
    r"\s*+(?:[-—–－·.]{0,3}\s*+\d{1,4}\s*+[-—–－·.]{0,3}|第\s*+\d{1,4}\s*+页(?:\s*+[,，/]?\s*+共\s*+\d{1,4}\s*+页)?|\d{1,4}\s*+/\s*+\d{1,4})\s*+"
)
NEAR = 6.0  # points by which the column edges of two parts of one table may differ
MAX_HEADER = 4


@dataclass(slots=True)
class Grid:
    """A table found on a page: cells by row and column, and the x positions of its column edges in points.

    ``streets`` are the blanks between the columns of a table without rules, else empty.
    """

    cells: list[GridCell]
    edges: list[float]
    streets: Sequence[tuple[float, float]] = ()

    @property
    def rows(self) -> int:
        """Number of rows."""
        return max(cell.row + cell.row_span - 1 for cell in self.cells)


@dataclass(slots=True)
class Block:
    """A line of text, or a table."""

    line: str = ""
    grid: Grid | None = None
    size: int = field(init=False)

    def __post_init__(self) -> None:
        cells = self.grid.cells if self.grid else ()
        self.size = len(self.line.strip()) + sum(len(cell.text) for cell in cells)

    @property
    def marginal(self) -> bool:
        """Whether it is a page number or empty, so that a table may go on across it."""
        return self.grid is None and (not self.line.strip() or PAGE_NUMBER.fullmatch(self.line) is not None)


class Flow:
    """Takes pages in order and writes them to an assembly; ``end`` must be called after the last."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._open: Grid | None = None
        self._page = 0
        self._breaks: dict[int, int] = {}
        self._after: list[str] = []  # lines that come after the open table

    def page(self, number: int, blocks: list[Block]) -> None:
        """Take the blocks of page ``number``."""
        first = next((i for i, block in enumerate(blocks) if not block.marginal), len(blocks))
        grid = blocks[first].grid if first < len(blocks) else None
        if self._open is not None and grid is not None and _align(self._open, grid):
            self._breaks[self._extend(self._open, grid)] = number
            self._after += [block.line for block in blocks[:first]]
            rest = blocks[first + 1 :]
            if all(block.marginal for block in rest):
                self._after += [block.line for block in rest]
                return
            self.end()
        else:
            self.end()
            self._assembly.page(number)
            rest = blocks
        self._write(rest, number)

    def _write(self, blocks: list[Block], number: int) -> None:
        last = next((i for i in range(len(blocks) - 1, -1, -1) if not blocks[i].marginal), -1)
        for i, block in enumerate(blocks):
            if block.grid is None:
                self._assembly.line(block.line)
            elif i == last:  # may go on on the next page
                self._open, self._page, self._breaks = block.grid, number, {}
                self._after = [later.line for later in blocks[i + 1 :]]
                return
            else:
                self._assembly.table(block.grid.cells, page=number)

    def end(self) -> None:
        """Write a table that was still open, and what stands after it."""
        if self._open is not None:
            self._assembly.table(self._open.cells, page=self._page, breaks=self._breaks)
            self._open = None
            for line in self._after:
                self._assembly.line(line)
            self._after = []

    @staticmethod
    def _extend(table: Grid, more: Grid) -> int:
        """Append the rows of ``more``; gives the row (1-based) that is the first on the new page."""
        last = table.rows
        header = _repeated(table, more)
        below = [cell for cell in more.cells if cell.row > header]
        broken = _broken(table, below, last, header + 1)
        shift = last - header - (1 if broken else 0)
        for cell in below:
            if broken and cell.row == header + 1:
                above = next(
                    (c for c in table.cells if c.row <= last < c.row + c.row_span and c.column == cell.column), None
                )
                if above is not None:
                    above.text += cell.text
                    above.row_span = max(above.row_span, cell.row + shift + cell.row_span - above.row)
                    continue
            table.cells.append(GridCell(cell.row + shift, cell.column, cell.text, cell.row_span, cell.column_span))
        return last + 1


def _align(table: Grid, more: Grid) -> bool:
    """Whether two grids are parts of one table: the same outer edges, and the inner edges of one are among the other's;
    without rules, streets that go on into each other.

    If so, the one with fewer columns is renumbered to the columns of the other.
    """
    if table.streets or more.streets:
        return len(table.streets) == len(more.streets) and all(
            a[0] < b[1] and b[0] < a[1] for a, b in zip(table.streets, more.streets, strict=True)
        )
    few, many = (table, more) if len(table.edges) < len(more.edges) else (more, table)
    index = [next((i for i, other in enumerate(many.edges) if abs(edge - other) < NEAR), -1) for edge in few.edges]
    if -1 in index or index != sorted(set(index)) or index[0] != 0 or index[-1] != len(many.edges) - 1:
        return False
    for cell in few.cells:
        left = cell.column - 1
        right = min(left + cell.column_span, len(index) - 1)
        cell.column, cell.column_span = index[left] + 1, max(1, index[right] - index[left])
    few.edges = many.edges
    return True


def _texts(cells: list[GridCell], row: int) -> list[tuple[int, str]]:
    return [(cell.column, cell.text) for cell in cells if cell.row == row and cell.text]


def _repeated(table: Grid, more: Grid) -> int:
    """How many first rows of ``more`` repeat those of ``table``."""
    count = 0
    while (
        count < MAX_HEADER
        and _texts(more.cells, count + 1)
        and _texts(more.cells, count + 1) == _texts(table.cells, count + 1)
    ):
        count += 1
    return count


def _broken(table: Grid, below: list[GridCell], last: int, first: int) -> bool:
    """Whether the first row of a new page only ends the last row of the page before.

    Such a row has nothing in its first column, where the row above has its number, and nothing in most others.
    """
    row = [cell for cell in below if cell.row == first]
    above = [cell for cell in table.cells if cell.row == last]
    if not row or not above or any(cell.column == 1 and cell.text for cell in row):
        return False
    filled = [cell for cell in row if cell.text]
    return bool(filled) and 2 * len(filled) <= len(row) and any(cell.column == 1 and cell.text for cell in above)
