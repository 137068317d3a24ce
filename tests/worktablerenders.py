"""Tables of the case files in five formats. A cell is a text, a number, a merged cell [text, rows, columns], a share or a
date of a workbook {"text", "share"|"date"}, or null where a merged cell covers it."""

from __future__ import annotations

import datetime as dt
import html
import io
from collections.abc import Callable, Iterator
from typing import Any

import docx
import xlsxwriter
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

FONT = "STSong-Light"
Case = dict[str, Any]


def shown(cell: Any) -> str:
    """What a cell shows."""
    if isinstance(cell, list):
        return str(cell[0])
    if isinstance(cell, dict):
        return str(cell["text"])
    return "" if cell is None else str(cell)


def spanned(rows: list[list[Any]]) -> Iterator[tuple[int, int, int, int]]:
    """(row, column, rows, columns) of merged cells, 0-based."""
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if isinstance(cell, list):
                yield r, c, cell[1], cell[2]


def as_docx(case: Case) -> bytes:
    """Title, table and notes of a case as a Word document."""
    document = docx.Document()
    for line in case.get("above", []):
        document.add_paragraph(line)
    rows = case["rows"]
    table = document.add_table(len(rows), len(rows[0]))
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is not None:
                table.cell(r, c).text = shown(cell)
    for r, c, down, across in spanned(rows):
        table.cell(r, c).merge(table.cell(r + down - 1, c + across - 1))
    for line in case.get("below", []):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def as_xlsx(case: Case) -> bytes:
    """The same as a sheet: title and notes are rows of one cell, numbers, shares and dates are stored as such."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Sheet1")
    share, day = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "yyyy-mm-dd"})
    rows = case["rows"]
    wide = len(rows[0]) - 1
    at = 0
    for line in case.get("above", []):
        sheet.merge_range(at, 0, at, wide, line)
        at += 1
    for r, row in enumerate(rows, at):
        for c, cell in enumerate(row):
            if isinstance(cell, dict) and "share" in cell:
                sheet.write_number(r, c, cell["share"], share)
            elif isinstance(cell, dict):
                sheet.write_datetime(r, c, dt.datetime.fromisoformat(cell["date"]), day)
            elif isinstance(cell, (int, float)):
                sheet.write_number(r, c, cell)
            elif isinstance(cell, str):
                sheet.write_string(r, c, cell)
    for r, c, down, across in spanned(rows):
        sheet.merge_range(at + r, c, at + r + down - 1, c + across - 1, rows[r][c][0])
    for r, line in enumerate(case.get("below", []), at + len(rows)):
        sheet.write_string(r, 0, line)
    book.close()
    return out.getvalue()


def as_html(case: Case) -> bytes:
    """The same as a page with rowspan and colspan."""
    lines = ["<html><head><meta charset='utf-8'></head><body>"]
    lines += [f"<p>{html.escape(line)}</p>" for line in case.get("above", [])]
    lines.append("<table border='1'>")
    for row in case["rows"]:
        lines.append("<tr>")
        for cell in row:
            if cell is None:
                continue
            span = f" rowspan='{cell[1]}' colspan='{cell[2]}'" if isinstance(cell, list) else ""
            lines.append(f"<td{span}>{html.escape(shown(cell))}</td>")
        lines.append("</tr>")
    lines.append("</table>")
    lines += [f"<p>{html.escape(line)}</p>" for line in case.get("below", [])]
    return "\n".join([*lines, "</body></html>"]).encode()


def as_pdf(case: Case) -> bytes:
    """The same as ruled table of a PDF; long cells break into lines."""
    ruled = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    return _pdf(case, ruled, landscape(A3))


def as_bare_pdf(case: Case, height: str = "TOP") -> bytes:
    """The same as a PDF table without any rule; ``height`` is where cells stand in their row."""
    return _pdf(case, [("VALIGN", (0, 0), (-1, -1), height)], landscape(A4))


def _pdf(case: Case, look: list[Any], size: tuple[float, float]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    style = ParagraphStyle("cell", fontName=FONT, fontSize=9, leading=11, wordWrap="CJK")
    rows = case["rows"]
    out = io.BytesIO()
    page = SimpleDocTemplate(out, pagesize=size, leftMargin=30, rightMargin=30)
    cells = [[Paragraph(html.escape(shown(cell)), style) if shown(cell) else "" for cell in row] for row in rows]
    look += [("SPAN", (c, r), (c + across - 1, r + down - 1)) for r, c, down, across in spanned(rows)]
    width = (size[0] - 60) / len(rows[0])
    flow: list[Any] = [Paragraph(html.escape(line), style) for line in case.get("above", [])]
    flow.append(Table(cells, colWidths=[width] * len(rows[0]), style=look, repeatRows=case.get("repeat", 0)))
    flow += [Paragraph(html.escape(line), style) for line in case.get("below", [])]
    page.build(flow)
    return out.getvalue()


def as_csv(case: Case) -> bytes:
    """Title, rows and notes as delimited text; merged cells keep their text in their first place only."""
    lines = [line + "," * (len(case["rows"][0]) - 1) for line in case.get("above", [])]
    for row in case["rows"]:
        lines.append(",".join('"' + shown(cell).replace('"', '""') + '"' for cell in row))
    lines += case.get("below", [])
    return "\n".join(lines).encode()


RENDERS: dict[str, Callable[[Case], bytes]] = {"docx": as_docx, "xlsx": as_xlsx, "html": as_html, "pdf": as_pdf}
