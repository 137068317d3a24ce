"""Charts of the ledger as SVG that a stylesheet colours and a screen reader reads: every bar has its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.store.tasklist import UNDATED, Tally

MAX_UNITS = 12
MAX_MONTHS = 18


@dataclass(slots=True)
class Sum:
    """Tasks of a unit or a month: finished, overdue, and the others."""

    name: str
    done: int = 0
    overdue: int = 0
    open: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.done + self.overdue + self.open

    def add(self, tally: Tally) -> None:
        """Count some more."""
        if tally.done:
            self.done += tally.count
        elif tally.overdue:
            self.overdue += tally.count
        else:
            self.open += tally.count

    @property
    def words(self) -> str:
        """The bar in words."""
        late = f",逾期 {self.overdue}" if self.overdue else ""
        return f"{self.total} 项,完成 {self.done}{late}"

    def pieces(self, most: int, length: float) -> list[tuple[str, float, float]]:
        """(kind, offset, size) of the pieces of the bar, where ``most`` tasks are ``length`` long."""
        found, at = [], 0.0
        for kind in ("done", "open", "overdue"):
            size = round(getattr(self, kind) * length / most, 2) if most else 0.0
            if size:
                found.append((kind, round(at, 2), size))
            at += size
        return found


@dataclass(frozen=True, slots=True)
class Charts:
    """Both charts; ``rest`` units are not drawn, ``undated`` tasks have no month, ``outside`` lie in months not drawn."""

    units: list[Sum]
    months: list[Sum]
    rest: int
    undated: int
    outside: int

    @property
    def most_of_unit(self) -> int:
        """The longest bar."""
        return max((s.total for s in self.units), default=0)

    @property
    def most_of_month(self) -> int:
        """The highest bar."""
        return max((s.total for s in self.months), default=0)


def charts(tallies: Sequence[Tally], today: str) -> Charts:
    """From counts to what is drawn: units with most tasks first, months around today in order."""
    units: dict[str, Sum] = defaultdict(lambda: Sum(""))
    months: dict[str, Sum] = defaultdict(lambda: Sum(""))
    undated = 0
    for t in tallies:
        name = t.unit.split(";")[0] or "未写单位"
        units[name].name = name
        units[name].add(t)
        if len(t.month) == 7:
            months[t.month].name = t.month
            months[t.month].add(t)
        elif t.month == UNDATED or t.month:
            undated += t.count
    ordered = sorted(units.values(), key=lambda s: (-s.total, s.name))
    names = sorted(months)
    here = next((n for n, m in enumerate(names) if m >= today[:7]), len(names))
    first = max(0, min(here - MAX_MONTHS // 3, len(names) - MAX_MONTHS))
    drawn = [months[m] for m in names[first : first + MAX_MONTHS]]
    outside = sum(months[m].total for m in names) - sum(s.total for s in drawn)
    return Charts(ordered[:MAX_UNITS], drawn, max(0, len(ordered) - MAX_UNITS), undated, outside)
