"""A sound file of every format that is read, from which hostile ones are made."""

from __future__ import annotations

import io
import tarfile
from functools import cache

from PIL import Image

from tests import onesample
from tests.readingsamples import all_formats, package


@cache
def originals() -> dict[str, bytes]:
    """Files that need no other program, by name."""
    made = {f"plan.{kind}": data for kind, data in onesample.made().items()}
    return {**all_formats(), **made, "box.zip": boxed(), "box.tar.gz": tarred(), "dot.png": picture()}


@cache
def by_office(soffice: str) -> dict[str, bytes]:
    """Files of the formats that LibreOffice writes and reads, by name."""
    words = onesample.converted(soffice, onesample.word(), "doc", "rtf", "odt")
    return {f"old.{kind}": data for kind, data in words.items()}


def boxed() -> bytes:
    """A zip with folders, a document and a zip inside."""
    inner = package({"内层.txt": "7月底前完成投资9亿元。\n".encode()})
    return package({"甲/计划.txt": onesample.txt(), "甲/计划.docx": onesample.word(), "内.zip": inner})


def tarred(mode: str = "w:gz") -> bytes:
    """A packed tar with a document."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        entry = tarfile.TarInfo("乙/计划.txt")
        data = onesample.txt()
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def picture() -> bytes:
    """A picture without text."""
    out = io.BytesIO()
    Image.new("L", (40, 30), 255).save(out, "PNG")
    return out.getvalue()
