"""Rejected inputs as they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set

from sqlalchemy import Connection, func, select

from pipeline.store.outcomes import chunks
from pipeline.store.schema import OUTCOMES


def standing_rejects(connection: Connection, live: Set[str]) -> dict[str, int]:
    """How many inputs are rejected for which reason, of the readings that count (``live``). Of several with the same bytes all but one are duplicates, as in
    :mod:`pipeline.merge`."""
    query = select(OUTCOMES.c.version, OUTCOMES.c.reason).where(OUTCOMES.c.reason != "")
    reasons = Counter(reason for version, reason in connection.execute(query).all() if version in live)
    named_twice = (
        select(OUTCOMES.c.doc_id)
        .where(OUTCOMES.c.doc_id != "")
        .group_by(OUTCOMES.c.doc_id)
        .having(func.min(OUTCOMES.c.source) != func.max(OUTCOMES.c.source))
    )
    for chunk in chunks(list(connection.scalars(named_twice))):
        first: set[str] = set()
        copies = select(OUTCOMES.c.doc_id, OUTCOMES.c.source, OUTCOMES.c.reason, OUTCOMES.c.version)
        rows = connection.execute(copies.where(OUTCOMES.c.doc_id.in_(chunk), OUTCOMES.c.reason != "empty")).all()
        for doc_id, _, reason, version in sorted(tuple(row) for row in rows):
            if version not in live:
                continue
            if doc_id in first:
                reasons["duplicate"] += 1
                if reason:
                    reasons[reason] -= 1
            first.add(doc_id)
    return {reason: count for reason, count in sorted(reasons.items()) if count}
