"""Text in pictures, by rapidocr with the models of its wheel (extra ``ocr``): lines, and ruled tables as tables.

Nothing is fetched. Without the extra :func:`available` is False and pictures have no text.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

from extractors.reading import celltext, ruling
from extractors.reading.pdfflow import Block
from extractors.reading.ruling import Rule

MAX_PAGES = 60  # of one document: each takes seconds
DPI = 200
MAX_PIXELS = 40_000_000
MIN_SCORE = 0.5  # below it what was seen is no text
MISSING = "pages are pictures, and the extra ocr is not installed"


@cache
def available() -> bool:
    """Whether pictures can be read here."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


@cache
def _engine() -> Any:
    import onnxruntime  # noqa: PLC0415
    from rapidocr import RapidOCR  # noqa: PLC0415

    onnxruntime.disable_telemetry_events()
    return RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1})


def page(pdf_page: Any) -> list[Block]:
    """Lines and tables of a PDF page, from its picture."""
    width, height = pdf_page.get_size()
    scale = min(DPI / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
    bitmap = pdf_page.render(scale=scale, grayscale=True)
    try:
        return picture(bitmap.to_numpy().copy())
    finally:
        bitmap.close()


def picture(pixels: Any) -> list[Block]:
    """Lines and tables of a picture (rows × columns of grey, or × 3 of colour)."""
    found = _engine()(pixels)
    if found.boxes is None:
        return []
    pieces = []
    for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        if score >= MIN_SCORE and text.strip():
            xs, ys = [float(p[0]) for p in corners], [float(p[1]) for p in corners]
            pieces.append(celltext.Piece(text.strip(), (min(xs), min(ys), max(xs), max(ys))))
    horizontal, vertical = _rules(pixels)
    return celltext.arranged(pieces, ruling.tables(horizontal, vertical))


def _rules(pixels: Any) -> tuple[list[Rule], list[Rule]]:
    """Dark straight stretches of a picture, in pixels."""
    import cv2  # noqa: PLC0415

    grey = (
        pixels
        if pixels.ndim == 2
        else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
        if pixels.shape[2] > 1
        else pixels[:, :, 0]
    )
    ink = cv2.adaptiveThreshold(~grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 31, -10)
    length = max(40, min(grey.shape) // 30)
    out: list[list[Rule]] = []
    for size in ((length, 1), (1, length)):
        lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, size))
        contours, _ = cv2.findContours(lines, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        rules: list[Rule] = []
        for contour in contours:
            x, y, w, h = cv2.boundingRect(contour)
            rules.append((y + h / 2, x, x + w) if size[0] > 1 else (x + w / 2, y, y + h))
        out.append(rules)
    return out[0], out[1]
