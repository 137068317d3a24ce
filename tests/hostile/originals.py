"""A sound file of every format that is read, from which hostile ones are made."""

from __future__ import annotations

import io
import tarfile
from functools import cache

import py7zr
from PIL import Image

from tests import onesample
from tests.compounds import compound, message
from tests.readingsamples import all_formats, package


@cache
def originals() -> dict[str, bytes]:
    """Files that need no other program, by name."""
    made = {f"plan.{kind}": data for kind, data in onesample.made().items()}
    return {
        **all_formats(),
        **made,
        "box.zip": boxed(),
        "box.tar.gz": tarred(),
        "box.7z": sevenzipped(),
        "mail.msg": letter(),
        "dot.png": picture(),
    }


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


def sevenzipped(password: str | None = None, **members: bytes) -> bytes:
    """A 7z with a folder, a document and a zip inside, or with other members."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password) as archive:
        for name, data in (members or {"丙/计划.txt": onesample.txt(), "丙/内.zip": boxed()}).items():
            archive.writestr(data, name)
    return out.getvalue()


def letter() -> bytes:
    """An Outlook message with attachments, one of them a message with its own."""
    inner = message("内层请示", "9月底前完成投资2亿元。", attachments={"清单.txt": "10月底前完成清淤".encode()})
    return compound(
        message("报送计划", "8月底前完成投资7亿元。", attachments={"计划.docx": onesample.word(), "请示": inner})
    )


def picture() -> bytes:
    """A picture without text."""
    out = io.BytesIO()
    Image.new("L", (40, 30), 255).save(out, "PNG")
    return out.getvalue()
