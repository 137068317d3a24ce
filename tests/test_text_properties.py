"""What holds of the clean view and of the segmentation whatever the text."""

from __future__ import annotations

import itertools
import time

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


HOSTILE = {
    "headings": "一、加强领导\n" * 100_000,
    "one line": "各单位要高度重视，加强领导" * 80_000,
    "one line of numbers": "一、目标。二、措施（一）任务（二）要求1.甲。2.乙；" * 40_000,
    "brackets": "(" * 300_000,
    "nested brackets": "（" * 150_000 + "）" * 150_000,
    "quotes": "“《" * 150_000,
    "digits": "1" * 400_000,
    "spaces": " " * 500_000 + "完",
    "spaced": "各 " * 200_000,
    "wide": "　" * 500_000 + "完",
    "marks": "第1篇" * 100_000,
    "stems": "工作计划" * 100_000 + "篇 1 " + "篇 2 " * 50_000,
    "han numerals": "一二三四五六七八九十" * 40_000,
    "full-width commas": "1，" * 200_000,
    "grouped": "1，000，" * 100_000,
    "labels": "责任单位：" * 80_000,
    "label lines": "责任单位：市水务局\n" * 40_000,
    "dates": "2023年3月5日\n" * 40_000,
    "short lines": "表\n" * 200_000,
    "carriage returns": "完成\r\n" * 100_000,
    "asterisks": "*" * 300_000,
    "bold": "**甲乙" * 80_000,
    "pinyin": "創(chuàng)" * 50_000,
    "site": "小编整理" * 80_000,
    "wrapped": ("各单位要高度重视防汛工作切实加强组织领导明确责任分工，狠抓\n" * 20_000),
    "titles": "溪口市2023年工作计划\n2023年1月5日\n" * 15_000,
    "unnumbered": "指导思想\n" * 60_000,
    "dots": "完成.全部." * 60_000,
    "underscores": "_年" * 150_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_time_stays_linear(text: str) -> None:
    """A tenth of the text must take about a tenth of the time: no pattern and no loop looks back over what it has read."""

    def seconds(part: str) -> float:
        start = time.process_time()
        read(part)
        return time.process_time() - start

    read(text[:1000])
    small = min(seconds(text[: len(text) // 8]) for _ in range(2))
    whole = seconds(text)
    assert whole < 24 * small + 0.4, (small, whole)
