"""One gold file against the rows of a run: what was found, what was right, what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from extractors.overlaps import LEAST_SHARE, match
from pipeline.evaluation.gold import TABLES, GoldFile, Item
from pipeline.evaluation.matching import ATTRIBUTES, RIGHT, VALUE, asked, same
from pipeline.evaluation.predictions import Row, Source

MISSED, SPURIOUS, LINK_MISSED, LINK_SPURIOUS = "missed", "spurious", "link_missed", "link_spurious"
Counts = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Error:
    """One disagreement. ``kind``: ``missed``, ``spurious``, ``link_missed``, ``link_spurious`` or the field that differs."""

    file: str
    table: str
    kind: str
    start: int
    end: int
    quote: str
    gold: str = ""
    got: str = ""
    item: Item | None = None
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One row, candidate or not, with whether span, value fields and status or role are right."""

    file: str
    row: Row
    right: bool
    quality: tuple[str, ...] = ()


@dataclass(slots=True)
class FileScore:
    """Counts, errors and judged rows of one gold file, with what the run says of its document."""

    gold: GoldFile
    kind: str
    quality: tuple[str, ...]
    counts: Counts = field(default_factory=Counter)
    errors: list[Error] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)


def score(gold: GoldFile, source: Source) -> FileScore:
    """Judge the rows of a run that lie inside the range of a gold file."""
    part = source.part_of(gold)
    result = FileScore(gold, part.kind if part else "", part.quality if part else ())
    partner: dict[int, Row] = {}  # by identity of the gold item
    for table in TABLES:
        inside = [r for r in source.rows[table] if gold.low <= r.start and r.end <= gold.high]
        _table(result, table, inside, partner)
    _links(result, partner)
    return result


def _table(result: FileScore, table: str, inside: list[Row], partner: dict[int, Row]) -> None:
    items, counts, name = result.gold.items[table], result.counts, result.gold.name
    rows = [r for r in inside if r.firm]
    got = match(items, rows, LEAST_SHARE[table])
    aside = {j for i, j in got.items() if items[i].optional}
    counts[table, "gold"] += sum(not x.optional for x in items)
    counts[table, "pred"] += len(rows) - len(aside)
    for i, item in enumerate(items):
        if item.optional:
            continue
        if i not in got:
            result.errors.append(Error(name, table, MISSED, item.start, item.end, item.quote, item=item))
            continue
        row = partner[id(item)] = rows[got[i]]
        counts[table, "hit"] += 1
        wrong = _compare(result, table, item, row)
        counts[table, "value"] += not wrong & set(VALUE[table])
        result.judged.append(Judged(name, row, not wrong & set(RIGHT[table]), result.quality))
    for j in sorted(set(range(len(rows))) - set(got.values())):
        row = rows[j]
        result.errors.append(Error(name, table, SPURIOUS, row.start, row.end, row.fields.get("quote", ""), row=row))
        result.judged.append(Judged(name, row, False, result.quality))
    _candidates(result, table, [x for i, x in enumerate(items) if i not in got], [r for r in inside if not r.firm])


def _compare(result: FileScore, table: str, item: Item, row: Row) -> set[str]:
    """Count the fields of a matched row; the wrong ones."""
    wrong = set()
    for name in VALUE[table] + ATTRIBUTES[table]:
        wanted, said = item.fields.get(name, ""), row.fields.get(name, "")
        if not asked(name, wanted):
            continue
        result.counts[table, "seen", name] += 1
        if same(name, wanted, said):
            result.counts[table, "right", name] += 1
        else:
            wrong.add(name)
            result.errors.append(
                Error(result.gold.name, table, name, item.start, item.end, item.quote, wanted, said, item, row)
            )
    return wrong


def _candidates(result: FileScore, table: str, left: list[Item], rows: list[Row]) -> None:
    """Judge the rows below 0.5 by the items that no claim took."""
    got = {j: left[i] for i, j in match(left, rows, LEAST_SHARE[table]).items()}
    for j, row in enumerate(rows):
        item = got.get(j)
        if item is None or not item.optional:
            right = item is not None and all(
                same(name, item.fields.get(name, ""), row.fields.get(name, "")) for name in RIGHT[table]
            )
            result.judged.append(Judged(result.gold.name, row, right, result.quality))


def _links(result: FileScore, partner: dict[int, Row]) -> None:
    """Pairs of items of different tables that share a task, in gold and among the matched rows."""
    items = [(t, x) for t in TABLES for x in result.gold.items[t] if not x.optional]
    counts = result.counts
    for (t1, a), (t2, b) in combinations(items, 2):
        if t1 == t2:
            continue
        one, two = partner.get(id(a)), partner.get(id(b))
        wanted = bool(a.task) and a.task == b.task
        said = bool(one and two and one.fields.get("task_id") and one.fields["task_id"] == two.fields.get("task_id"))
        counts["links", "gold"] += wanted
        counts["links", "pred"] += said
        counts["links", "hit"] += wanted and said
        if wanted != said:
            kind = LINK_MISSED if wanted else LINK_SPURIOUS
            quote = f"{a.quote} – {b.quote}"
            first, last = min(a.start, b.start), max(a.end, b.end)
            result.errors.append(Error(result.gold.name, "links", kind, first, last, quote))


def rate(hit: int, gold: int, pred: int) -> dict[str, Any]:
    """Precision, recall and F1 with the counts behind them."""
    p, r = hit / pred if pred else 0.0, hit / gold if gold else 0.0
    return {"p": p, "r": r, "f1": 2 * p * r / (p + r) if p + r else 0.0, "gold": gold, "pred": pred, "hit": hit}


def figures_of(scores: Iterable[FileScore]) -> dict[str, Any]:
    """The figures of some gold files together: by table detection, value and accuracy of the fields; links."""
    n: Counts = Counter()
    for s in scores:
        n.update(s.counts)
    result: dict[str, Any] = {}
    for t in TABLES:
        fields = [f for f in VALUE[t] + ATTRIBUTES[t] if n[t, "seen", f]]
        result[t] = {
            "detection": rate(n[t, "hit"], n[t, "gold"], n[t, "pred"]),
            "value": rate(n[t, "value"], n[t, "gold"], n[t, "pred"]),
            "accuracy": {f: n[t, "right", f] / n[t, "seen", f] for f in fields},
        }
    result["links"] = rate(n["links", "hit"], n["links", "gold"], n["links", "pred"])
    return result
