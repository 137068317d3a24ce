"""Accountable organisations: case files, invariants, hostile input."""

from __future__ import annotations

import json
import time
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import lexicon, units
from extractors.document import CleanText, Document, Part, Segment, Sentence, Source, Tense
from extractors.schema import ROLES
from extractors.text.clauses import sentences
from extractors.unit_labels import colons, next_label
from extractors.unit_words import words

CASES = Path(__file__).parent / "cases" / "units"


def load(name: str) -> list[dict[str, Any]]:
    """The cases of one file."""
    path = CASES / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def document(text: str, tense: Tense = "planned", issuer: str = "") -> tuple[Document, Part]:
    """A document of one plan whose lines are paragraphs."""
    part = Part(1, 0, len(text), kind="plan", issuer=issuer)
    place = 0
    for line in text.split("\n"):
        if line.strip():
            segment = Segment("paragraph", place, place + len(line), body=place, tense=tense)
            part.segments.append(segment)
            part.sentences += [Sentence(a, b, segment) for a, b in sentences(text, segment.start, segment.end)]
        place += len(line) + 1
    return Document(Source("0" * 16, "case.txt", "txt", text), CleanText(text), [part]), part


def scored(case: dict[str, Any]) -> list[list[str]]:
    """Name and role (and canonical name where the case tells it) of the mentions that are no candidates."""
    doc, part = document(case["text"], case.get("tense", "planned"), case.get("issuer", ""))
    width = max((len(e) for e in case["expect"]), default=2)
    return [[m.name, m.role, m.canonical][:width] for m in units.find(doc, part) if m.confidence >= 0.5]


@pytest.mark.parametrize("case", load("wild") + load("synthetic"), ids=lambda c: c["text"][:30])
def test_finds(case: dict[str, Any]) -> None:
    assert scored(case) == case["expect"]


@pytest.mark.parametrize("case", load("negative"), ids=lambda c: c["text"][:30])
def test_finds_nothing(case: dict[str, Any]) -> None:
    assert case["expect"] == []
    assert scored(case) == []


@pytest.mark.parametrize("case", load("known_failures"), ids=lambda c: c["text"][:30])
def test_known_failures_still_fail(case: dict[str, Any]) -> None:
    assert scored(case) != case["expect"], "works now: move the case to wild"


def test_persons_are_not_units() -> None:
    text = "责任人:张卫国、李小兰\n责任单位:县医保局"
    doc, part = document(text)
    assert [text[a:b] for a, b in units.persons(doc, part)] == ["张卫国", "李小兰"]
    assert [m.name for m in units.find(doc, part)] == ["县医保局"]


def test_subject_knows_its_clause() -> None:
    text = "市水务局要在6月底前完成管网改造12公里,全年新增供水能力3万吨。"
    doc, part = document(text)
    (mention,) = units.find(doc, part)
    assert text[slice(*mention.clause)] == "完成管网改造12公里"
    assert mention.form == "subject"


def test_phrase_covers_its_partners() -> None:
    text = "由市商务局牵头,市财政局、市税务局配合,于9月底前出台措施。"
    doc, part = document(text)
    found = units.find(doc, part)
    assert {text[slice(*m.group)] for m in found} == {"由市商务局牵头,市财政局、市税务局配合"}
    assert {m.form for m in found} == {"phrase"}


def test_list_covers_its_brackets() -> None:
    text = "清淤18公里。(责任单位:市水务局;完成时限:11月底前)"
    doc, part = document(text)
    (mention,) = units.find(doc, part)
    assert text[slice(*mention.group)] == "(责任单位:市水务局;完成时限:11月底前)"
    assert mention.form == "list"


def test_titles_and_meta_give_none() -> None:
    doc, part = document("县教育局要完成整改")
    part.segments[0].kind = "meta"
    assert units.find(doc, part) == []


WORDS = [
    "县",
    "市",
    "各",
    "教育局",
    "财政局",
    "要",
    "由",
    "牵头",
    "配合",
    "、",
    ",",
    "。",
    ":",
    "(",
    ")",
    "责任单位",
    "\n",
    "完成",
    "6月底前",
    "会同",
    "各镇",
    "和",
    "等部门",
    "某",
    "A1",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join))
def test_mentions_are_sound(text: str) -> None:
    doc, part = document(text)
    last = 0
    for m in units.find(doc, part):
        assert last <= m.start < m.end <= len(text)
        assert m.name == text[m.start : m.end]
        assert m.role in ROLES
        assert m.sentence[0] <= m.start < m.sentence[1]
        assert 0 <= m.confidence <= 1 and m.rule and m.canonical
        assert m.group[0] <= m.group[1] and m.clause[0] <= m.clause[1] <= len(text)
        last = m.end


@pytest.mark.parametrize(
    "text",
    [
        "(" * 40_000,
        "责任单位:" * 8_000,
        "市、" * 20_000,
        "各" * 40_000,
        "由" * 40_000,
        "局" * 40_000,
        "(教育局" * 10_000,
        "6" * 40_000,
        "责任单位:" + "县局、" * 15_000,
        "县局对" * 15_000,
        "由县局" * 4_000,
        "**县局" * 15_000,
        "(县局1家、县局2家" * 5_000,
        "县局牵头" * 12_000,
        "公安、" * 15_000 + "局要",
    ],
    ids=[
        "brackets",
        "labels",
        "list",
        "each",
        "by",
        "endings",
        "open",
        "digits",
        "long list",
        "towards",
        "by bodies",
        "bold",
        "shares",
        "led",
        "fields",
    ],
)
def test_hostile_input_takes_linear_time(text: str) -> None:
    """Eight times the text takes about eight times as long, in processor time."""

    def seconds(size: int) -> float:
        doc, part = document(text[:size])
        start = time.process_time()
        units.find(doc, part)
        return time.process_time() - start

    small = min(seconds(len(text) // 8) for _ in range(2))
    assert min(seconds(len(text)) for _ in range(2)) < 24 * small + 0.3


def test_labels_are_found_by_their_colons() -> None:
    """Looking for labels in front of colons alone misses none that a search from the first character on finds."""
    roles = lexicon.settings("roles")
    listed = [*chain.from_iterable(roles["labels"].values()), *chain.from_iterable(roles["label_words"].values())]
    pieces = [*listed, *"、及和/(())::：为是】] \t\n否", "  \t ", "部  门", "单 位", "联系", "教育局", "三年引进", "某"]
    random = Random(2026)
    found = 0
    for _ in range(4000):
        text = "".join(random.choices(pieces, k=random.randrange(1, 24)))
        text += random.choice(listed) + random.choice(("", "(责任)", " ")) + random.choice(":：为是】")
        start, end = random.randrange(3), len(text) - random.randrange(3)
        ends = colons(text, 0, len(text))
        for expression in (words().label, words().person_label):
            place = start
            while place <= end:
                plain, fast = expression.search(text, place, end), next_label(expression, text, place, end, ends)
                assert (plain and plain.span()) == (fast and fast.span()), text[place:end]
                if plain is None:
                    break
                found, place = found + 1, plain.end()
    assert found > 500
