"""Word documents: automatic numbers, boxes, notes, changes, merged cells, hostile packages."""

from __future__ import annotations

import docx
import pytest

from extractors.errors import Rejected
from extractors.reading import read
from extractors.reading.listnumbers import number_text
from tests.readingsamples import (
    docx_body,
    package,
    places,
    quoted,
    saved,
)

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
