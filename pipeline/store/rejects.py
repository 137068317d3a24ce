"""Rejected inputs as they stand."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, and_, func, select

from pipeline.store.outcomes import chunks
from pipeline.store.schema import INPUTS, OUTCOMES, READINGS

_LIVE = OUTCOMES.join(READINGS, and_(READINGS.c.version == OUTCOMES.c.version, READINGS.c.until == "")).join(
    INPUTS, and_(INPUTS.c.input_id == READINGS.c.input_id, INPUTS.c.until == "")
)


def standing_rejects(connection: Connection) -> dict[str, int]:
    """How many inputs are rejected for which reason. Of several with the same bytes all but one are duplicates, as in
    :mod:`pipeline.merge`."""
    reasons: Counter[str] = Counter()
    query = select(OUTCOMES.c.reason, func.count()).select_from(_LIVE).where(OUTCOMES.c.reason != "")
    for reason, count in connection.execute(query.group_by(OUTCOMES.c.reason)):
        reasons[reason] = count
    again = (
        select(OUTCOMES.c.doc_id)
        .select_from(_LIVE)
        .where(OUTCOMES.c.doc_id != "", OUTCOMES.c.reason != "empty")
        .group_by(OUTCOMES.c.doc_id)
        .having(func.count() > 1)
    )
    for chunk in chunks(list(connection.scalars(again))):
        first: set[str] = set()
        copies = select(OUTCOMES.c.doc_id, OUTCOMES.c.source, OUTCOMES.c.reason).select_from(_LIVE)
        rows = connection.execute(copies.where(OUTCOMES.c.doc_id.in_(chunk), OUTCOMES.c.reason != "empty"))
        for doc_id, _, reason in sorted(tuple(row) for row in rows):
            if doc_id in first:
                reasons["duplicate"] += 1
                if reason:
                    reasons[reason] -= 1
            first.add(doc_id)
    return {reason: count for reason, count in sorted(reasons.items()) if count}
