"""Readings with the decisions of analysts on them: what goes out of the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection, func, select

from extractors.schema import TABLES
from pipeline.store import outcomes
from pipeline.store.dossier import rulings_on
from pipeline.store.inputs import next_day
from pipeline.store.outcomes import DECLARED
from pipeline.store.schema import ANCHORS, DECISIONS, REVIEWS, ROW_TABLES
from pipeline.verdicts.effective import counting, judged
from pipeline.verdicts.ruling import JUDGED
from pipeline.worker import Outcome


def load(
    connection: Connection, versions: Sequence[str], tables: Sequence[str] = ROW_TABLES, texts: bool = True,
    as_of: str = "",
) -> Iterator[tuple[str, list[Outcome]]]:  # fmt: skip
    """As :func:`pipeline.store.outcomes.load`, with the rows as they count now, or did at the end of the day ``as_of``."""
    touched_ids = decided(connection)
    for version, found in outcomes.load(connection, versions, tables, texts):
        touched = [n for n, o in enumerate(found) if o.doc_id in touched_ids and not o.reason]
        if touched:
            whole = next(o for _, o in outcomes.load(connection, [version]))
            for n in touched:
                rows = _counting(connection, whole[n], as_of)
                found[n] = replace(found[n], rows={t: rows[t] if t in rows else whole[n].rows[t] for t in tables})
        yield version, found


def decided(connection: Connection) -> set[str]:
    """The documents that have decisions."""
    query = select(ANCHORS.c.doc_id).join(DECISIONS, DECISIONS.c.decision_id == ANCHORS.c.decision_id)
    return set(connection.scalars(query.distinct()))


def _counting(connection: Connection, outcome: Outcome, as_of: str) -> dict[str, list[tuple[object, ...]]]:
    rulings = rulings_on(connection, outcome.doc_id)
    if as_of:
        rulings = [r for r in rulings if r.made_at <= next_day(as_of)]
    rows = {t: [TABLES[t].row(*values) for values in outcome.rows[t]] for t in JUDGED}
    found = counting(judged(rows, rulings, outcome.text.decode()))
    return {t: [tuple(getattr(row, n) for n in DECLARED[t]) for row in found[t]] for t in JUDGED}


def last_number(connection: Connection) -> int:
    """The number of the latest decision, 0 before the first: what the tables depend on besides the readings."""
    return int(connection.execute(select(func.max(DECISIONS.c.number))).scalar() or 0)


def decided_since(connection: Connection, moment: str) -> set[str]:
    """Readings with decisions made at a moment or after it."""
    return set(connection.scalars(select(REVIEWS.c.version).where(REVIEWS.c.at >= moment)))
