"""Reviewed documents as gold, and how far two analysts agree on one: what people decided, in the measure's own terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import PurePosixPath
from typing import Any

from extractors.overlaps import match
from pipeline.decimals import plain
from pipeline.evaluation.gold import TABLES, GoldFile, Item
from pipeline.evaluation.predictions import Row, Source, completed
from pipeline.evaluation.scoring import FileScore, figures_of, rate, score
from pipeline.store.dossier import Dossier
from pipeline.verdicts.effective import ACCEPTED, ADDED, EDITED, Judged, judged
from pipeline.verdicts.ruling import ACCEPT, ADD, EDIT, JUDGED, REJECT, Ruling, in_force

FIELDS = {
    "figures": ("low", "high", "unit", "bound", "status", "change", "indicator", "period"),
    "deadlines": ("kind", "due_start", "due_end", "rrule", "duration", "action"),
    "units": ("role", "canonical", "action"),
}
_SAID = (ACCEPTED, EDITED, ADDED)
_BINDING = frozenset({ACCEPT, EDIT, REJECT, ADD})
_FIRM = 0.5


def unreviewed(one: Dossier) -> int:
    """How many rows that are scored nobody has looked at."""
    rows = (j for t in TABLES for j in one.judged[t])
    return sum(j.counts and not j.reviewed and j.row.confidence >= _FIRM for j in rows)


def gold_of(one: Dossier) -> dict[str, Any]:
    """A reviewed document as a gold file: the rows that a person accepted, corrected or added, over its whole text."""
    rows = {t: [j.row for j in one.judged[t] if j.counts and j.state in _SAID] for t in TABLES}
    sharing = Counter(r.task_id for t in TABLES for r in rows[t] if r.task_id)
    names: dict[str, str] = {}
    for task_id in (r.task_id for t in TABLES for r in rows[t] if sharing[r.task_id] > 1):
        names.setdefault(task_id, f"t{len(names) + 1}")
    years = [p.row.year for p in one.judged["documents"] if p.row.year]
    found: dict[str, Any] = {
        "source": PurePosixPath(one.source).name, "range": [0, len(one.text)], "anchor_year": years[0] if years else None,
    }  # fmt: skip
    for table in TABLES:
        found[table] = [
            {"quote": r.quote, "start": r.start, "end": r.end}
            | {n: _one_reading(v) for n, v in _row(table, r).fields.items() if n in FIELDS[table]}
            | {"task": names.get(r.task_id, ""), "optional": False}
            for r in sorted(rows[table], key=lambda r: (r.start, r.end))
        ]
    return found


def _one_reading(value: str) -> str:
    """A bar parts readings in gold."""
    return value.replace("|", "\uff5c")


def _row(table: str, row: Any) -> Row:
    """A row of a table as the measure reads it out of CSV."""
    fields = {}
    for name in row.__dataclass_fields__:
        value = getattr(row, name)
        fields[name] = "" if value is None else plain(value) if hasattr(value, "as_tuple") else str(value)
    return completed(table, fields)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two analysts on one document, over the rows that both judged and those that either added. ``figures`` are of the
    measure, the first as gold; ``exact`` is F1 over equal spans."""

    source: str
    one: str
    other: str
    rows: int
    exact: dict[str, float]
    figures: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "source": self.source, "analysts": [self.one, self.other], "rows": self.rows,
            "spans": {t: {"exact": self.exact[t], "overlapping": self.figures[t]["detection"]["f1"]} for t in TABLES},
            "accuracy": {t: self.figures[t]["accuracy"] for t in TABLES}, "links": self.figures["links"]["f1"],
        }  # fmt: skip


def agreements(one: Dossier) -> list[Agreement]:
    """Of every two who judged the same rows of a document."""
    people = sorted({r.who for r in one.rulings if r.verdict in _BINDING and r.table in TABLES})
    views = {who: _view(one, who) for who in people}
    return [a for pair in combinations(people, 2) if (a := _agreement(one, *pair, views)) is not None]


@dataclass(frozen=True, slots=True)
class _View:
    """What somebody said of the rows of a document: those judged, and those that stand for them."""

    judged: set[tuple[str, str]]
    standing: Mapping[str, Sequence[Judged]]


def _view(one: Dossier, who: str) -> _View:
    """The rows as they were after somebody's last word on each."""
    threads: dict[tuple[str, str], list[Ruling]] = {}
    for r in one.rulings:
        if not r.lost:
            threads.setdefault((r.table, r.row_id), []).append(r)
    told: list[Ruling] = []
    words: set[tuple[str, str]] = set()
    for key, thread in threads.items():
        mine = [r.number for r in in_force(thread) if r.who == who and r.verdict in _BINDING]
        if mine:
            words.add(key)
            told += [r for r in thread if r.number <= max(mine)]
    rows = judged(one.rows, told, one.text)
    standing = {t: [j for j in rows[t] if (t, j.row_id) in words and j.state in _SAID] for t in JUDGED}
    return _View(words, standing)


def _agreement(one: Dossier, a: str, b: str, views: Mapping[str, _View]) -> Agreement | None:
    both = {key for key in views[a].judged & views[b].judged if key[0] in TABLES}
    if not both:
        return None

    def counted(view: _View, table: str) -> list[Judged]:
        return [j for j in view.standing[table] if (table, j.row_id) in both or j.extracted is None]

    first = {t: [_row(t, j.row) for j in counted(views[a], t)] for t in TABLES}
    second = {t: [_row(t, j.row) for j in counted(views[b], t)] for t in TABLES}
    result: FileScore = score(_as_gold(one, first), Source(one.doc_id, second))
    exact = {}
    for t in TABLES:
        got = match(first[t], second[t], 1.0)
        exact[t] = rate(len(got), len(first[t]), len(second[t]))["f1"]
    return Agreement(one.source, a, b, len(both), exact, figures_of([result]))


def _as_gold(one: Dossier, rows: Mapping[str, Iterable[Row]]) -> GoldFile:
    items = {
        t: [
            Item(
                r.fields.get("quote", ""), r.start, r.end, {n: _one_reading(r.fields.get(n, "")) for n in FIELDS[t]},
                r.fields.get("task_id", ""), False,
            )
            for r in rows[t]
        ]
        for t in TABLES
    }  # fmt: skip
    return GoldFile(one.doc_id, one.source, 0, len(one.text), None, items)
