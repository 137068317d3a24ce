"""Segments, their paths, tenses and years; sentences and clauses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extractors.document import Document, Source
from extractors.text import clauses, prepare


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of one file."""
    return [
        json.loads(line)
        for line in (Path(__file__).parent / f"cases/text/{name}.jsonl").read_text("utf-8").splitlines()
    ]


def first(text: str) -> Any:
    return text[:16]


def read(text: str) -> Document:
    """A document from a bare text."""
    return prepare(Source("0" * 16, "样稿.txt", "txt", text))


@pytest.mark.parametrize("case", cases("segments"), ids=lambda c: first(c["text"]))
def test_segments(case: dict[str, Any]) -> None:
    document = read(case["text"])
    (part,) = document.parts
    found = [[s.kind, s.level, document.text[s.start : s.end], ">".join(s.path)] for s in part.segments]
    assert found == case["segments"]


@pytest.mark.parametrize("case", cases("tenses"), ids=lambda c: first(c["text"]))
def test_tenses_and_years(case: dict[str, Any]) -> None:
    (part,) = read(case["text"]).parts
    assert [[s.tense, s.year] for s in part.segments] == case["expect"]


@pytest.mark.parametrize("case", cases("sentences"), ids=lambda c: first(c["text"]))
def test_sentences(case: dict[str, Any]) -> None:
    document = read(case["text"])
    found = [document.text[s.start : s.end] for s in document.parts[0].sentences]
    assert found == case["sentences"]


@pytest.mark.parametrize("case", cases("clauses"), ids=lambda c: first(c["text"]))
def test_clauses(case: dict[str, Any]) -> None:
    text = case["text"]
    assert [text[a:b] for a, b in clauses(text, 0, len(text))] == case["clauses"]
