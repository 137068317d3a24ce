"""The spaCy frame gives the core's rows, lets pipes be dropped or replaced, and cuts tokens at mentions."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.tokens import Doc

import extractors

SAMPLES = sorted((Path(__file__).parent.parent / "corpora" / "gold" / "dev").glob("*.txt"))[:6]


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
