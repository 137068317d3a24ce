"""A task: one action and the mentions that belong to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from extractors.document import Segment
from extractors.mentions import DeadlineMention, FigureMention, Mention, UnitMention


@dataclass(slots=True)
class Task:
    """One action and what belongs to it (clean offsets).

    ``shared`` are mentions of another row that hold for this one too (merged cells); ``persons`` are clean spans.
    """

    start: int
    end: int
    segment: Segment
    sentence: tuple[int, int]
    rule: str
    action: str = ""
    figures: list[FigureMention] = field(default_factory=list)
    deadlines: list[DeadlineMention] = field(default_factory=list)
    units: list[UnitMention] = field(default_factory=list)
    shared: list[Mention] = field(default_factory=list)
    persons: list[tuple[int, int]] = field(default_factory=list)

    def members(self) -> Iterable[Mention]:
        """Everything that belongs to the task."""
        return (*self.figures, *self.deadlines, *self.units)

    def stands(self) -> bool:
        """A task exists only with a unit, a deadline or a target."""
        return bool(self.units or self.deadlines or self.shared or any(f.status == "target" for f in self.figures))
