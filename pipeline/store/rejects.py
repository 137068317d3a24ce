"""Rejected inputs as they stand."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection

from pipeline.merge import Merge
from pipeline.store.inputs import current
from pipeline.store.outcomes import entries


class _Nothing:
    """A journal of which only the heads are wanted."""

    def outcomes(self) -> list[object]:
        return []


def standing_rejects(connection: Connection) -> dict[str, int]:
    """How many inputs are rejected for which reason, second copies included."""
    heads = entries(connection, [k.version for k in current(connection)])
    merge = Merge(_Nothing(), [e for of_input in heads.values() for e in of_input])  # type: ignore[arg-type]
    return dict(sorted(Counter(merge.reasons).items()))
