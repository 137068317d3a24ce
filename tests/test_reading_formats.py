"""Structure out of every format: lines, numbers, tables, pages, and offsets that quote exactly."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import xlsxwriter

from extractors.errors import Rejected
from extractors.reading import read
from extractors.reading.archive import open_zip
from tests.readingsamples import (
    PARAGRAPHS,
    ROWS,
    STRUCTURED,
    PdfPage,
    docx_bytes,
    ods_bytes,
    package,
    pdf,
    places,
    quoted,
    workbook,
    xlsx_bytes,
)


@pytest.mark.parametrize("kind", STRUCTURED)
def test_same_content_same_cells(kind: str) -> None:
    source = read(STRUCTURED[kind](), f"a.{kind}")
    assert source.format == kind
    offset = len(PARAGRAPHS) if kind == "xlsx" else 0
    expected = [list(row) for row in ROWS]
    found = quoted(source)
    assert found[offset:] == expected
    for paragraph in PARAGRAPHS:
        assert source.text.count(paragraph) == 1
    assert "\n".join("\t".join(row) for row in ROWS) in source.text
    lines = source.text.split("\n")
    assert [line for line in lines if line in PARAGRAPHS] == PARAGRAPHS


@pytest.mark.parametrize("kind", STRUCTURED)
def test_tables_span_whole_lines(kind: str) -> None:
    source = read(STRUCTURED[kind](), "a")
    table = source.tables[0]
    assert table.start == 0 or source.text[table.start - 1] == "\n"
    assert table.end == len(source.text) or source.text[table.end] == "\n"
    assert all(table.start <= cell.start < cell.end <= table.end for cell in table.cells)


# Workbooks

FORMATS = [
    (0.156, "0.0%", "15.6%"),
    (0.156, "0%", "15.6%"),
    (0.05, "0.00%", "5%"),
    (2 / 3, "0.00%", "66.67%"),
    (1.2, "0%", "120%"),
    (46203, "yyyy-mm-dd", "2026-06-30"),
    (46203, "yyyy/m/d", "2026-06-30"),
    (46203, 'yyyy"年"m"月"d"日"', "2026-06-30"),
    (46203, '[$-804]yyyy"年"m"月"d"日";@', "2026-06-30"),
    (46203, 'm"月"d"日"', "2026-06-30"),
    (46203, 'yyyy"年"m"月"', "2026年6月"),
    (46203.5, "yyyy-mm-dd hh:mm", "2026-06-30 12:00"),
    (0.75, "h:mm", "18:00"),
    (1.5, "[h]:mm", "36:00"),
    (3680, "#,##0.00", "3680"),
    (3680.5, '0.0"万元"', "3680.5万元"),
    (3680.5, '0!.0,"万"', "3680.5"),
    (0.1 + 0.2, "General", "0.3"),
    (1e-7, "General", "0.0000001"),
    (1.5e20, "General", "150000000000000000000"),
    (-12.50, "0.00_);(0.00)", "-12.5"),
    (5, '"第"0"名"', "5"),
    (7, "[Red]0", "7"),
]


@pytest.mark.parametrize(("value", "code", "expected"), FORMATS)
def test_number_formats_of_sheets(value: float, code: str, expected: str) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("表").write_number(0, 0, value, book.add_format({"num_format": code}))

    assert read(workbook(fill), "a.xlsx").text == f"表\n{expected}"


def fill_book(book: xlsxwriter.Workbook) -> None:
    plan, rest, empty = (book.add_worksheet(name) for name in ("计划", "附表", "空"))
    plan.merge_range("B2:D2", "2026年计划")
    plan.write_row("B3", ["任务", "目标\n值", True])
    plan.write_formula("D5", "=1+1", None, 2)
    plan.write_formula("B5", '="清"&"淤"', None, "清淤")
    plan.write_rich_string("C5", "清", book.add_format({"bold": True}), "河 & <县>")
    rest.write("C5", dt.date(2026, 1, 1).isoformat())
    rest.set_row(4, None, None, {"hidden": True})
    empty.write_blank(0, 0, None, book.add_format({"bold": True}))


def test_sheets() -> None:
    source = read(workbook(fill_book), "a.xlsx")
    assert source.text == "计划\n2026年计划\n任务\t目标 值\tTRUE\n\n清淤\t清河 & <县>\t2\n附表\n2026-01-01"
    assert source.flags == {"hidden"}
    assert [table.sheet for table in source.tables] == ["计划", "附表"]
    assert source.tables[1].place(source.tables[1].cells[0]) == "附表!C5"
    assert places(source)[2, 2] == ("2026年计划", 1, 3)
    assert places(source)[5, 4] == ("2", 1, 1)


@pytest.mark.parametrize("how", ["state", "column"])
def test_hidden_parts_are_read_and_flagged(how: str) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("甲").write("A1", "显")
        sheet = book.add_worksheet("乙")
        sheet.write("B2", "隐")
        if how == "state":
            sheet.hide()
        else:
            sheet.set_column("B:B", 8, None, {"hidden": True})

    source = read(workbook(fill), "a.xlsx")
    assert source.flags == {"hidden"}
    assert "隐" in source.text


def test_worksheet_xml_is_read_alike_by_pattern_and_parser() -> None:
    from extractors.reading import sheetxml  # noqa: PLC0415

    book = open_zip(workbook(fill_book))
    for part in sorted(book.names):
        if "worksheets/sheet" in part and part.endswith(".xml"):
            data = book.read(part)
            assert sheetxml.sheet(data) == sheetxml.sheet(data.replace(b"<sheetData", b"<!-- x --><sheetData"))
    strings = book.read("xl/sharedStrings.xml")
    assert sheetxml.shared_strings(strings) == sheetxml.shared_strings(strings.replace(b"<si>", b"<!-- x --><si>"))


def test_far_corners_cost_nothing() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("表")
        sheet.write("A1", "甲")
        sheet.write("XFD1048576", "乙")
        sheet.merge_range("A3:B3", "丙")

    book = open_zip(workbook(fill))
    members = {name: book.read(name).replace(b'"A3:B3"', b'"A3:XFD1048000"') for name in book.names}
    source = read(package(members), "a.xlsx")
    assert source.text == "表\n甲\n\n丙\n\n\t乙"
    assert source.tables[0].place(source.tables[0].cells[-1]) == "表!XFD1048576"


def test_open_document_sheet() -> None:
    rows = [["指标", "percentage:0.156:15.6%"], ["float:3.50:3.50", "date:2026-06-30:2026/6/30"], ["甲<text:s/>乙", ""]]
    source = read(ods_bytes(rows), "a.ods")
    assert source.text == "工作表\n指标\t15.6%\n3.5\t2026-06-30\n甲乙"
    assert source.tables[0].place(source.tables[0].cells[1]) == "工作表!B1"


def test_encrypted_workbook() -> None:
    import msoffcrypto  # noqa: PLC0415
    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415

    out = io.BytesIO()
    assert msoffcrypto
    OOXMLFile(io.BytesIO(xlsx_bytes())).encrypt("secret", out)
    with pytest.raises(Rejected, match="encrypted"):
        read(out.getvalue(), "a.xlsx")


# PDF


def test_pages_and_lines() -> None:
    source = read(pdf(lambda p: p.line("第一页的话,"), lambda p: (p.line("第二页的话。"), p.line("- 2 -"))[0]), "a.pdf")
    assert source.text == "第一页的话,\n第二页的话。\n- 2 -"
    assert [(p.number, source.text[p.start : p.end]) for p in source.pages] == [
        (1, "第一页的话,\n"),
        (2, "第二页的话。\n- 2 -"),
    ]


def test_ruled_table_with_merges_and_wrapped_cells() -> None:
    def draw(page: PdfPage) -> None:
        page.line("表前")
        rows = [
            ["任务", "单位", ""],
            ["", "牵头", "配合"],
            ["全面推进城乡生活污水管网\n改造", "县住建局\n县财政局", "各镇"],
            ["", "县水利局", ""],
        ]
        page.table(rows, [160, 100, 100], spans={(0, 0): (2, 1), (0, 1): (1, 2), (2, 0): (2, 1)})
        page.line("表后")

    source = read(pdf(draw), "a.pdf")
    assert places(source) == {
        (1, 1): ("任务", 2, 1),
        (1, 2): ("单位", 1, 2),
        (2, 2): ("牵头", 1, 1),
        (2, 3): ("配合", 1, 1),
        (3, 1): ("全面推进城乡生活污水管网改造", 2, 1),
        (3, 2): ("县住建局 县财政局", 1, 1),
        (3, 3): ("各镇", 1, 1),
        (4, 2): ("县水利局", 1, 1),
    }
    assert source.text.startswith("表前\n任务\t单位\n\t牵头\t配合\n")
    assert source.text.endswith("表后")
    assert source.tables[0].page == 1


def test_a_table_over_pages_is_one_table() -> None:
    head = ["序号", "任务", "单位"]
    widths = [60, 200, 120]

    def first(page: PdfPage) -> None:
        page.line("任务表")
        page.table([head, ["1", "清淤", "县水利局"], ["2", "改造管网", "县住建局"]], widths)
        page.line("— 1 —")

    def second(page: PdfPage) -> None:
        page.line("— 2 —")
        page.table([head, ["", "和泵站", ""], ["3", "植树", "县林业局"]], widths)
        page.line("附注")

    source = read(pdf(first, second), "a.pdf")
    assert len(source.tables) == 1
    assert quoted(source) == [
        head,
        ["1", "清淤", "县水利局"],
        ["2", "改造管网和泵站", "县住建局"],
        ["3", "植树", "县林业局"],
    ]
    assert source.text.split("\n")[-3:] == ["— 1 —", "— 2 —", "附注"]
    last = source.tables[0].cells[-1]
    assert source.pages[1].start <= last.start < source.pages[1].end
    assert source.text.count("序号") == 1


def test_frames_are_no_tables() -> None:
    def draw(page: PdfPage) -> None:
        page.table([["通知的全文放在一个框里"]], [300])
        page.table([["一列的"], ["框"], ["也是"]], [300])

    source = read(pdf(draw), "a.pdf")
    assert not source.tables
    assert "通知的全文放在一个框里" in source.text


def test_scanned_pdf() -> None:
    from PIL import Image  # noqa: PLC0415
    from reportlab.lib.utils import ImageReader  # noqa: PLC0415

    def draw(page: PdfPage) -> None:
        page.canvas.drawImage(ImageReader(Image.new("L", (60, 60), 200)), 0, 0, 500, 700)

    with pytest.raises(Rejected, match="no_text: scanned"):
        read(pdf(draw), "a.pdf")
    mixed = read(pdf(lambda p: p.line("清河县二〇二六年水利工作要点,全年完成投资三亿元"), draw), "a.pdf")
    assert mixed.warnings == (("pages_unread", 1),)


def test_encrypted_pdf() -> None:
    from reportlab.lib import pdfencrypt  # noqa: PLC0415
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    out = io.BytesIO()
    canvas = Canvas(out, encrypt=pdfencrypt.StandardEncryption("secret"))
    canvas.drawString(50, 50, "x")
    canvas.save()
    with pytest.raises(Rejected, match="encrypted"):
        read(out.getvalue(), "a.pdf")


def test_doc_id_is_of_the_bytes() -> None:
    data = docx_bytes()
    assert read(data, "a").doc_id == read(data, "b").doc_id
    assert len(read(data, "a").doc_id) == 16
