"""Names of organisations: case files and invariants."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.language import organisations
from extractors.language.organisation_lexicon import alternation
from extractors.lexicon import words

CASES = Path(__file__).parent / "cases" / "organisations"


def load(name: str) -> list[dict[str, Any]]:
    """The cases of one file."""
    return [json.loads(line) for line in (CASES / f"{name}.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", load("wild") + load("negative"), ids=lambda c: c["text"][:30])
def test_names(case: dict[str, Any]) -> None:
    assert [o.name for o in organisations.find(case["text"])] == case["expect"]


def test_offsets_are_those_of_the_whole_text() -> None:
    text = "前言。县财政局负责。"
    (found,) = organisations.find(text, 3, len(text))
    assert text[found.start : found.end] == found.name == "县财政局"


def test_nothing_reaches_beyond_the_stretch() -> None:
    assert [o.name for o in organisations.find("市教育局办公室", 0, 4)] == ["市教育局"]


def test_whole() -> None:
    assert organisations.whole("县财政局", 0, 4) is not None
    assert organisations.whole("县财政局的", 0, 5) is None


@pytest.mark.parametrize("key", ["whole", "head", "weak", "place", "never", "before", "domains", "each", "generic"])
def test_lists_hold_no_word_twice(key: str) -> None:
    assert words("organisations", key)


@given(
    st.lists(st.text("县局办财政教育", min_size=1, max_size=4), min_size=1, unique=True),
    st.text("县局办财政教育", max_size=8),
)
def test_alternation_finds_the_longest(listed: list[str], text: str) -> None:
    found = re.match(alternation(listed), text)
    starts = [w for w in listed if text.startswith(w)]
    assert (found.group() if found else None) == (max(starts, key=len) if starts else None)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "市",
                "县",
                "各",
                "教育",
                "局",
                "办公室",
                "和",
                "、",
                "(",
                ")",
                "街道",
                "政府",
                "的",
                "“",
                "”",
                "部",
                "中心",
                "1",
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_spans_are_sound(text: str) -> None:
    last = 0
    for o in organisations.find(text):
        assert last <= o.start < o.end <= len(text)
        assert text[o.start : o.end] == o.name
        last = o.end
