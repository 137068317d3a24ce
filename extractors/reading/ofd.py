"""OFD (GB/T 33190), the national layout format: zip and XML; text with places becomes lines, ruled areas become tables.

Positions are millimetres from the top left of the page; they are taken to points so that all layout formats share their
measures.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

from extractors.errors import Rejected
from extractors.reading import celltext, ruling
from extractors.reading.archive import Package, open_zip
from extractors.reading.assembly import Assembly, Parsed
from extractors.reading.celltext import Piece
from extractors.reading.pdfflow import Flow
from extractors.reading.ruling import Rule
from extractors.reading.xmlpart import root

POINTS = 72 / 25.4
MAX_PAGES = 5000
MAX_XML = 64 << 20
MAX_DEPTH = 50
NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?")
DRAWING = re.compile(r"([SMLQBAC])|(-?\d{1,9}(?:\.\d{1,9})?)")
ARGUMENTS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
GAP = 1.6  # advance, in sizes of type, from which two neighbouring characters are apart
Matrix = tuple[float, float, float, float, float, float]
UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def read(data: bytes, name: str) -> Parsed:
    """Text, pages and tables of all documents in the file. Raises Rejected: encrypted, unreadable, no_text."""
    package = open_zip(data)
    if "Encryptions.xml" in package.names or "EntryPack.xml" in package.names:
        raise Rejected("encrypted", "OFD protected by a password")
    assembly = Assembly()
    flow = Flow(assembly)
    number = 0
    pictures = 0
    for document_root in _texts(_part(package, "OFD.xml"), "DocRoot"):
        where = _target("", document_root)
        folder, document = posixpath.dirname(where), _part(package, where)
        templates = {
            element.get("ID", ""): _target(folder, element.get("BaseLoc", ""))
            for element in document.iter("{*}TemplatePage")
        }
        for element in document.iter("{*}Page"):
            number += 1
            if number > MAX_PAGES:
                raise Rejected("too_large", f"more than {MAX_PAGES} pages")
            page = _Page(package)
            page.take(_target(folder, element.get("BaseLoc", "")), templates)
            cells = ruling.tables(page.horizontal, page.vertical)
            flow.page(number, celltext.arranged(page.pieces, cells))
            pictures += page.pictures
    flow.end()
    if not number:
        raise Rejected("unreadable", "an OFD without pages")
    parsed = assembly.parsed()
    if not parsed.text.strip() and pictures:
        raise Rejected("no_text", "scanned: pages hold pictures only")
    return parsed


def _part(package: Package, part: str) -> Any:
    if part not in package.names:
        raise Rejected("unreadable", "an OFD without one of its main parts")
    return root(package.read(part, MAX_XML))


def _target(folder: str, path: str) -> str:
    return path.lstrip("/") if path.startswith("/") else posixpath.normpath(posixpath.join(folder, path))


def _texts(element: Any, tag: str) -> list[str]:
    return [(found.text or "").strip() for found in element.iter(f"{{*}}{tag}")]


def _numbers(text: str) -> list[float]:
    return [float(n) for n in NUMBER.findall(text[:10_000])]


def _deltas(text: str, count: int) -> list[float]:
    """The advances of ``count`` characters; ``g 5 3.5`` stands for five times 3.5."""
    out: list[float] = []
    words = text.split()
    at = 0
    while at < len(words) and len(out) < count:
        if words[at] == "g" and at + 2 < len(words):
            times = (
                min(int(words[at + 1]), count - len(out)) if words[at + 1].isdecimal() and len(words[at + 1]) < 7 else 0
            )
            found = _numbers(words[at + 2])
            out += found[:1] * times
            at += 3
        else:
            out += _numbers(words[at])[:1]
            at += 1
    return out


class _Page:
    """Pieces of text and rules of one page, in points."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.pieces: list[Piece] = []
        self.horizontal: list[Rule] = []
        self.vertical: list[Rule] = []
        self.pictures = 0

    def take(self, part: str, templates: dict[str, str]) -> None:
        """Take the objects of a page and of the templates below it."""
        if part not in self._package.names:
            return
        page = root(self._package.read(part, MAX_XML))
        for template in page.iter("{*}Template"):
            below = templates.get(template.get("TemplateID", ""), "")
            if below and below in self._package.names:
                self._objects(root(self._package.read(below, MAX_XML)), 0)
        self._objects(page, 0)

    def _objects(self, parent: Any, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise Rejected("unreadable", "nested too deeply")
        for child in parent:
            if not isinstance(child.tag, str):
                continue
            tag = child.tag.rpartition("}")[2]
            if tag == "TextObject":
                self._text(child)
            elif tag == "PathObject":
                self._path(child)
            elif tag == "ImageObject":
                self.pictures += 1
            elif tag not in {"Template", "Area", "Actions", "CellContent"}:
                self._objects(child, depth + 1)

    def _text(self, element: Any) -> None:
        if element.get("Visible", "true") == "false":
            return
        place = _placement(element)
        size = (_numbers(element.get("Size", "")) or [4.0])[0]
        x = y = 0.0
        for code in element.iter("{*}TextCode"):
            text = "".join(c for c in code.text or "" if c.isprintable() or c.isspace())
            if not text.strip():
                continue
            x = (_numbers(code.get("X", "")) or [x])[0]
            y = (_numbers(code.get("Y", "")) or [y])[0]
            steps = _deltas(code.get("DeltaX", ""), len(text))
            downs = _deltas(code.get("DeltaY", ""), len(text))
            self._piece(text, x, y, steps, any(abs(d) > size / 2 for d in downs), size, place)

    def _piece(
        self, text: str, x: float, y: float, steps: list[float], upright: bool, size: float, place: Matrix
    ) -> None:
        """Write a run: as one piece, or in pieces where advances leave a gap (cells set as one run)."""
        start, at, first = x, x, 0
        for i, char in enumerate(text):
            wide = size if ord(char) > 0x2E80 else size / 2
            step = steps[i] if i < len(steps) else wide
            if upright:  # set from the top down: one line all the same
                step = wide
            if i + 1 == len(text) or step > wide + GAP * size:
                piece = text[first : i + 1]
                if piece.strip():
                    self.pieces.append(
                        Piece(piece.strip(), _box(place, start, y - 0.85 * size, at + wide, y + 0.15 * size))
                    )
                start, first = at + step, i + 1
            at += step

    def _path(self, element: Any) -> None:
        place = _placement(element)
        for data in _texts(element, "AbbreviatedData"):
            for (x0, y0), (x1, y1) in _stretches(data):
                left, top, right, bottom = _box(place, x0, y0, x1, y1)
                if bottom - top < 1.0 < right - left:
                    self.horizontal.append(((top + bottom) / 2, left, right))
                elif right - left < 1.0 < bottom - top:
                    self.vertical.append(((left + right) / 2, top, bottom))


def _placement(element: Any) -> Matrix:
    """The way from an object's own coordinates to the page, in points."""
    boundary = _numbers(element.get("Boundary", ""))
    matrix = _numbers(element.get("CTM", ""))
    x, y = boundary[:2] if len(boundary) >= 2 else (0.0, 0.0)
    a, b, c, d, e, f = matrix if len(matrix) == 6 else UNIT
    return a * POINTS, b * POINTS, c * POINTS, d * POINTS, (e + x) * POINTS, (f + y) * POINTS


def _box(m: Matrix, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    xs = [m[0] * x + m[2] * y + m[4] for x, y in ((x0, y0), (x1, y1), (x0, y1), (x1, y0))]
    ys = [m[1] * x + m[3] * y + m[5] for x, y in ((x0, y0), (x1, y1), (x0, y1), (x1, y0))]
    return min(xs), min(ys), max(xs), max(ys)


def _stretches(data: str) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Straight stretches of a drawing: ``M x y L x y … C``."""
    out: list[tuple[tuple[float, float], tuple[float, float]]] = []
    start = last = (0.0, 0.0)
    command, arguments = "", list[float]()
    for letter, number in DRAWING.findall(data[:200_000]):
        if letter:
            command, arguments = letter, []
            if letter == "C":
                out.append((last, start))
                last = start
            continue
        arguments.append(float(number))
        if len(arguments) < ARGUMENTS.get(command, 0):
            continue
        point = arguments[-2], arguments[-1]
        if command == "L":
            out.append((last, point))
        elif command in {"M", "S"}:
            start = point
        last = point
        arguments = []
    return out
