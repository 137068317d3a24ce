"""Structure out of every format: lines, numbers, tables, pages, and offsets that quote exactly."""

from __future__ import annotations

import datetime as dt
import io

import docx
import pytest
import xlsxwriter

from extractors.document import Source
from extractors.errors import Rejected
from extractors.reading import read
from extractors.reading.archive import open_zip
from extractors.reading.listnumbers import number_text
from tests.readingsamples import (
    PARAGRAPHS,
    ROWS,
    STRUCTURED,
    PdfPage,
    docx_body,
    docx_bytes,
    ods_bytes,
    package,
    pdf,
    saved,
    workbook,
    xlsx_bytes,
)


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


# Word

LEVELS = """
<w:abstractNum w:abstractNumId="1">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
 <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
 <w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="decimalEnclosedCircle"/><w:lvlText w:val="%4"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="2">
 <w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Ti"/><w:lvlText w:val="%1"/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1.%2)"/></w:lvl>
 <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:isLgl/><w:lvlText w:val="%1.%2.%3"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="3">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="&#61548;"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="4">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:suff w:val="nothing"/><w:lvlText w:val="第%1条"/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="ideographDigital"/><w:lvlRestart w:val="0"/><w:lvlText w:val="%2、"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="3"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="4"/></w:num>
<w:num w:numId="5"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
<w:num w:numId="6"><w:abstractNumId w:val="1"/></w:num>
"""
STYLES = (
    '<w:style w:type="paragraph" w:styleId="Ti"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Sub"><w:basedOn w:val="Ti"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>'
)


def item(list_id: int, level: int, text: str = "项") -> str:
    place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    return f"<w:p><w:pPr>{place}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def styled(style: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>项</w:t></w:r></w:p>'


PLAIN = "<w:p><w:r><w:t>文</w:t></w:r></w:p>"
NUMBERED = [
    (
        item(1, 0) + item(1, 1) + item(1, 1) + item(1, 2) + item(1, 0) + item(1, 1),
        "一、项 （一）项 （二）项 1. 项 二、项 （一）项",
    ),
    (item(1, 0) * 11, "一、项 二、项 三、项 四、项 五、项 六、项 七、项 八、项 九、项 十、项 十一、项"),
    (item(1, 3) * 2, "①项 ②项"),
    (item(1, 2) + PLAIN + item(1, 2), "1. 项 文 2. 项"),
    (item(1, 0) + item(6, 0), "一、项 二、项"),  # lists of one abstract list go on counting
    (item(1, 0) * 2 + item(5, 0) * 2, "一、项 二、项 一、项 二、项"),  # unless they say where they start
    (item(2, 0) + item(2, 1) + item(2, 2) + item(2, 2) + item(2, 0), "3 项 3.I)项 3.1.a 项 3.1.b 项 4 项"),
    (styled("Ti") + styled("Sub") + styled("Ti"), "3 项 3.I)项 4 项"),
    (item(3, 0), "项"),
    (item(4, 0) + item(4, 1) + item(4, 0) + item(4, 1), "第1条项 一、项 第2条项 二、项"),
    (item(0, 0), "项"),
    (item(99, 0), "项"),
    (item(1, 1), "（一）项"),
]


@pytest.mark.parametrize(("body", "expected"), NUMBERED)
def test_automatic_numbers(body: str, expected: str) -> None:
    text = read(docx_body(body, LEVELS, STYLES), "a.docx").text
    assert text.replace("\n", "|") == "|".join(split_items(expected))


def split_items(line: str) -> list[str]:
    """``1. 项 二、项`` → one string an item; an item ends with 项 or 文."""
    out, at = [], 0
    for i, char in enumerate(line):
        if char in "项文":
            out.append(line[at : i + 1].lstrip())
            at = i + 1
    return out


@pytest.mark.parametrize(
    ("number", "kind", "expected"),
    [
        (10, "chineseCounting", "十"),
        (21, "chineseCountingThousand", "二十一"),
        (110, "chineseCountingThousand", "一百一十"),
        (105, "chineseCountingThousand", "一百零五"),
        (1010, "chineseCountingThousand", "一千零一十"),
        (10_203, "chineseCountingThousand", "一万零二百零三"),
        (26, "ideographDigital", "二六"),
        (10, "chineseLegalSimplified", "壹拾"),
        (3, "ideographTraditional", "丙"),
        (12, "decimalEnclosedCircle", "⑫"),
        (51, "decimalEnclosedCircle", "51"),
        (3, "decimalEnclosedParen", "⑶"),
        (4, "upperRoman", "IV"),
        (28, "lowerLetter", "bb"),
        (7, "decimalZero", "07"),
        (7, "unheardOf", "7"),
        (-1, "chineseCounting", "-1"),
    ],
)
def test_number_formats(number: int, kind: str, expected: str) -> None:
    assert number_text(number, kind) == expected


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


BOX = f"<w:txbxContent><w:p>{run('框内')}</w:p></w:txbxContent>"
BODIES = [
    (f"<w:p>{run('甲')}<w:r><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>", "甲\t乙\n丙"),
    (f"<w:p><w:ins>{run('新')}</w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>{run('文')}</w:p>", "新文"),
    (f"<w:p><w:moveFrom>{run('走')}</w:moveFrom><w:moveTo>{run('来')}</w:moveTo></w:p>", "来"),
    (f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('前')}</w:p><w:p>{run('后')}</w:p>", "前后"),
    (f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('末')}</w:p>", "末"),
    (
        f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent><w:p>{run('控')}</w:p></w:sdtContent></w:sdt>",
        "控",
    ),
    (
        f"<w:p><w:sdt><w:sdtContent>{run('件')}</w:sdtContent></w:sdt><w:hyperlink>{run('链')}</w:hyperlink></w:p>",
        "件链",
    ),
    (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>REF a</w:instrText><w:fldChar w:fldCharType="separate"/>'
        '<w:t>6月</w:t><w:fldChar w:fldCharType="end"/></w:r></w:p>',
        "6月",
    ),
    (
        f"<w:p>{run('正文')}<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:wsp><wps:txbx>{BOX}</wps:txbx></wps:wsp>"
        f"</w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>",
        "正文\n框内",
    ),
    (f"<w:p>{run('文')}<w:r><w:pict><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict></w:r></w:p>", "文\n框内"),
    (f"<w:tbl><w:tr><w:tc><w:p>{run('框')}</w:p><w:p>{run('线')}</w:p></w:tc></w:tr></w:tbl><w:p/>", "框\n线\n"),
    (f"<w:p><w:r><w:ruby><w:rt>{run('pin')}</w:rt><w:rubyBase>{run('拼')}</w:rubyBase></w:ruby></w:r></w:p>", "拼"),
    (f"<w:p><m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>{run('万')}</w:p>", "x=1万"),
]


@pytest.mark.parametrize(("body", "expected"), BODIES)
def test_word_content(body: str, expected: str) -> None:
    assert read(docx_body(body), "a.docx").text == expected


def test_merged_cells_of_word_stand_once() -> None:
    document = docx.Document()
    table = document.add_table(4, 3)
    for r, row in enumerate(
        [["任务", "单位", ""], ["", "牵头", "配合"], ["清淤", "县水利局", "各镇"], ["", "县城管局\n县财政局", "各\t村"]]
    ):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(2, 0).merge(table.cell(3, 0))
    source = read(saved(document), "a.docx")
    assert places(source) == {
        (1, 1): ("任务", 2, 1),
        (1, 2): ("单位", 1, 2),
        (2, 2): ("牵头", 1, 1),
        (2, 3): ("配合", 1, 1),
        (3, 1): ("清淤", 2, 1),
        (3, 2): ("县水利局", 1, 1),
        (3, 3): ("各镇", 1, 1),
        (4, 2): ("县城管局 县财政局", 1, 1),
        (4, 3): ("各 村", 1, 1),
    }
    assert source.text.split("\n")[3] == "\t县城管局 县财政局\t各 村"
    assert source.tables[0].place(source.tables[0].cells[-1]) == "表1 第4行第3列"


def test_numbers_in_cells_and_deleted_rows() -> None:
    cells = f"<w:tc>{item(1, 2, '')}</w:tc><w:tc><w:p>{run('任务')}</w:p></w:tc>"
    gone = f"<w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p>{run('删')}</w:p></w:tc></w:tr>"
    source = read(docx_body(f"<w:tbl><w:tr>{cells}</w:tr>{gone}<w:tr>{cells}</w:tr></w:tbl><w:p/>", LEVELS), "a.docx")
    assert quoted(source) == [["1.", "任务"], ["2.", "任务"]]


def test_hidden_text_and_notes_are_told() -> None:
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r></w:p>"
    source = read(docx_body(hidden), "a.docx")
    assert source.text == "暗"
    assert source.flags == {"hidden"}
    assert source.warnings == (("notes_unread", 1),)


def test_headers_and_footers_are_no_body() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.add_paragraph("正文")
    assert read(saved(document), "a.docx").text == "正文"


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    with pytest.raises(Rejected, match="unreadable"):
        read(package({"word/document.xml": bomb}), "a.docx")


def test_zip_bomb_is_bounded() -> None:
    with pytest.raises(Rejected, match="too_large"):
        read(package({"word/document.xml": b" " * ((128 << 20) + 1)}), "a.docx")


# Web pages

PAGES = [
    ("<p>甲<br>乙</p><div>丙<span>丁</span></div>", "甲\n乙\n丙丁"),
    ("<style>p{}</style><script>var a=1</script><noscript>无</noscript><p> 甲\n  乙 </p>", "甲 乙"),
    ("<ol><li>甲<li>乙<ol type=a><li>丙</ol><li value=7>丁</ol>", "1. 甲\n2. 乙\na. 丙\n7. 丁"),
    ('<ol style="list-style-type:cjk-ideographic"><li>甲<li>乙</ol><ul><li>丙</ul>', "一、甲\n二、乙\n丙"),
    ('<ol style="list-style:none"><li>一、甲</ol>', "一、甲"),
    ("<pre>甲\n  乙</pre>丙", "甲\n乙\n丙"),
    ("<p>甲&nbsp;&lt;5%&gt;&#20159;</p>", "甲\xa0<5%>亿"),
    ("<label><input type=radio>已完成</label><label><input type=checkbox checked>未完成</label>", "□已完成☑未完成"),
    ("<nav><a>首页</a></nav><header>县政府</header><p>文</p><footer>备案</footer>", "首页\n县政府\n文\n备案"),
    ("<ruby>环<rt>huan</rt></ruby>保", "环保"),
    (
        "<table><tr><td>菜单</td><td><table border=1><tr><th>任务<th>单位<tr><td>清淤<td>水利局</table></td></tr></table>",
        "菜单\n任务\t单位\n清淤\t水利局",
    ),
    ("<table><tr><td><p>甲</p><p>乙</p></td></tr></table>", "甲\n乙"),
    (
        "<table><caption>表一</caption><tr><th>任务<th>单位<tr><td>清<br>淤<td>甲\t乙</table>",
        "表一\n任务\t单位\n清 淤\t甲 乙",
    ),
]


@pytest.mark.parametrize(("page", "expected"), PAGES)
def test_web_content(page: str, expected: str) -> None:
    assert read(f"<html><body>{page}</body></html>".encode(), "a.html").text == expected


def test_spans_of_web_tables() -> None:
    page = (
        "<table><tr><th rowspan=2>任务<th colspan=2>单位<tr><th>牵头<th>配合"
        "<tr><td rowspan=0>清淤<td>水利局<td>各镇<tr><td>城管局<td></table>"
    )
    assert places(read(page.encode(), "a.html")) == {
        (1, 1): ("任务", 2, 1),
        (1, 2): ("单位", 1, 2),
        (2, 2): ("牵头", 1, 1),
        (2, 3): ("配合", 1, 1),
        (3, 1): ("清淤", 2, 1),
        (3, 2): ("水利局", 1, 1),
        (3, 3): ("各镇", 1, 1),
        (4, 2): ("城管局", 1, 1),
    }


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "utf-8", "big5"])
def test_the_declared_charset_may_be_wrong(declared: str) -> None:
    page = f'<html><head><meta charset="{declared}"><script>{"x" * 9000}</script></head><p>完成投资3亿元</p></html>'
    assert read(page.encode("gb18030"), "a.html").text == "完成投资3亿元"
    assert read(page.encode(), "a.html").text == "完成投资3亿元"


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(Rejected, match="too_large"):
        read(b"<html>" + b"<div>" * 100_000 + b"x", "a.html")


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
