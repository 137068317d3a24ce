"""Characters with places on a page → its lines and tables: each character goes to the cell in which it stands.

Serves every format that knows where a character stands (PDF, OFD, recognised pictures). Positions are points in the
page's upright frame: x to the right, y down from the top.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from extractors.reading.assembly import GridCell
from extractors.reading.pdfflow import Block, Grid
from extractors.reading.ruling import Box

MERGED_EDGE = 3.0  # rules nearer than this are one rule drawn twice
PADDING = 13.0  # blank on both sides of a cell's text together, at most
WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’—…\U00020000-\U0003ffff]")
Span = tuple[float, float]
Placed = tuple[str, Box | None]  # a character and where it stands; blanks and line ends have no place


@dataclass(slots=True)
class Aligned:
    """A table without rules: its cells, the width of the text in each column by the left edge of its cells, and the blanks
    between its columns."""

    cells: list[Box]
    widths: dict[float, float]
    streets: list[Span]


@dataclass(slots=True)
class _CellText:
    """The lines of one cell as they fill up: text, left and right edge, size of type. ``width`` is what a line may fill."""

    box: Box
    width: float
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
        full = False
        for chars, left, right, size in self.lines:
            line = "".join(chars).strip()
            if not line:
                continue
            runs_on = full and (WIDE.match(out[-1:]) or WIDE.match(line[:1]))
            out += line if not out or runs_on else " " + line
            full = self.width - (right - left) < PADDING + 1.2 * size
        return out


@dataclass(slots=True)
class _Table:
    """Cells of a table under way; ``owner`` tells the cell of each field between neighbouring edges."""

    places: list[GridCell]
    texts: list[_CellText]
    xs: list[float]
    ys: list[float]
    owner: dict[tuple[int, int], _CellText]
    streets: Sequence[Span] = ()
    block: int = -1  # where it stands among the blocks of its page; -1 before its first character

    def cell_at(self, x: float, y: float) -> _CellText | None:
        """The cell in which a point lies."""
        if self.xs[0] <= x <= self.xs[-1] and self.ys[0] <= y <= self.ys[-1]:
            column = min(bisect_right(self.xs, x), len(self.xs) - 1) - 1
            return self.owner.get((min(bisect_right(self.ys, y), len(self.ys) - 1) - 1, column))
        return None

    def grid(self) -> Grid:
        """The finished table."""
        for place, text in zip(self.places, self.texts, strict=True):
            place.text = text.text()
        return Grid(self.places, self.xs, self.streets)


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


def _table(cells: list[Box], widths: Mapping[float, float] = MappingProxyType({})) -> _Table | None:
    """Rows, columns and spans of the cells; None if it has not two rows and two columns."""
    xs = _edges([x for cell in cells for x in (cell[0], cell[2])])
    ys = _edges([y for cell in cells for y in (cell[1], cell[3])])
    if len(xs) < 3 or len(ys) < 3:
        return None
    places: dict[tuple[int, int], tuple[GridCell, _CellText]] = {}
    owner: dict[tuple[int, int], _CellText] = {}
    for cell in cells:
        left, right = _index(xs, cell[0]), _index(xs, cell[2])
        top, bottom = _index(ys, cell[1]), _index(ys, cell[3])
        text = _CellText(cell, widths.get(cell[0], cell[2] - cell[0]))
        place = GridCell(top + 1, left + 1, "", max(1, bottom - top), max(1, right - left))
        if places.setdefault((top, left), (place, text))[0] is place:
            for row in range(top, max(bottom, top + 1)):
                for column in range(left, max(right, left + 1)):
                    owner.setdefault((row, column), text)
    ordered = [places[key] for key in sorted(places)]
    return _Table([place for place, _ in ordered], [text for _, text in ordered], xs, ys, owner)


def blocks(characters: Iterable[Placed], cells: list[list[Box]], aligned: Sequence[Aligned] = ()) -> list[Block] | None:
    """Lines and tables of a page in the order of its characters; None if none of ``cells`` and ``aligned`` makes a table."""
    tables = [made for made in map(_table, cells) if made is not None]
    for shape in aligned:
        if (loose := _table(shape.cells, shape.widths)) is not None:
            loose.streets = shape.streets
            tables.append(loose)
    if not tables:
        return None
    out: list[Block] = []
    line: list[str] = []
    inside: _CellText | None = None

    def cut() -> None:
        if line:
            out.append(Block("".join(line).rstrip()))
            line.clear()

    for char, box in characters:
        if box is None:
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
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        cell = None
        for table in tables:
            cell = table.cell_at(x, y)
            if cell is not None:
                break
        if cell is None:
            inside = None
            line.append(char)
            continue
        if table.block < 0:
            cut()
            table.block = len(out)
            out.append(Block(grid=Grid([], [])))  # its place; filled when all characters are dealt
        if cell is not inside:
            cell.fresh = True
            inside = cell
        cell.add(char, box[0], box[2], box[3] - box[1])
    cut()
    for table in tables:
        if table.block >= 0:
            out[table.block] = Block(grid=table.grid())
    return out


@dataclass(slots=True)
class Piece:
    """A stretch of text in one place, in a format that keeps no reading order."""

    text: str
    box: Box


def arranged(pieces: list[Piece], cells: list[list[Box]], aligned: Sequence[Aligned] = ()) -> list[Block]:
    """Lines and tables from pieces in any order: top down, in a line from left to right, a blank between pieces apart."""
    dealt = blocks(_placed(pieces), cells, aligned)
    if dealt is not None:
        return dealt
    return [Block(_joined(line)) for line in rows(pieces)]


def rows(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces that stand on one line together, lines top down."""
    out: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (p.box[1] + p.box[3], p.box[0])):
        middle = (piece.box[1] + piece.box[3]) / 2
        if out:
            first = out[-1][0].box
            if first[1] + (first[3] - first[1]) * 0.1 < middle < first[3] - (first[3] - first[1]) * 0.1:
                out[-1].append(piece)
                continue
        out.append([piece])
    for line in out:
        line.sort(key=lambda p: p.box[0])
    return out


def _joined(line: list[Piece]) -> str:
    text = ""
    right = 0.0
    for piece in line:
        gap = piece.box[0] - right
        text += (" " if text and gap > 0.3 * (piece.box[3] - piece.box[1]) else "") + piece.text
        right = piece.box[2]
    return text


def _placed(pieces: list[Piece]) -> Iterable[Placed]:
    for line in rows(pieces):
        for at, piece in enumerate(line):
            if at:
                yield " ", None
            left, top, right, bottom = piece.box
            width = (right - left) / max(len(piece.text), 1)
            for i, char in enumerate(piece.text):
                if char.isspace():
                    yield char, None
                else:
                    yield char, (left + i * width, top, left + (i + 1) * width, bottom)
        yield "\n", None
