"""Odd but legal files, as other programs write them: pages turned about, packages with their parts elsewhere, mailboxes."""

from __future__ import annotations

import io
import zipfile
from importlib.util import find_spec

import pypdfium2
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table

from extractors.errors import Rejected
from extractors.reading import read
from extractors.reading.containers import Budget, members
from tests import onesample
from tests.hostile.pdfs import document
from tests.readingsamples import ROWS, docx_bytes, package, quoted, xlsx_bytes

FONT = "STSong-Light"
LINES = [
    "云溪县2026年工作计划",
    "由县水利局牵头,6月底前完成清淤12公里,投资3.6亿元。",
    "年底前新建水厂2座, in all 3 MW.",
]


def turned(angle: int, rotate: int, ruled: bool, **options: object) -> bytes:
    """A page whose content is turned by ``angle`` and which is shown turned by ``rotate``."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, **options)  # type: ignore[arg-type]
    wide, high = A4
    canvas.translate(*{0: (0, 0), 90: (wide, 0), 180: (wide, high), 270: (0, high)}[angle])
    canvas.rotate(angle)
    if angle in {90, 270}:
        wide, high = high, wide
    canvas.setFont(FONT, 12)
    for number, line in enumerate(LINES):
        canvas.drawString(50, high - 60 - 20 * number, line)
    look = [("FONT", (0, 0), (-1, -1), FONT, 10), *([("GRID", (0, 0), (-1, -1), 0.5, "black")] if ruled else [])]
    table = Table(ROWS, colWidths=[40, 150, 110, 100], style=look)
    table.wrapOn(canvas, wide, high)
    table.drawOn(canvas, 50, high - 210)
    canvas.save()
    return out.getvalue().replace(b"/Rotate 0", b"/Rotate %d" % rotate)


@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_turned_pages_read_as_upright_ones(angle: int, rotate: int, ruled: bool) -> None:
    source = read(turned(angle, rotate, ruled), "a.pdf")
    assert source.text.split("\n")[:3] == LINES
    assert [quoted(source, i) for i in range(len(source.tables))] == [ROWS]


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_turned_scans_read_as_upright_ones(quarters: int) -> None:
    if find_spec("rapidocr") is None:
        pytest.skip("the extra ocr is not installed")
    page = pypdfium2.PdfDocument(turned(0, 0, ruled=True))[0]
    picture = page.render(scale=150 / 72).to_pil().convert("L").rotate(90 * quarters, expand=True)
    out = io.BytesIO()
    picture.save(out, "PNG")
    source = read(out.getvalue(), "a.png")
    assert source.text.split("\n")[:2] == LINES[:2]
    assert [quoted(source, i) for i in range(len(source.tables))] == [ROWS]


@pytest.mark.parametrize(("user", "reason"), [("", ""), ("secret", "encrypted")])
def test_a_pdf_without_a_password_to_open_is_read(user: str, reason: str) -> None:
    data = turned(0, 0, True, encrypt=StandardEncryption(user, "owner", strength=128))
    if not reason:
        assert read(data, "a.pdf").text.startswith(LINES[0])
        return
    with pytest.raises(Rejected) as refused:
        read(data, "a.pdf")
    assert refused.value.reason == reason


def test_a_pdf_without_pages_is_not_called_encrypted() -> None:
    with pytest.raises(Rejected) as refused:
        read(document(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"), "a.pdf")
    assert refused.value.reason == "unreadable"


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def prefixed(data: bytes) -> bytes:
    """A workbook whose elements carry a prefix."""
    held = parts(data)
    for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
        head, body = held[name].split(b"?>", 1)
        body = body.replace(b"</", b"\0").replace(b"<", b"<x:").replace(b"\0", b"</x:")
        held[name] = head + b"?>" + body.replace(b"xmlns=", b"xmlns:x=")
    return package(held)


def elsewhere(data: bytes) -> bytes:
    """A workbook whose parts stand in another folder."""
    held = {name.replace("xl/workbook.xml", "xl/book.xml"): content for name, content in parts(data).items()}
    held["xl/_rels/book.xml.rels"] = held.pop("xl/_rels/workbook.xml.rels")
    held["[Content_Types].xml"] = held["[Content_Types].xml"].replace(b"/xl/workbook.xml", b"/xl/book.xml")
    return package(
        {name.replace("xl/", "buch/"): content.replace(b"/xl/", b"/buch/") for name, content in held.items()}
    )


@pytest.mark.parametrize("change", [prefixed, elsewhere])
def test_workbooks_of_other_writers(change: object) -> None:
    assert read(change(xlsx_bytes()), "a.xlsx").text == read(xlsx_bytes(), "a.xlsx").text  # type: ignore[operator]


def test_a_document_inside_a_document_is_read_in_its_place() -> None:
    held = parts(docx_bytes(["前文。"], []))
    held["word/document.xml"] = held["word/document.xml"].replace(
        b"<w:sectPr", b'<w:altChunk xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rIdX"/>'
        b'<w:altChunk xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="none"/><w:sectPr',
    )  # fmt: skip
    held["word/_rels/document.xml.rels"] = held["word/_rels/document.xml.rels"].replace(
        b"</Relationships>", b'<Relationship Id="rIdX" Type="t/aFChunk" Target="part.html"/></Relationships>'
    )
    held["word/part.html"] = onesample.html()
    source = read(package(held), "a.docx")
    assert source.text.split("\n")[:2] == ["前文。", onesample.LINES[0][1]]
    assert quoted(source) == [list(row) for row in onesample.ROWS]
    assert source.warnings == (("parts_unread", 1),)


def test_a_package_behind_something_else_is_read() -> None:
    assert read(b"MZ" + bytes(300) + docx_bytes(), "a.exe").tables
    assert [m.name for m in members(b"MZ" + bytes(300) + package({"a.txt": b"6"}), "a.exe", Budget()) or ()] == [
        "a.txt"
    ]


def test_a_mail_from_a_mailbox_is_a_mail() -> None:
    assert read(b"From a@b.invalid Mon Jan  5 10:00:00 2026\n" + onesample.eml(), "a").format == "eml"
