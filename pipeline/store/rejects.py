"""Rejected inputs as they stand."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, and_, func, select

from pipeline.store.counting import Counting
from pipeline.store.schema import OUTCOMES, READINGS


def standing_rejects(connection: Connection, counting: Counting) -> dict[str, int]:
    """How many inputs are rejected for which reason, of the readings that count. Of several with the same bytes all but one
    are duplicates, as in :mod:`pipeline.merge`."""
    o = OUTCOMES.c
    counts = and_(READINGS.c.version == o.version, READINGS.c.until == "")
    rejected = select(o.reason, func.count()).join(READINGS, counts).where(o.reason != "").group_by(o.reason)
    reasons = Counter({str(reason): int(count) for reason, count in connection.execute(rejected)})
    first: set[str] = set()
    for copy in counting.copies:
        if copy.reason == "empty":
            continue
        if copy.doc_id in first:
            reasons["duplicate"] += 1
            if copy.reason:
                reasons[copy.reason] -= 1
        first.add(copy.doc_id)
    return {reason: count for reason, count in sorted(reasons.items()) if count}
