"""The one place that asks what time it is. Extraction never does; nights, due dates and reports are given a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from pipeline.errors import UsageError


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of day, or the beginning of the day ``as_of`` where one is given."""

    as_of: date | None = None

    def now(self) -> datetime:
        """Local time to the second."""
        return datetime.now().replace(microsecond=0) if self.as_of is None else datetime.combine(self.as_of, time())

    def today(self) -> date:
        """The day."""
        return self.now().date()

    def stamp(self) -> str:
        """``now`` as ISO 8601."""
        return self.now().isoformat(timespec="seconds")


def clock_of(as_of: str | None) -> Clock:
    """The clock of ``--as-of``; UsageError for what is no date."""
    try:
        return Clock(date.fromisoformat(as_of) if as_of else None)
    except ValueError as error:
        raise UsageError(f"选项 --as-of 的值 {as_of!r} 不对:应是 2026-01-31 这样的日期") from error
