"""What holds of the clean view and of the segmentation whatever the text."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Document, Source
from extractors.text import clauses, prepare
from extractors.text.clauses import sentences
from extractors.text.fold import fold_table, simplified_table

PIECES = (
    "一、", "二、", "（一）", "(二)", "1.", "2、", "（1）", "①", "第一章 ", "第1篇", "篇二", "工作计划篇 3 ", "一是", "二是",
    "责任单位：市水务局", "完成时限：6月底前", "牵头单位:县农业农村局、各镇", "抄送：", "来源：网络", "小编整理",
    "溪口市2023年工作计划", "关于做好防汛工作的通知", "各县（区）人民政府：", "溪口市人民政府", "2023年3月5日", "二〇二一年五月",
    "新建管网46.5公里", "，完成率95％以上", "5 月底前", "17 篇", "1 842人", "2021，100家", "1，350元", "創(chuàng)新", "環(huán)保", "計劃與總結",
    "。", "；", "，", ".", "：", "\n", "\n\n", "\r\n", "　　", "  ", " ", "\t", "\u200b", "\ufeff", "**", "# ", "- 3 -", "— 4 —", "> ", "|", "(", "）", "“", "”", "_年", "**市", "\u00ad", "\ud7ff", "𬭚",
    "各单位要高度重视，加强领导，明确责任，狠抓落实，确保全面完成全年各项目标任务",
)  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=40).map("".join)


def read(text: str, name: str = "样稿.txt", fmt: str = "txt", year: int | None = None) -> Document:
    """A document from a bare text."""
    return prepare(Source("0" * 16, name, fmt, text), year)


@settings(max_examples=400, deadline=None)
@given(texts, st.sampled_from(["txt", "md"]))
def test_clean_view_maps_back(text: str, fmt: str) -> None:
    document = read(text, fmt=fmt)
    clean = document.clean
    offsets = [clean.source_offset(i) for i in range(len(clean.text))]
    assert all(a < b for a, b in itertools.pairwise(offsets))
    assert all(0 <= i < len(text) for i in offsets)
    folded = fold_table()
    for character, i in zip(clean.text, offsets, strict=True):
        origin = text[i]
        same = character in (origin, folded.get(origin), simplified_table().get(origin))
        assert same or (character in " \n" and origin.isspace()), (character, origin)
    for i, character in enumerate(clean.text):
        start, end = clean.source_span(i, i + 1)
        assert end == start + 1 and clean.clean_offset(start) == i, character


@settings(max_examples=400, deadline=None)
@given(texts, st.sampled_from(["txt", "md"]))
def test_parts_segments_and_sentences_partition_the_text(text: str, fmt: str) -> None:
    document = read(text, fmt=fmt)
    assert document.parts
    last = 0
    for number, part in enumerate(document.parts, 1):
        assert part.number == number
        assert last <= part.start <= part.end <= len(document.text)
        last = at = part.end
        at = part.start
        for segment in part.segments:
            assert at <= segment.start < segment.end <= part.end
            assert segment.start <= segment.body <= segment.end
            assert not document.text[at : segment.start].strip()
            at = segment.end
        assert not document.text[at : part.end].strip()
        assert [s.start for s in part.sentences] == sorted(s.start for s in part.sentences)
        for segment in part.segments:
            held = [s for s in part.sentences if s.segment is segment]
            assert held and segment.start <= held[0].start and held[-1].end <= segment.end
            for a, b in itertools.pairwise(held):
                assert a.end <= b.start and not document.text[a.end : b.start].strip()
            assert not document.text[segment.start : held[0].start].strip()
            assert not document.text[held[-1].end : segment.end].strip()


@settings(max_examples=300, deadline=None)
@given(texts)
def test_clauses_cover_without_gaps(text: str) -> None:
    found = clauses(text, 0, len(text))
    assert "".join(text[a:b] for a, b in found) == text
    assert all(a < b for a, b in found)


@settings(max_examples=200, deadline=None)
@given(texts, st.booleans())
def test_sentences_lose_only_white_space(text: str, dots: bool) -> None:
    found = list(sentences(text, 0, len(text), dots))
    assert "".join("".join(text[a:b] for a, b in found).split()) == "".join(text.split())


@settings(max_examples=100, deadline=None)
@given(texts)
def test_same_text_same_document(text: str) -> None:
    assert read(text) == read(text)


HOSTILE: dict[str, Callable[[int], str]] = {
    "headings": lambda n: "一、加强领导\n" * n,
    "one line": lambda n: "各单位要高度重视，加强领导" * n,
    "one line of numbers": lambda n: "一、目标。二、措施（一）任务（二）要求1.甲。2.乙；" * (n // 3),
    "first numbers": lambda n: "一、目标。1.甲；(一)乙。" * n,
    "brackets": lambda n: "(" * 4 * n,
    "nested brackets": lambda n: "（" * 2 * n + "）" * 2 * n,
    "quotes": lambda n: "“《" * 2 * n,
    "digits": lambda n: "1" * 5 * n,
    "spaces": lambda n: " " * 6 * n + "完",
    "spaced": lambda n: "各 " * 3 * n,
    "wide": lambda n: "　" * 6 * n + "完",
    "marks": lambda n: "第1篇" * n,
    "stems": lambda n: "工作计划" * n + "篇 1 " + "篇 2 " * n,
    "han numerals": lambda n: "一二三四五六七八九十" * n,
    "full-width commas": lambda n: "1，" * 3 * n,
    "grouped": lambda n: "1，000，" * n,
    "labels": lambda n: "责任单位：" * n,
    "label lines": lambda n: "责任单位：市水务局\n" * n,
    "dates": lambda n: "2023年3月5日\n" * n,
    "short lines": lambda n: "表\n" * 2 * n,
    "carriage returns": lambda n: "完成\r\n" * n,
    "asterisks": lambda n: "*" * 4 * n,
    "bold": lambda n: "**甲乙" * n,
    "pinyin": lambda n: "創(chuàng)" * n,
    "site": lambda n: "小编整理" * n,
    "wrapped": lambda n: "各单位要高度重视防汛工作切实加强组织领导明确责任分工，狠抓\n" * (n // 3),
    "titles": lambda n: "溪口市2023年工作计划\n2023年1月5日\n" * (n // 3),
    "unnumbered": lambda n: "指导思想\n" * n,
    "dots": lambda n: "完成.全部." * n,
    "underscores": lambda n: "_年" * 2 * n,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_time_stays_linear(text: Callable[[int], str]) -> None:
    """Eight times the text takes about eight times as long: no pattern and no loop looks back over what it has read."""

    def seconds(n: int) -> float:
        part = text(n)
        start = time.process_time()
        read(part)
        return time.process_time() - start

    small = min(seconds(1_500) for _ in range(2))
    whole = min(seconds(12_000) for _ in range(2))
    assert whole < 24 * small + 0.2, (small, whole)
