"""The clean view: what is changed, what stays, and what every clean span maps back to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extractors.document import CleanText, Page, Source, Table
from extractors.text.clean import apply, clean

CASES = [
    json.loads(line) for line in (Path(__file__).parent / "cases/text/clean.jsonl").read_text("utf-8").splitlines()
]


def source(text: str, fmt: str = "txt", **more: Any) -> Source:
    """A source of a bare text."""
    return Source("0" * 16, "样稿.txt", fmt, text, **more)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:16])
def test_clean(case: dict[str, Any]) -> None:
    cleaned, flags = clean(source(case["text"], case.get("format", "txt")))
    assert cleaned.text == case["clean"]
    assert sorted(flags) == case.get("flags", [])
    for piece, origin in case.get("maps", []):
        at = cleaned.text.index(piece)
        start, end = cleaned.source_span(at, at + len(piece))
        assert case["text"][start:end] == origin


def test_identity_needs_no_anchors() -> None:
    assert clean(source("各镇于6月底前完成。"))[0] == CleanText("各镇于6月底前完成。")


def test_the_earlier_of_two_overlapping_edits_wins() -> None:
    assert apply("abcdef", [(1, 4, ""), (2, 6, "x")]).text == "aef"


def test_running_heads_go_and_sentences_close_over_them() -> None:
    line = "各县区要坚持问题导向切实加强对河道采砂的日常监管，严格落实巡"
    pages = [f"溪口市防汛简报\n{line}\n" for _ in range(4)]
    text = "".join(pages)
    starts = [sum(map(len, pages[:i])) for i in range(5)]
    paged = tuple(Page(i + 1, starts[i], starts[i + 1]) for i in range(4))
    assert "简报" not in clean(source(text, "pdf", pages=paged))[0].text


def test_table_rows_are_never_joined() -> None:
    row = "加快推进河道综合整治和水系连通工程建设，完成堤防加固三十公里\t市水务局\n"
    text = row * 3
    table = Table(1, 0, len(text), ())
    assert clean(source(text, "docx", tables=(table,)))[0].text == text.replace("，", ",")
