"""What changed in the tables: rows added, removed and altered by what a night read.

Row ids are tied to the bytes of a document, so a corrected document has new ids throughout. Rows of two versions are
therefore told to be the same by what they say: equal in all that matters, unchanged; equal in what they are about, altered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from pipeline.decimals import plain
from pipeline.store.inputs import Change
from pipeline.store.outcomes import DECLARED, chunks, load
from pipeline.store.schema import ROWS

_MAX_EXAMPLES = 200

# By table: what a row is about, and what it says about it.
_ABOUT = {
    "figures": (("indicator", "unit", "status", "change", "section"), ("value_low", "value_high", "bound", "period_start", "period_end")),
    "deadlines": (("action", "kind"), ("due_start", "due_end", "rrule", "duration")),
    "units": (("canonical", "action"), ("role",)),
    "tasks": (("action",), ("status", "lead_units", "responsible_units", "assist_units", "due_start", "due_end", "rrule", "figures")),
}  # fmt: skip


@dataclass(slots=True)
class Count:
    """Rows of one table."""

    added: int = 0
    removed: int = 0
    altered: int = 0


@dataclass(frozen=True, slots=True)
class Altered:
    """A row that says something else than before."""

    table: str
    source: str
    about: str
    before: str
    after: str


@dataclass(slots=True)
class TableChanges:
    """Counts by table and examples of altered rows."""

    counts: dict[str, Count] = field(default_factory=lambda: {t: Count() for t in _ABOUT})
    altered: list[Altered] = field(default_factory=list)


def compare(connection: Connection, changes: Sequence[Change]) -> TableChanges:
    """What the changes of a night did to the tables."""
    found = TableChanges()
    for table, count in found.counts.items():
        count.added += _rows(connection, table, [c.after.version for c in changes if c.after and not c.before])
        count.removed += _rows(connection, table, [c.before.version for c in changes if c.before and not c.after])
    both = [(c.before, c.after) for c in changes if c.before and c.after and c.before.version != c.after.version]
    for some in chunks(both, 50):
        versions = sorted({k.version for pair in some for k in pair})
        read = dict(load(connection, versions, tuple(_ABOUT), texts=False))
        for before, after in some:
            for table in _ABOUT:
                old = [r for o in read[before.version] for r in o.rows.get(table, ())]
                new = [r for o in read[after.version] for r in o.rows.get(table, ())]
                _compare(table, after.source, old, new, found)
    return found


def _rows(connection: Connection, table: str, versions: Iterable[str]) -> int:
    t, total = ROWS[table], 0
    for chunk in chunks(versions):
        total += connection.execute(select(func.count()).select_from(t).where(t.c.version.in_(chunk))).scalar() or 0
    return total


def _compare(table: str, source: str, old: list[Any], new: list[Any], found: TableChanges) -> None:
    names = DECLARED[table]
    about, says = ([names.index(n) for n in group] for group in _ABOUT[table])
    grouped: dict[tuple[Any, ...], tuple[Counter[Any], Counter[Any]]] = defaultdict(lambda: (Counter(), Counter()))
    for side, rows in enumerate((old, new)):
        for row in rows:
            grouped[tuple(row[i] for i in about)][side][tuple(row[i] for i in says)] += 1
    count = found.counts[table]
    for key, (before, after) in grouped.items():
        left, right = list((before - after).elements()), list((after - before).elements())
        pairs = min(len(left), len(right))
        count.altered += pairs
        count.removed += len(left) - pairs
        count.added += len(right) - pairs
        for a, b in zip(left[:pairs], right[:pairs], strict=True):
            if len(found.altered) < _MAX_EXAMPLES:
                found.altered.append(Altered(table, source, str(key[0]), _said(a), _said(b)))


def _said(values: tuple[Any, ...]) -> str:
    return " ".join(
        plain(v) if hasattr(v, "as_tuple") else str(v) for v in dict.fromkeys(values) if v not in (None, "")
    )
