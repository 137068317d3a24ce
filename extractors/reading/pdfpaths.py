"""Rules and characters of a PDF page as PDFium knows them, in points of the page's upright frame (y down)."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from extractors.reading.celltext import WIDE, Placed
from extractors.reading.ruling import Box, Rule

SPACED = re.compile(r"[\u3400-\u9fff，。；：、（）] (?=[0-9A-Za-z])|[0-9A-Za-z%.] (?=[\u3400-\u9fff，。；：、（）])")
THIN = 0.35  # of a character's height with its leading: a gap that no blank was typed for
STRIDE = 3  # of many text objects every third is looked at: the rules of a table come in longer runs
MAX_OBJECTS = 20_000
MAX_SEGMENTS = 2000  # of one path; more is a drawing
MAX_DEPTH = 3
SAMPLE = 12  # characters of a page whose angle is looked at
DROPPED = {0x00, 0x0D, 0xFFFF}
HYPHENS = {0x02, 0xAD, 0xFFFE}
Frame = tuple[int, float, float, float, float]


def frame(page: Any) -> Frame:
    """(rotation, left, bottom, right, top) of the page in its own coordinates."""
    left, bottom, right, top = page.get_mediabox()
    return page.get_rotation() % 360, left, bottom, right, top


def upright(of: Frame, x: float, y: float) -> tuple[float, float]:
    """A point of the page as (x, y down) after the page's rotation."""
    rotation, left, bottom, right, top = of
    if rotation == 90:
        return y - bottom, x - left
    if rotation == 180:
        return right - x, y - bottom
    if rotation == 270:
        return top - y, right - x
    return x - left, top - y


def text_upright(page: Any) -> tuple[Any, bool]:
    """The text page, after the page was turned so that most of its characters stand upright, and whether they are written
    along another axis than the page's: PDFium's own lines are not to be trusted there."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    textpage = page.get_textpage()
    count = pdfium.FPDFText_CountChars(textpage.raw)
    step = max(1, count // SAMPLE)
    angles = [
        -round(pdfium.FPDFText_GetCharAngle(textpage.raw, i) / (math.pi / 2)) % 4 * 90
        for i in range(step // 2, count, step)
        if pdfium.FPDFText_IsGenerated(textpage.raw, i) == 0
    ]
    wanted = max(set(angles), key=angles.count, default=0)
    if not angles or 3 * angles.count(wanted) < 2 * len(angles):
        return textpage, False
    if wanted == page.get_rotation() % 360:
        return textpage, wanted != 0
    textpage.close()
    page.set_rotation(wanted)
    return page.get_textpage(), wanted != 0


class _Paths:
    """Collects the straight horizontal and vertical stretches of a page's paths."""

    def __init__(self, of: Frame) -> None:
        import pypdfium2.raw as pdfium  # noqa: PLC0415

        self._pdfium: Any = pdfium
        self._frame = of
        self._seen = 0
        self.horizontal: list[Rule] = []
        self.vertical: list[Rule] = []

    def page(self, raw: Any) -> None:
        """Take the objects of a page."""
        pdfium = self._pdfium
        for index in range(min(pdfium.FPDFPage_CountObjects(raw), MAX_OBJECTS)):
            self._object(pdfium.FPDFPage_GetObject(raw, index), (), 0)

    def _object(self, item: Any, outer: tuple[Any, ...], depth: int) -> None:
        pdfium = self._pdfium
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._path(item, outer)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            matrix = pdfium.FS_MATRIX()
            pdfium.FPDFPageObj_GetMatrix(item, matrix)
            for index in range(min(pdfium.FPDFFormObj_CountObjects(item), MAX_OBJECTS)):
                self._seen += 1
                if self._seen > MAX_OBJECTS:
                    return
                self._object(pdfium.FPDFFormObj_GetObject(item, index), (matrix, *outer), depth + 1)

    def _path(self, path: Any, outer: tuple[Any, ...]) -> None:
        pdfium = self._pdfium
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
        if not fill.value and not stroke.value:  # it only clips
            return
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFPageObj_GetMatrix(path, matrix)
        matrices = (matrix, *outer)
        x, y = ctypes.c_float(), ctypes.c_float()
        start = last = (0.0, 0.0)
        for index in range(min(pdfium.FPDFPath_CountSegments(path), MAX_SEGMENTS)):
            segment = pdfium.FPDFPath_GetPathSegment(path, index)
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            a, b = x.value, y.value
            for m in matrices:
                a, b = m.a * a + m.c * b + m.e, m.b * a + m.d * b + m.f
            point = upright(self._frame, a, b)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = point
            elif kind == pdfium.FPDF_SEGMENT_LINETO:
                self._stretch(last, point)
            last = point
            if pdfium.FPDFPathSegment_GetClose(segment):
                self._stretch(last, start)
                last = start

    def _stretch(self, a: tuple[float, float], b: tuple[float, float]) -> None:
        wide, high = abs(a[0] - b[0]), abs(a[1] - b[1])
        if high < 1.0 < wide:
            self.horizontal.append(((a[1] + b[1]) / 2, min(a[0], b[0]), max(a[0], b[0])))
        elif wide < 1.0 < high:
            self.vertical.append(((a[0] + b[0]) / 2, min(a[1], b[1]), max(a[1], b[1])))


def rules(page: Any) -> tuple[list[Rule], list[Rule]]:
    """(horizontal, vertical) rules drawn on a page; see :mod:`extractors.reading.ruling`."""
    paths = _Paths(frame(page))
    paths.page(page.raw)
    return paths.horizontal, paths.vertical


def characters(page: Any, textpage: Any) -> Iterator[Placed]:
    """The characters of a page in PDFium's order."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    of, raw = frame(page), textpage.raw
    x0, x1, y0, y1 = (ctypes.c_double() for _ in range(4))
    before_wide, thin = False, _thinness(raw)
    for index in range(pdfium.FPDFText_CountChars(raw)):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if code in DROPPED:
            continue
        char = "-" if code in HYPHENS else chr(code)
        if char.isspace() or not pdfium.FPDFText_GetCharBox(raw, index, x0, x1, y0, y1):
            if char != " " or not (before_wide or _next_is_wide(raw, index)) or not thin(index):
                yield char, None
            continue
        before_wide = WIDE.match(char) is not None
        a, b = upright(of, x0.value, y0.value), upright(of, x1.value, y1.value)
        box: Box = (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
        yield char, box


def count(page: Any, limit: int) -> int:
    """Number of path objects, also those in forms; counting stops beyond ``limit``. 0 where a sample of them is all text."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    total = pdfium.FPDFPage_CountObjects(page.raw)
    kinds = {pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page.raw, i)) for i in range(0, total, STRIDE)}
    if kinds == {pdfium.FPDF_PAGEOBJ_TEXT}:
        return 0
    found = 0
    stack = [(page.raw, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, 0)]
    while stack:
        holder, size, get, depth = stack.pop()
        for index in range(min(size(holder), MAX_OBJECTS)):
            item = get(holder, index)
            kind = pdfium.FPDFPageObj_GetType(item)
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                found += 1
                if found > limit:
                    return found
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
                stack.append((item, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, depth + 1))
                if len(stack) > MAX_OBJECTS:
                    return found
    return found


def _next_is_wide(raw: Any, index: int) -> bool:
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    return WIDE.match(chr(pdfium.FPDFText_GetUnicode(raw, index + 1))) is not None


def unspaced(textpage: Any, text: str) -> str:
    """``text``, all of a page, without the blanks that PDFium reads into the thin space between Chinese and other
    characters. Blanks that stand in the file are kept."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    raw = textpage.raw
    index_of, thin = pdfium.FPDFText_GetCharIndexFromTextIndex, _thinness(raw)
    out: list[str] = []
    done = 0
    for found in SPACED.finditer(text):
        at = found.start() + 1
        if thin(index_of(raw, at)):
            out.append(text[done:at])
            done = at + 1
    return "".join([*out, text[done:]]) if out else text


def _thinness(raw: Any) -> Callable[[int], bool]:
    """Tells of the blank at an index whether it is PDFium's own and stands for less than a typed blank would take."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    generated, loose = pdfium.FPDFText_IsGenerated, pdfium.FPDFText_GetLooseCharBox
    before, after = pdfium.FS_RECTF(), pdfium.FS_RECTF()

    def thin(index: int) -> bool:
        if (
            index < 1
            or generated(raw, index) != 1
            or not loose(raw, index - 1, before)
            or not loose(raw, index + 1, after)
        ):
            return False
        return bool(after.left - before.right < THIN * abs(before.top - before.bottom))

    return thin
