"""Charsets, damage, types by content, and delimited text."""

from __future__ import annotations

import codecs

import pytest

from extractors.errors import Rejected
from extractors.reading import read
from extractors.reading.mojibake import is_mojibake
from tests.readingsamples import PARAGRAPHS, all_formats, package

LONG = "全县今年计划完成污水管网改造28公里,总投资1.2亿元。\r\n责任单位:县住建局、县财政局;完成时限:10月底前。\r\n"
SHORT = "关于2026年环境整治的通知"
TRADITIONAL = "全縣今年計劃完成污水管網改造28公里,總投資1.2億元。責任單位:縣建設局;完成時限:10月底前。"


@pytest.mark.parametrize("text", [LONG, SHORT, PARAGRAPHS[2], "县政府\n", "abc\r\ndef 2026"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "utf-32"])
def test_text_is_the_decoded_bytes(text: str, encoding: str) -> None:
    source = read(text.encode(encoding), "a.txt")
    assert source.text == text
    assert not source.flags


@pytest.mark.parametrize("text", [TRADITIONAL, TRADITIONAL * 40, TRADITIONAL[:24]])
def test_big5(text: str) -> None:
    assert read(text.encode("big5"), "a.txt").text == text


def test_charset_is_found_behind_a_long_ascii_head() -> None:
    text = "#" * 20_000 + LONG
    assert read(text.encode("gb18030"), "a.txt").text == text


@pytest.mark.parametrize(
    "data",
    [
        LONG.encode()[:-5] + b"\xe5\x8e",  # cut in mid-character
        LONG.encode() + b"\xff\xfe\xfd" + LONG.encode(),
        LONG.encode("gb18030")[:40] + b"\xff" + LONG.encode("gb18030")[40:],
        LONG.replace("县", "锟斤拷").encode(),
        LONG.encode().decode("latin-1").encode(),
        LONG.encode().decode("gb18030", "replace").encode(),
        ("\ue5e5\ue5e6" * 20 + LONG).encode(),
    ],
)
def test_damage_is_flagged_and_the_rest_is_kept(data: bytes) -> None:
    source = read(data, "a.txt")
    assert "mojibake" in source.flags


def test_cut_utf8_stays_utf8() -> None:
    source = read(LONG.encode() + "县".encode()[:2], "a.txt")
    assert source.text.startswith(LONG)


@pytest.mark.parametrize(
    "text", [LONG, TRADITIONAL, "PM2.5浓度38μg/m³,±5℃,①②③", "a\fb", "环保工作(huánbǎo) 创(chuàng)建"]
)
def test_sound_text_is_not_called_mojibake(text: str) -> None:
    assert not is_mojibake(text)


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.txt", "empty"),
        (codecs.BOM_UTF8, "a.txt", "empty"),
        (b" \r\n\t\n", "a.txt", "empty"),
        ("\u3000\n\u3000".encode(), "a.txt", "no_text"),
        (b"\0" * 500, "a.txt", "unreadable"),
        (bytes(range(256)) * 40, "a.txt", "unknown_type"),
        (b"\x7fELF\x02\x01\x01" + bytes(range(7, 200)) * 9, "plan.docx", "unknown_type"),
        (b"Rar!\x1a\x07\x01\x000000", "a.rar", "unsupported"),
        (package({"a/b.txt": b"x"}), "a.zip", "unsupported"),
        (package({"ppt/presentation.xml": b"<x/>"}), "a.pptx", "unsupported"),
        (package({"word/document.xml": b"<x>"}), "a.docx", "unreadable"),
        (all_formats()["x.docx"][:2000], "a.docx", "truncated"),
        (all_formats()["x.xlsx"][:-400], "a.xlsx", "truncated"),
        (b"%PDF-1.7\n1 0 obj\n<<", "a.pdf", "truncated"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 40, "a.doc", "unreadable"),
        (b"From: a@b\r\nTo: c@d\r\nSubject: x\r\nDate: y\r\n\r\n  \r\n", "a.eml", "no_text"),
    ],
)
def test_rejects(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        read(data, name)
    assert caught.value.reason == reason
    assert caught.value.detail
    assert "\n" not in caught.value.detail


@pytest.mark.parametrize(("name", "expected"), [(n, n.rsplit(".", 1)[1]) for n in all_formats()])
@pytest.mark.parametrize("wrong", ["a.docx", "b.pdf", "c.bin", "无后缀"])
def test_the_type_is_in_the_content(name: str, expected: str, wrong: str) -> None:
    found = read(all_formats()[name], wrong).format
    assert found == (expected if expected not in {"md", "csv"} else "txt")


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("<p>今年目标</p>", "html"),
        ("<!-- x -->\n<!DOCTYPE html><body>今年目标", "html"),
        ('<?xml version="1.0"?><html><body>今年</body></html>', "html"),
        ("目标 < 5% 且 > 3%", "txt"),
        ("<通知>各镇街:", "txt"),
        ("# 标题\n\n正文 <br> 正文", "txt"),
    ],
)
def test_web_page_or_text(text: str, format: str) -> None:
    assert read(text.encode(), "a.txt").format == format


def test_fields_of_delimited_text_are_cells_of_the_untouched_text() -> None:
    text = '序号,任务,单位\r\n1,"改造管网,\n新建泵站",县住建局\r\n2, 清淤 ,"县""水利""局"\r\n'
    source = read(text.encode("gb18030"), "a.csv")
    assert source.text == text
    cells = {(c.row, c.column): text[c.start : c.end] for c in source.tables[0].cells}
    assert cells[2, 2] == "改造管网,\n新建泵站"
    assert cells[3, 2] == "清淤"
    assert cells[3, 3] == '县""水利""局'
    assert cells[1, 1] == "序号"
    assert len(cells) == 9


def test_pipe_tables_of_markdown() -> None:
    text = "前言\n\n| 任务 | 单位 |\n| --- | :-: |\n| 清淤 | 县水利局 |\n| 植树 |  |\n\n后记 a|b\n"
    source = read(text.encode(), "a.md")
    assert source.text == text
    cells = [(c.row, c.column, text[c.start : c.end]) for c in source.tables[0].cells]
    assert cells == [(1, 1, "任务"), (1, 2, "单位"), (2, 1, "清淤"), (2, 2, "县水利局"), (3, 1, "植树")]
