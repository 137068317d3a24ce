"""Rows put compressed into the frame of a workbook."""

from __future__ import annotations

import zlib
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from pipeline.export import packing
from pipeline.export.packing import Beside, Rows, here, pack

PART = "xl/worksheets/sheet1.xml"


def frame(parts: dict[str, bytes]) -> BytesIO:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize("count", [0, 1, 3000])
def test_a_part_is_its_frame_with_the_rows(
    tmp_path: Path, count: int, beside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "_PIECE", 5000)
    random = Random(count)
    how = Beside() if beside else here
    rows, others = Rows(tmp_path, how), Rows(tmp_path, how)
    texts = ["".join(random.choices("甲乙丙<row/>", k=random.randrange(40))) for _ in range(count)]
    for text in texts:
        rows.add(text)
        others.add(text[::-1])
    if isinstance(how, Beside):
        how.finish()
    other = PART.replace("1", "2")
    surrounding = {"a.xml": b"as it is", PART: b"<sheetData>first</sheetData>last", other: b"</sheetData>"}
    pack(frame(surrounding), tmp_path / "book.xlsx", {PART: rows, other: others})
    with ZipFile(tmp_path / "book.xlsx") as book:
        assert book.testzip() is None and book.namelist() == [*surrounding]
        assert book.read("a.xml") == b"as it is"
        assert book.read(PART).decode() == f"<sheetData>first{''.join(texts)}</sheetData>last"
        assert book.read(other).decode() == f"{''.join(t[::-1] for t in texts)}</sheetData>"
    assert [p.name for p in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_checksum_follows_from_those_of_two_stretches() -> None:
    random = Random(1)
    for size in (0, 1, 1000, (1 << 20) + 5):
        first, second = random.randbytes(300), random.randbytes(size)
        joined = packing._joined(zlib.crc32(first), zlib.crc32(second), size)
        assert joined == zlib.crc32(first + second)


def test_what_fails_beside_is_told() -> None:
    def fail(_: bytes) -> None:
        raise OSError("disk full")

    beside = Beside()
    with pytest.raises(OSError, match="disk full"):
        for _ in range(5):
            beside(fail, b"")
        beside.finish()
