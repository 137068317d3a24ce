"""Make the binary samples of ``corpora/samples`` from the plain texts of ``corpora/sources``: same bytes every time.

    python corpora/build_samples.py            writes corpora/samples/*.docx *.xlsx *.pdf *.html

A source holds one block a line: ``= `` title, ``#1 `` ``#2 `` ``#3 `` automatically numbered paragraph, ``| a | b`` table
row (``|! `` header cell, ``^`` cell merged with the one above), ``S `` worksheet, ``H `` heading, ``N `` site text,
``@ `` or ``% `` or nothing: a paragraph. Needs the ``dev`` extra (reportlab) beside the package's own dependencies.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import xlsxwriter
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

HERE = Path(__file__).resolve().parent
EPOCH = dt.datetime(2024, 1, 1)
# Fonts with TrueType outlines, which reportlab can embed; without one the viewer supplies STSong-Light.
FONTS = ("wqy-zenhei.ttc", "wqy-microhei.ttc", "simsun.ttc")

Block = tuple[str, str]


def blocks(text: str) -> Iterator[Block]:
    """(mark, content) of each line of a source; the mark of a plain paragraph is empty."""
    for line in text.splitlines():
        if line.strip():
            mark, _, content = line.partition(" ")
            if re.fullmatch(r"[=@%SHN]|#[1-3]", mark):
                yield ("" if mark in "@%" else mark), content
            elif line.startswith("|"):
                yield "|", line
            else:
                yield "", line


def row(line: str) -> tuple[bool, list[str]]:
    """Whether a table line is a header, and its cells."""
    header = line.startswith("|!")
    return header, [c.strip() for c in re.split(r"\|!?", line)[1:]]


def rezip(data: bytes) -> bytes:
    """The same archive with fixed times and order, since Office writers stamp the moment of writing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def numbering(document: Any) -> int:
    """Add the official outline 一、（一）1. to a document; the numId that paragraphs refer to."""
    part = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
        f'<w:suff w:val="nothing"/><w:lvlJc w:val="left"/></w:lvl>'
        for i, (form, text) in enumerate(
            (("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3."))
        )
    )
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
    )
    part.insert(0, abstract)
    part.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    return 90


def make_docx(text: str) -> bytes:
    """A Word document with automatic numbers and ruled tables."""
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name = "仿宋"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    number = numbering(document)
    table: Any = None
    for mark, content in blocks(text):
        if mark == "|":
            header, cells = row(content)
            if table is None:
                table = document.add_table(0, len(cells), style="Table Grid")
            made = table.add_row().cells
            for i, cell in enumerate(cells):
                if cell == "^":
                    table.cell(len(table.rows) - 2, i).merge(made[i])
                else:
                    made[i].text = ""
                    made[i].paragraphs[0].add_run(cell).bold = header
            continue
        table = None
        paragraph = document.add_paragraph(content)
        if mark == "=":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.runs[0].bold = True
        elif mark:
            properties = paragraph._p.get_or_add_pPr()
            properties.append(
                parse_xml(
                    f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{int(mark[1]) - 1}"/><w:numId w:val="{number}"/></w:numPr>'
                )
            )
    core = document.core_properties
    core.author, core.title = "taizhang", ""
    core.created = core.modified = core.last_printed = EPOCH
    out = io.BytesIO()
    document.save(out)
    return rezip(out.getvalue())


def make_xlsx(text: str) -> bytes:
    """A workbook with real numbers, percentages and dates."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"author": "taizhang", "created": EPOCH})
    bold = book.add_format({"bold": True, "border": 1, "text_wrap": True})
    plain = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
    percent = book.add_format({"border": 1, "num_format": "0.0%"})
    whole_percent = book.add_format({"border": 1, "num_format": "0%"})
    date = book.add_format({"border": 1, "num_format": "yyyy-mm-dd"})
    sheet: Any = None
    at = 0
    for mark, content in blocks(text):
        if mark == "S":
            sheet, at = book.add_worksheet(content), 0
            sheet.set_column(0, 12, 16)
            continue
        cells = row(content) if mark == "|" else (mark == "=", [content])
        for i, cell in enumerate(cells[1]):
            if re.fullmatch(r"\d+(\.\d+)?", cell):
                sheet.write_number(at, i, float(cell), plain)
            elif re.fullmatch(r"[\d.]+%", cell):
                sheet.write_number(at, i, round(float(cell[:-1]) / 100, 6), percent if "." in cell else whole_percent)
            elif re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
                sheet.write_datetime(at, i, dt.datetime.fromisoformat(cell), date)
            else:
                sheet.write_string(at, i, cell, bold if cells[0] else plain)
        at += 1
    book.close()
    return out.getvalue()


def font() -> str:
    """Name of an embedded Chinese font if the machine has one, else of one that the viewer supplies."""
    for path in sorted(Path("/usr/share/fonts").rglob("*.tt[cf]")):
        if path.name in FONTS:
            try:
                pdfmetrics.registerFont(TTFont("Body", str(path)))
                return "Body"
            except TTFError:
                continue
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def make_pdf(text: str) -> bytes:
    """A ruled table on A4 landscape with a text layer."""
    name = font()
    body = ParagraphStyle("body", fontName=name, fontSize=10, leading=14, wordWrap="CJK")
    title = ParagraphStyle("title", parent=body, fontSize=16, leading=24, alignment=1)
    story: list[Any] = []
    rows: list[list[Paragraph]] = []

    def close() -> None:
        if rows:
            width = landscape(A4)[0] - 80
            shares = [0.05, 0.18, 0.27, 0.12, 0.14, 0.24]
            table = Table([list(r) for r in rows], colWidths=[width * s for s in shares], repeatRows=1)
            table.setStyle(
                TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
            )
            story.append(table)
            rows.clear()

    for mark, content in blocks(text):
        if mark == "|":
            rows.append([Paragraph(html.escape(c), body) for c in row(content)[1]])
            continue
        close()
        story.append(Paragraph(html.escape(content), title if mark == "=" else body))
        story.append(Spacer(1, 6))
    close()
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=landscape(A4), margins=40, invariant=1, title="", author="taizhang").build(story)
    return out.getvalue()


def make_html(text: str) -> bytes:
    """A page of a collection site: documents with site text before, between and after."""
    lines = [
        '<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>文书之家</title>',
        "<style>nav{color:#888}</style><script>var ad=1;</script></head><body>",
    ]
    for mark, content in blocks(text):
        tag = {"N": "div", "H": "h2", "=": "h1"}.get(mark, "p")
        lines.append(f"<{tag}>{html.escape(content)}</{tag}>")
    lines.append("</body></html>\n")
    return "\n".join(lines).encode()


MAKERS = {".docx": make_docx, ".xlsx": make_xlsx, ".pdf": make_pdf, ".html": make_html}


def main() -> int:
    """Write every binary sample; the exit code."""
    for source in sorted((HERE / "sources").glob("*.txt")):
        target = HERE / "samples" / source.stem
        target.write_bytes(MAKERS[target.suffix](source.read_text(encoding="utf-8")))
        print(target.name, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
