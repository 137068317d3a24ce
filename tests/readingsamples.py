"""Small files of every format, made on the spot for the tests of the readers."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable

import docx
import xlsxwriter
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extractors.document import Source

PARAGRAPHS = ["清河县2026年水利工作要点", "全年完成投资3.6亿元,新建泵站12座。", "6月底前由县水利局完成清淤。"]
ROWS = [
    ["序号", "任务", "责任单位", "完成时限"],
    ["1", "改造老旧管网15公里", "县住建局", "2026年9月底"],
    ["2", "新建口袋公园4个", "县园林中心、东关街道", "12月底前"],
    ["3", "创建文明村", "各镇街", "长期坚持"],
]


def docx_bytes(paragraphs: list[str] = PARAGRAPHS, rows: list[list[str]] = ROWS) -> bytes:
    """Paragraphs and one table, by python-docx."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                table.cell(r, c).text = text
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    """Bytes of a python-docx document."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def docx_body(body: str, numbering: str = "", styles: str = "") -> bytes:
    """A document with the given XML in its body, and in its numbering and styles parts."""
    document = docx.Document()
    fragment = parse_xml(f"<w:body {nsdecls('w', 'wp', 'a', 'm')} {EXTRA}>{body}</w:body>")
    target = document.element.body
    for child in list(target):
        target.remove(child)
    for child in list(fragment):
        target.append(child)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(document))) as source, zipfile.ZipFile(out, "w") as package:
        for member in source.namelist():
            data = source.read(member)
            if member == "word/numbering.xml":
                continue
            if member == "word/styles.xml" and styles:
                data = data.replace(b"</w:styles>", styles.encode() + b"</w:styles>")
            package.writestr(member, data)
        if numbering:
            package.writestr("word/numbering.xml", f"<w:numbering {nsdecls('w')}>{numbering}</w:numbering>")
    return out.getvalue()


EXTRA = (
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def html_bytes(paragraphs: list[str] = PARAGRAPHS, rows: list[list[str]] = ROWS) -> bytes:
    """The same as a web page."""
    body = "".join(f"<p>{p}</p>" for p in paragraphs)
    cells = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in rows)
    return f"<html><head><title>x</title></head><body>{body}<table border=1>{cells}</table></body></html>".encode()


def xlsx_bytes(paragraphs: list[str] = PARAGRAPHS, rows: list[list[str]] = ROWS) -> bytes:
    """The same on one sheet: paragraphs in column A, the table below."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("工作表")
        for r, paragraph in enumerate(paragraphs):
            sheet.write_string(r, 0, paragraph)
        for r, row in enumerate(rows, len(paragraphs)):
            for c, text in enumerate(row):
                if text.isdecimal():
                    sheet.write_number(r, c, int(text))
                else:
                    sheet.write_string(r, c, text)

    return workbook(fill)


def workbook(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    """Bytes of a workbook that ``fill`` has filled."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": dt.datetime(2026, 1, 1)})
    fill(book)
    book.close()
    return out.getvalue()


class PdfPage:
    """Draws lines and ruled tables from the top of a page down; sizes in points."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.y = A4[1] - 60
        canvas.setFont("STSong-Light", 12)

    def line(self, text: str) -> None:
        """A line of text."""
        self.canvas.drawString(60, self.y, text)
        self.y -= 20

    def table(
        self, rows: list[list[str]], widths: list[int], *, spans: dict[tuple[int, int], tuple[int, int]] | None = None
    ) -> None:
        """A table; "\\n" in a cell breaks its line; ``spans`` maps (row, column) to (rows, columns) covered."""
        spans = spans or {}
        heights = [8 + 14 * max(text.count("\n") + 1 for text in row) for row in rows]
        lefts = [60 + sum(widths[:i]) for i in range(len(widths) + 1)]
        tops = [self.y - sum(heights[:i]) for i in range(len(heights) + 1)]
        covered = {
            (r + i, c + j)
            for (r, c), (down, right) in spans.items()
            for i in range(down)
            for j in range(right)
            if i or j
        }
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                if (r, c) in covered:
                    continue
                down, right = spans.get((r, c), (1, 1))
                top, bottom = tops[r], tops[r + down]
                self.canvas.rect(lefts[c], bottom, lefts[c + right] - lefts[c], top - bottom)
                for i, part in enumerate(text.split("\n")):
                    self.canvas.drawString(lefts[c] + 5, top - 14 * (i + 1), part)
        self.y = tops[-1] - 20


def pdf(*pages: Callable[[PdfPage], None]) -> bytes:
    """A PDF of which each page is drawn by one function."""
    if "STSong-Light" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    for draw in pages:
        draw(PdfPage(canvas))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def pdf_bytes(paragraphs: list[str] = PARAGRAPHS, rows: list[list[str]] = ROWS) -> bytes:
    """The same as a PDF of one page."""

    def draw(page: PdfPage) -> None:
        for paragraph in paragraphs:
            page.line(paragraph)
        page.table(rows, [40, 160, 150, 110])

    return pdf(draw)


def ods_bytes(rows: list[list[str]] = ROWS) -> bytes:
    """A sheet as OpenDocument; cells may be ``kind:value:shown``."""

    def cell(text: str) -> str:
        kind = re.fullmatch(r"(percentage|float|date):([^:]+):(.+)", text)
        if not kind:
            return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        name = "date-value" if kind[1] == "date" else "value"
        value = f'office:value-type="{kind[1]}" office:{name}="{kind[2]}"'
        return f"<table:table-cell {value}><text:p>{kind[3]}</text:p></table:table-cell>"

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        f'<office:body><office:spreadsheet><table:table table:name="工作表">{lines}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    return package({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content.encode()})


def package(members: dict[str, bytes]) -> bytes:
    """A zip of members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


STRUCTURED: dict[str, Callable[[], bytes]] = {
    "docx": docx_bytes,
    "html": html_bytes,
    "pdf": pdf_bytes,
    "xlsx": xlsx_bytes,
}


def all_formats() -> dict[str, bytes]:
    """One valid file of each format that is read, by file name."""
    text = "\n".join(PARAGRAPHS)
    return {
        "a.txt": text.encode(),
        "gb.txt": (text * 3).encode("gb18030"),
        "b.md": (text + "\n\n| 任务 | 单位 |\n|---|---|\n| 清淤 | 县水利局 |\n").encode(),
        "c.csv": "\r\n".join(",".join(row) for row in ROWS).encode("gb18030"),
        "g.ods": ods_bytes(),
        **{f"x.{kind}": make() for kind, make in STRUCTURED.items()},
    }


def quoted(source: Source, table: int = 0) -> list[list[str]]:
    """Texts of a table's cells by row, in order, empty cells left out."""
    rows: dict[int, list[str]] = {}
    for cell in source.tables[table].cells:
        rows.setdefault(cell.row, []).append(source.text[cell.start : cell.end])
    return list(rows.values())


def places(source: Source, table: int = 0) -> dict[tuple[int, int], tuple[str, int, int]]:
    """(row, column) → (text, rows, columns)."""
    return {
        (c.row, c.column): (source.text[c.start : c.end], c.row_span, c.column_span) for c in source.tables[table].cells
    }
