"""Text in pictures, by rapidocr with the models of its wheel (extra ``ocr``): lines, and ruled tables as tables.

Nothing is fetched. Without the extra :func:`available` is False and pictures have no text.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

from extractors.reading import celltext, ruling
from extractors.reading.celltext import Piece
from extractors.reading.pdfflow import Block
from extractors.reading.ruling import Rule

MAX_PAGES = 60  # of one document: each takes seconds
DPI = 200
MAX_PIXELS = 40_000_000
MIN_SCORE = 0.5  # below it what was seen is no text
LONG = 4  # characters of a line whose box tells which way it runs
LOOKED_AT, SURE = 5, 0.8  # lines, and the score of the classifier from which a line stands on its head
MOST_WIDE = 8  # heights of a line that the classifier looks at
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
    """Lines and tables of a picture (rows × columns of grey, or × 3 of colour), whichever way it lies."""
    import cv2  # noqa: PLC0415

    pieces = _pieces(pixels)
    if _sideways(pieces):
        pixels = cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE)
        pieces = _pieces(pixels)
    if pieces and _upside_down(pixels, pieces):  # the lines are right all the same, their order is not
        high, wide = pixels.shape[:2]
        pixels = cv2.rotate(pixels, cv2.ROTATE_180)
        for piece in pieces:
            x0, y0, x1, y1 = piece.box
            piece.box = wide - x1, high - y1, wide - x0, high - y0
    horizontal, vertical = _rules(pixels)
    return celltext.arranged(pieces, ruling.tables(horizontal, vertical))


def _pieces(pixels: Any) -> list[Piece]:
    """The lines seen in a picture, each with its place."""
    found = _engine()(pixels)
    pieces = []
    for corners, text, score in (
        zip(found.boxes, found.txts, found.scores, strict=True) if found.boxes is not None else ()
    ):
        if score >= MIN_SCORE and text.strip():
            xs, ys = [float(p[0]) for p in corners], [float(p[1]) for p in corners]
            pieces.append(Piece(text.strip(), (min(xs), min(ys), max(xs), max(ys))))
    return pieces


def _sideways(pieces: list[Piece]) -> bool:
    """Whether most lines of some length stand on end."""
    long = [p.box for p in pieces if len(p.text) >= LONG]
    return bool(long) and 2 * sum(b[3] - b[1] > b[2] - b[0] for b in long) > len(long)


def _upside_down(pixels: Any, pieces: list[Piece]) -> bool:
    """Whether the longest lines stand on their heads, as the engine's own classifier sees them."""
    import cv2  # noqa: PLC0415

    longest = sorted(pieces, key=lambda p: p.box[0] - p.box[2])[:LOOKED_AT]
    crops = []
    for piece in longest:
        x0, y0, x1, y1 = (max(0, int(v)) for v in piece.box)
        crop = pixels[y0 : y1 + 1, x0 : min(x1, x0 + MOST_WIDE * (y1 - y0 + 1)) + 1]
        if crop.size:
            crops.append(cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR) if crop.ndim == 2 or crop.shape[2] == 1 else crop)
    classify = _engine().text_cls
    if classify is None or not crops:
        return False
    turned = sum("180" in label and score > SURE for label, score in classify(crops).cls_res)
    return bool(2 * turned > len(crops))


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
