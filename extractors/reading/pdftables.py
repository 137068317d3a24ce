"""Ruled tables of a PDF page: the characters of PDFium dealt to the cells whose rules pdfplumber has found.

Positions are points in the page's upright frame: x to the right, y down from the top.
"""

from __future__ import annotations

import ctypes
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from extractors.reading.assembly import GridCell
from extractors.reading.pdfflow import Block, Grid

Box = tuple[float, float, float, float]  # x0, top, x1, bottom
MERGED_EDGE = 3.0  # rules nearer than this are one rule drawn twice
PADDING = 13.0  # blank on both sides of a cell's text together, at most
WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’—…\U00020000-\U0003ffff]")
DROPPED = {0x00, 0x0D, 0xFFFF}
HYPHENS = {0x02, 0xAD, 0xFFFE}


@dataclass(slots=True)
class _CellText:
    """The lines of one cell as they fill up: text, left and right edge, size of type."""

    box: Box
    lines: list[tuple[list[str], float, float, float]] = field(default_factory=list)
    fresh: bool = True  # the next character begins a line
    blank: str = ""  # a blank met after the last character

    def add(self, char: str, x0: float, x1: float, size: float) -> None:
        """Take a character that stands between ``x0`` and ``x1``."""
        if self.fresh or not self.lines:
            self.lines.append(([char], x0, x1, size))
            self.fresh = False
        else:
            text, left, right, height = self.lines[-1]
            # Blanks between two Chinese characters come from justified type, or pad a name: no word needs them.
            if self.blank and not (WIDE.match(char) and WIDE.match(text[-1])):
                text.append(self.blank)
            text.append(char)
            self.lines[-1] = (text, min(left, x0), max(right, x1), max(height, size))
        self.blank = ""

    def text(self) -> str:
        """The cell's text: a line that fills the cell runs on into the next, a shorter one ends a paragraph."""
        out = ""
        width = self.box[2] - self.box[0]
        full = False
        for chars, left, right, size in self.lines:
            line = "".join(chars).strip()
            if not line:
                continue
            runs_on = full and (WIDE.match(out[-1:]) or WIDE.match(line[:1]))
            out += line if not out or runs_on else " " + line
            full = width - (right - left) < PADDING + 1.2 * size
        return out


@dataclass(slots=True)
class _Table:
    """Cells of a table under way."""

    box: Box
    places: list[GridCell]
    texts: list[_CellText]
    edges: list[float]
    rows: list[float]

    def grid(self) -> Grid:
        """The finished table."""
        for place, text in zip(self.places, self.texts, strict=True):
            place.text = text.text()
        return Grid(self.places, self.edges)


def _edges(positions: list[float]) -> list[float]:
    """Distinct rule positions in order."""
    out: list[float] = []
    for position in sorted(positions):
        if not out or position - out[-1] > MERGED_EDGE:
            out.append(position)
    return out


def _index(edges: list[float], position: float) -> int:
    """0-based edge that ``position`` stands on."""
    return max(0, bisect_right(edges, position + MERGED_EDGE / 2) - 1)


def _table(cells: list[Box]) -> _Table | None:
    """Rows, columns and spans of the cells; None if it has not two rows and two columns."""
    xs = _edges([x for cell in cells for x in (cell[0], cell[2])])
    ys = _edges([y for cell in cells for y in (cell[1], cell[3])])
    if len(xs) < 3 or len(ys) < 3:
        return None
    places: dict[tuple[int, int], tuple[GridCell, _CellText]] = {}
    for cell in cells:
        left, right = _index(xs, cell[0]), _index(xs, cell[2])
        top, bottom = _index(ys, cell[1]), _index(ys, cell[3])
        place = GridCell(top + 1, left + 1, "", max(1, bottom - top), max(1, right - left))
        places.setdefault((top, left), (place, _CellText(cell)))
    ordered = [places[key] for key in sorted(places)]
    box = (xs[0], ys[0], xs[-1], ys[-1])
    return _Table(box, [place for place, _ in ordered], [text for _, text in ordered], xs, ys)


def _frame(page: Any) -> tuple[int, float, float, float, float]:
    """(rotation, left, bottom, right, top) of the page in its own coordinates."""
    left, bottom, right, top = page.get_mediabox()
    return page.get_rotation() % 360, left, bottom, right, top


def _upright(frame: tuple[int, float, float, float, float], x: float, y: float) -> tuple[float, float]:
    """A point of the page as (x, y down) after the page's rotation."""
    rotation, left, bottom, right, top = frame
    if rotation == 90:
        return y - bottom, x - left
    if rotation == 180:
        return right - x, y - bottom
    if rotation == 270:
        return top - y, right - x
    return x - left, top - y


def page_blocks(page: Any, textpage: Any, bbox: Box, found: list[list[Box]]) -> list[Block] | None:
    """Lines and tables of a page in reading order; None if none of the tables found is one.

    ``bbox`` is the frame of pdfplumber's coordinates, ``found`` the cells of each of its tables.
    """
    moved = [[(c[0] - bbox[0], c[1] - bbox[1], c[2] - bbox[0], c[3] - bbox[1]) for c in cells] for cells in found]
    tables = [table for table in map(_table, moved) if table is not None]
    if not tables:
        return None
    reader = _Characters(textpage, _frame(page))
    blocks: list[Block] = []
    written: set[int] = set()
    line: list[str] = []
    inside: _CellText | None = None

    def cut() -> None:
        if line:
            blocks.append(Block("".join(line).rstrip()))
            line.clear()

    for char, box in reader:
        if box is None:  # blanks and line ends, which have no place of their own
            if inside is not None:
                if char == "\n":
                    inside.fresh = True
                else:
                    inside.blank = char
            elif char == "\n":
                cut()
            else:
                line.append(char)
            continue
        at, cell = _locate(tables, box)
        if cell is None:
            if inside is not None:
                inside = None
            line.append(char)
            continue
        if at not in written:
            written.add(at)
            cut()
            blocks.append(Block(grid=Grid([], [])))  # its place; filled when all characters are dealt
            tables[at].rows = [float(len(blocks) - 1)]
        if cell is not inside:
            cell.fresh = True
            inside = cell
        cell.add(char, box[0], box[2], box[3] - box[1])
    cut()
    for at in written:
        blocks[int(tables[at].rows[0])] = Block(grid=tables[at].grid())
    return blocks


def _locate(tables: list[_Table], box: Box) -> tuple[int, _CellText | None]:
    """The table and cell in which the middle of a character stands."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    for at, table in enumerate(tables):
        left, top, right, bottom = table.box
        if left <= x <= right and top <= y <= bottom:
            for cell in table.texts:
                if cell.box[0] <= x <= cell.box[2] and cell.box[1] <= y <= cell.box[3]:
                    return at, cell
    return -1, None


class _Characters:
    """Iterates over (character, its box or None) of a page in PDFium's order."""

    def __init__(self, textpage: Any, frame: tuple[int, float, float, float, float]) -> None:
        self._textpage = textpage
        self._frame = frame

    def __iter__(self) -> Any:
        import pypdfium2.raw as pdfium  # noqa: PLC0415

        raw = self._textpage.raw
        x0, x1, y0, y1 = (ctypes.c_double() for _ in range(4))
        for index in range(pdfium.FPDFText_CountChars(raw)):
            code = pdfium.FPDFText_GetUnicode(raw, index)
            if code in DROPPED:
                continue
            char = "-" if code in HYPHENS else chr(code)
            if char.isspace() or not pdfium.FPDFText_GetCharBox(raw, index, x0, x1, y0, y1):
                yield char, None
                continue
            a = _upright(self._frame, x0.value, y0.value)
            b = _upright(self._frame, x1.value, y1.value)
            yield char, (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
