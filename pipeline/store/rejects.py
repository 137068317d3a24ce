"""Rejected inputs as they stand."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, select

from pipeline.store.counting import Counting
from pipeline.store.outcomes import plain
from pipeline.store.schema import OUTCOMES


def standing_rejects(connection: Connection, counting: Counting) -> dict[str, int]:
    """How many inputs are rejected for which reason, of the readings that count. Of several with the same bytes all but one
    are duplicates, as in :mod:`pipeline.merge`."""
    o = OUTCOMES.c
    rejected = plain(connection, select(o.version, o.reason).where(o.reason != ""))
    reasons = Counter(reason for version, reason in rejected if version in counting.live)
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
