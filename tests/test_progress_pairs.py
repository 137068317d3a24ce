"""Targets and results of whole documents, against gold pairs: as many that must not match as that must."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

import extractors
from extractors.schema import FigureRow, ProgressRow
from pipeline.progress import Matcher
from pipeline.worker import EXTRACTED

PAIRS = Path(__file__).parent.parent / "corpora" / "progress" / "pairs.jsonl"
LABELLED = re.compile(r"\{(\w+)\|([^}]*)\}")
MIN_PRECISION, MIN_RECALL = 0.95, 0.85


@dataclass
class Result:
    """What came of the gold pairs of one set of documents, in readable form."""

    found: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


def plain(text: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """A text without its labels, and where each labelled figure stands in it."""
    places: dict[str, tuple[int, int]] = {}
    out, at, length = [], 0, 0
    for match in LABELLED.finditer(text):
        before = text[at : match.start()]
        out += [before, match[2]]
        length += len(before)
        places[match[1]] = (length, length + len(match[2]))
        length += len(match[2])
        at = match.end()
    return "".join(out) + text[at:], places


def rows_of(data: bytes, name: str) -> dict[str, list[Any]]:
    found = extractors.extract(extractors.read(data, name), extractors.Options(year=None))
    return {table: [astuple(row) for row in found.rows[table]] for table in EXTRACTED}


def judge(case: dict[str, Any]) -> Result:
    """Compare the rows of ``progress`` over a set of documents with its gold pairs."""
    matcher = Matcher()
    ids: dict[str, str] = {}  # label → figure
    labels: dict[str, str] = {}  # figure → label
    said: dict[str, str] = {}
    for document in case["documents"]:
        text, places = plain(document["text"])
        data = text.encode()
        rows = rows_of(data, document["name"])
        matcher.add(rows["documents"], rows["figures"], rows["deadlines"], rows["units"])
        for row in rows["figures"]:
            figure = dict(zip(FigureRow.__dataclass_fields__, row, strict=True))
            for label, span in places.items():
                if (figure["start"], figure["end"]) == span:
                    ids[label] = figure["figure_id"]
                    labels[figure["figure_id"]] = label
            said[figure["figure_id"]] = f"{figure['indicator']} {figure['quote']}"
    result = Result()
    wanted = {tuple(pair) for pair in case["match"]}
    got = set()
    for row in (ProgressRow(*r) for r in matcher.rows()):
        if row.confidence >= 0.5 and row.actual_figure_id:
            pair = labels.get(row.target_figure_id, ""), labels.get(row.actual_figure_id, "")
            got.add(pair)
            if pair not in wanted:
                result.wrong.append(f"{pair} {said[row.target_figure_id]} / {said[row.actual_figure_id]}")
    for target, actual in sorted(wanted):
        line = f"{case['id']} {target} {actual}"
        (result.found if (target, actual) in got else result.missed).append(line)
        result.unseen += [f"{case['id']} {label}" for label in (target, actual) if label not in ids]
    result.wrong = [f"{case['id']} {line}" for line in result.wrong]
    return result


def cases() -> Iterator[dict[str, Any]]:
    for line in PAIRS.read_text("utf-8").splitlines():
        yield json.loads(line)


def test_there_are_enough_pairs_and_as_many_that_must_not_match() -> None:
    match, differ = (sum(len(c[key]) for c in cases()) for key in ("match", "differ"))
    assert match >= 60 and differ >= match


def test_precision_and_recall() -> None:
    results = [judge(case) for case in cases()]
    found, missed, wrong = (
        [line for r in results for line in getattr(r, name)] for name in ("found", "missed", "wrong")
    )
    told = "\n".join(["missed:", *missed, "wrong:", *wrong, "not read:", *(u for r in results for u in r.unseen)])
    print(
        f"precision {len(found) / (len(found) + len(wrong)):.3f} recall {len(found) / (len(found) + len(missed)):.3f}"
    )
    assert len(found) >= MIN_RECALL * (len(found) + len(missed)), told
    assert len(found) >= MIN_PRECISION * (len(found) + len(wrong)), told
