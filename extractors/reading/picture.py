"""Pictures (.png, .jpg, .tif, .bmp, .gif, .webp): their text by OCR, one page a frame."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from extractors.errors import Rejected
from extractors.reading import ocr
from extractors.reading.assembly import Assembly, Parsed
from extractors.reading.pdfflow import Flow

MAX_SIDE = 10_000  # pixels


def read(data: bytes, name: str) -> Parsed:
    """Lines and tables. Raises Rejected: no_text, unreadable, too_large."""
    if not ocr.available():
        raise Rejected("no_text", "a picture, and the extra ocr is not installed")
    assembly = Assembly()
    flow = Flow(assembly)
    count = 0
    for count, pixels in enumerate(_frames(data), 1):
        flow.page(count, ocr.picture(pixels))
    flow.end()
    assembly.recognised(set(range(1, count + 1)))
    return assembly.parsed()


def _frames(data: bytes) -> Any:
    import numpy  # noqa: PLC0415
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError  # noqa: PLC0415

    try:
        with Image.open(BytesIO(data)) as image:
            if max(image.size) > MAX_SIDE or image.size[0] * image.size[1] > ocr.MAX_PIXELS:
                raise Rejected("too_large", f"a picture of {image.size[0]} × {image.size[1]} pixels")
            for count, frame in enumerate(ImageSequence.Iterator(image)):
                if count >= ocr.MAX_PAGES or (count and image.format == "GIF"):
                    break
                yield numpy.asarray(ImageOps.exif_transpose(frame.convert("RGB")))[:, :, ::-1]
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Rejected("unreadable", "the picture is damaged or cut off") from error
