"""One plan in ten formats: the same figures, deadlines and units, value by value; as a scan at least nine in ten."""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec

import docx
import pytest

import extractors
from tests import onesample
from tests.readingsamples import quoted, saved

VALUES = {
    "figures": ("indicator", "quote", "value_low", "value_high", "unit", "bound", "status", "change", "basis"),
    "deadlines": ("quote", "kind", "due_start", "due_end", "rrule", "duration"),
    "units": ("name", "canonical", "role"),
}


def values(data: bytes, name: str) -> Counter[tuple[str, ...]]:
    """What was read out of a file, as often as it was."""
    rows = extractors.extract(extractors.read(data, name)).rows
    return Counter(
        (table, *(str(getattr(row, column)) for column in columns))
        for table, columns in VALUES.items()
        for row in rows[table]
    )


@pytest.fixture(scope="session")
def expected() -> Counter[tuple[str, ...]]:
    """The values of the plain text."""
    found = values(onesample.txt(), "s.txt")
    assert Counter(key[0] for key in found.elements()) >= Counter(figures=12, deadlines=7, units=7)
    return found


@pytest.fixture(scope="session")
def office(soffice: str) -> dict[str, bytes]:
    """What LibreOffice makes of the Word document."""
    made = onesample.converted(soffice, onesample.word(), "doc", "rtf", "odt", "pdf")
    return {**made, "wps": made["doc"]}


@pytest.mark.parametrize("kind", ["docx", "html", "eml", "mht", "ofd", "msg"])
def test_made_formats(kind: str, expected: Counter[tuple[str, ...]]) -> None:
    found = values(onesample.made()[kind], f"s.{kind}")
    assert (found - expected, expected - found) == (Counter(), Counter())


@pytest.mark.parametrize("kind", ["doc", "wps", "rtf", "odt", "pdf"])
def test_converted_formats(kind: str, office: dict[str, bytes], expected: Counter[tuple[str, ...]]) -> None:
    found = values(office[kind], f"s.{kind}")
    assert (found - expected, expected - found) == (Counter(), Counter())


def test_a_scan_keeps_nine_in_ten(office: dict[str, bytes], expected: Counter[tuple[str, ...]]) -> None:
    if find_spec("rapidocr") is None:
        pytest.skip("the extra ocr is not installed")
    scan = onesample.scanned(office["pdf"])
    source = extractors.read(scan, "s.pdf")
    assert "ocr" in source.flags and all(page.ocr for page in source.pages)
    found = values(scan, "s.pdf")
    assert (found & expected).total() >= 0.9 * expected.total()
    rows = extractors.extract(source).rows["figures"]
    assert max(row.confidence for row in rows) <= 0.9


def test_an_old_document_that_ends_in_a_table_keeps_it(soffice: str) -> None:
    document = docx.Document()
    for rows in (onesample.ROWS[:2], onesample.ROWS):
        document.add_paragraph("重点任务分解")
        table = document.add_table(len(rows), len(rows[0]))
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                table.cell(r, c).text = text
    source = extractors.read(onesample.converted(soffice, saved(document), "doc")["doc"], "s.doc")
    assert [quoted(source, i) for i in range(len(source.tables))] == [
        [list(row) for row in rows] for rows in (onesample.ROWS[:2], onesample.ROWS)
    ]
