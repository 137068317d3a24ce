"""What may be forgotten: readings that nothing refers to, and, where wished, superseded ones after so many days."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from pipeline.store.outcomes import forget
from pipeline.store.schema import ANCHORS, OUTCOMES, READINGS, READS


def clean(connection: Connection, now: datetime, keep_days: int, fingerprint: str) -> int:
    """Forget readings that ended more than ``keep_days`` ago (0: keep all), then those that no input has, as a night that
    was killed may leave. Decisions and the register of inputs stay. How many readings went."""
    if keep_days:
        before = (now - timedelta(days=keep_days)).isoformat(timespec="seconds")
        decided = select(ANCHORS.c.version)
        connection.execute(
            delete(READINGS).where(
                READINGS.c.until != "", READINGS.c.until < before, READINGS.c.version.not_in(decided)
            )
        )
    connection.execute(delete(READS).where(READS.c.fingerprint != fingerprint))
    held = select(READINGS.c.version)
    orphans = list(connection.scalars(select(OUTCOMES.c.version).where(OUTCOMES.c.version.not_in(held)).distinct()))
    return forget(connection, orphans)
