"""The spaCy frame gives the core's rows, lets pipes be dropped or replaced, and cuts tokens at mentions."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language
from spacy.tokens import Doc

import extractors

ROOT = Path(__file__).parent.parent
SAMPLES = sorted((ROOT / "corpora" / "gold" / "dev").glob("*.txt"))[:6]
FOLDERS = [ROOT / "corpora", *(ROOT.parent / "shared" / name for name in ("seeds", "plans", "corpus"))]
TEXTS = sorted(p for folder in FOLDERS if folder.is_dir() for p in folder.rglob("*") if p.suffix in {".txt", ".md"})


@pytest.fixture(scope="module")
def nlp() -> Language:
    return extractors.load()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_rows_equal_the_core(nlp: Language, path: Path) -> None:
    source = extractors.read(path.read_bytes(), "")
    core = extractors.extract(source)
    doc = nlp(source.text)
    for table in ("figures", "deadlines", "units"):
        rows = [span._.row for span in doc.spans[table]]
        wanted = getattr(core, table)
        # Identity of the document differs (the Doc knows no file), so ids do; everything else is equal.
        for row in rows:
            assert row.quote == source.text[row.start : row.end]
        drop = ("doc_id", "figure_id", "deadline_id", "unit_id", "task_id")
        names = [f.name for f in fields(wanted[0]) if f.name not in drop] if wanted else []
        assert [[getattr(r, n) for n in names] for r in rows] == [[getattr(r, n) for n in names] for r in wanted]
    assert len(doc._.tasks) == len(core.tasks)


def tables(doc: Doc) -> dict[str, list[tuple[Any, ...]]]:
    found = {table: [astuple(span._.row) for span in doc.spans[table]] for table in ("figures", "deadlines", "units")}
    return found | {"tasks": [astuple(row) for row in doc._.tasks]}


def test_any_segmenter_gives_the_same_tables(nlp: Language) -> None:
    """Words are for other people's pipes: jieba, its faster port and single characters lead to the same rows."""
    others = [extractors.load(words=words) for words in ("rjieba", list)]
    words: set[int] = set()
    for path in TEXTS:
        text = extractors.read(path.read_bytes(), path.name).text
        doc = nlp(text)
        for other in others:
            again = other(text)
            assert again.text == text
            assert tables(again) == tables(doc), path.name
            words.add(len(again) - len(doc))
    assert len(TEXTS) > 40 and words != {0}, "they do cut differently"


def test_the_core_needs_no_words() -> None:
    code = (
        "import sys; sys.modules.update(jieba=None, rjieba=None, spacy=None); import extractors\n"
        "source = extractors.read('县水务局要在2024年6月底前新建泵站12座。'.encode(), 'a.txt')\n"
        "found = extractors.extract(source); print(len(found.figures), len(found.deadlines), len(found.units), len(found.tasks))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == ["1", "1", "1", "1"]


def test_a_segmenter_may_be_unknown() -> None:
    with pytest.raises(ValueError, match="no such segmenter: thulac"):
        extractors.load(words="thulac")


def test_tokens_end_where_mentions_end(nlp: Language) -> None:
    doc = nlp("县水务局要在2024年6月底前新建泵站12座,总投资1.5亿元。")
    spans = [s for group in ("figures", "deadlines", "units") for s in doc.spans[group]]
    assert [s.text for s in spans] == ["12座", "1.5亿元", "2024年6月底前", "县水务局"]
    assert all(s.text == s._.row.quote for s in spans)


def test_a_pipe_may_be_dropped(nlp: Language) -> None:
    doc = extractors.load(without=["tz_units"])("县水务局要在2024年6月底前新建泵站12座。")
    assert "units" not in doc.spans and doc._.tasks[0].responsible_units == ""
    with pytest.raises(ValueError, match="no such pipe"):
        extractors.load(without=["tz_unit"])


def test_a_pipe_may_be_replaced() -> None:
    nlp = extractors.load(without=["tz_deadlines"])

    @Language.component("nobody_waits")
    def nobody_waits(doc: Doc) -> Doc:
        doc.spans["deadlines"] = []
        return doc

    nlp.add_pipe("nobody_waits", before="tz_tasks")
    doc = nlp("县水务局要在2024年6月底前新建泵站12座。")
    assert doc._.tasks[0].due_end == "" and doc._.tasks[0].responsible_units == "县水务局"
