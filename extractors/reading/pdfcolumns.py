"""Pages set in two columns whose lines were written across both: the left column first, then the right one."""

from __future__ import annotations

import ctypes
from itertools import pairwise
from statistics import median
from typing import Any

MIN_LINES = 8  # lines a column
FULL = 0.7  # share of a column's width that its middle line fills: cells of a table are shorter
SWITCHES = 4  # changes of column below which the text already stands column by column
Rect = tuple[float, float, float, float]  # left, top, right, bottom; y up, as in PDF


def reordered(page: Any, textpage: Any) -> str:
    """The text of the page column by column; empty where it is not set in two columns or stands in order already."""
    rects = _rects(textpage)
    if len(rects) < 2 * MIN_LINES:
        return ""
    gutter = _gutter(rects)
    if gutter is None:
        return ""
    sides = [0 if r[2] <= gutter else 1 if r[0] >= gutter else 2 for r in rects]
    columns = [[r for r, side in zip(rects, sides, strict=True) if side == wanted] for wanted in (0, 1)]
    if min(map(len, columns)) < MIN_LINES or not all(map(_is_column, columns)):
        return ""
    order = [side for side in sides if side < 2]
    if sum(a != b for a, b in pairwise(order)) < SWITCHES:
        return ""
    return _text(page, textpage, columns, [r for r, side in zip(rects, sides, strict=True) if side == 2], gutter)


def _rects(textpage: Any) -> list[Rect]:
    """The stretches of text as PDFium joins them."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    raw = textpage.raw
    a, b, c, d = (ctypes.c_double() for _ in range(4))
    out = []
    for index in range(min(pdfium.FPDFText_CountRects(raw, 0, -1), 2000)):
        if pdfium.FPDFText_GetRect(raw, index, a, b, c, d):
            out.append((a.value, b.value, c.value, d.value))
    return out


def _gutter(rects: list[Rect]) -> float | None:
    """The x in the middle third that the fewest stretches cross, if they are few."""
    left, right = min(r[0] for r in rects), max(r[2] for r in rects)
    width = right - left
    best, crossed = None, len(rects)
    for step in range(21):
        x = left + width * (0.4 + 0.2 * step / 20)
        count = sum(r[0] < x < r[2] for r in rects)
        if count < crossed or (
            count == crossed and best is not None and abs(x - left - width / 2) < abs(best - left - width / 2)
        ):
            best, crossed = x, count
    return best if best is not None and crossed <= len(rects) * 0.1 else None


def _is_column(rects: list[Rect]) -> bool:
    width = max(r[2] for r in rects) - min(r[0] for r in rects)
    return width > 0 and median(r[2] - r[0] for r in rects) >= FULL * width


def _text(page: Any, textpage: Any, columns: list[list[Rect]], across: list[Rect], gutter: float) -> str:
    """Text above, left column, right column, text below; stretches across both part the page."""
    left, bottom, right, top = page.get_mediabox()
    bands = sorted({top + 1, bottom - 1, *(y for r in across for y in (r[1] + 0.5, r[3] - 0.5))}, reverse=True)
    pieces = []
    for high, low in pairwise(bands):
        if any(r[1] + 0.5 >= high and r[3] - 0.5 <= low for r in across):
            parts = [(left, low, right, high)]
        else:
            parts = [(left, low, gutter, high), (gutter, low, right, high)]
        for a, b, c, d in parts:
            text = textpage.get_text_bounded(left=a, bottom=b, right=c, top=d).strip("\r\n")
            if text:
                pieces.append(text)
    return "\n".join(pieces)
