"""Columns whose heads say the thing and whose cells only say that it holds: months (√ under 3月), bodies (牵头 under 县财政局).

What the head names is one mention, which the rows with a filled cell share; it stands in the first of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from extractors.context import RowShare
from extractors.lexicon import words
from extractors.mentions import DeadlineMention, Mention, UnitMention
from extractors.worktables import content
from extractors.worktables.cells import RowView
from extractors.worktables.grid import Entry
from extractors.worktables.headers import Column
from extractors.worktables.layout import Block
from extractors.worktables.names import NameReader

_BLANK = frozenset(words("worktables", "blank"))


@dataclass(slots=True)
class Marks:
    """Mentions made of heads, by the place of the head and the role that cells give it."""

    names: NameReader
    _made: dict[tuple[int, str], Mention] = field(default_factory=dict)

    def read(self, row: RowView, block: Block, own: list[Entry], share: RowShare) -> list[Mention]:
        """New mentions for the marks of a row; those that stand in other rows are added to what the row shares."""
        new: list[Mention] = []
        for entry in own:
            if entry.text in _BLANK:
                continue
            for c in entry.columns:
                column = block.column(c)
                if column.role == "schedule" and column.time is not None:
                    role = ""
                elif column.role != "duty" or not (role := content.duty(entry.text)):
                    continue
                made = self._made.get((column.place[0], role))
                if made is None:
                    made = self._unit(row, column, role) if role else _due_in(row, column)
                    self._made[column.place[0], role] = made
                    new.append(made)
                elif made.segment is not row.segment and made not in share.mentions:
                    share.mentions.append(made)
        return new

    def _unit(self, row: RowView, column: Column, role: str) -> UnitMention:
        start, end = column.place
        read = self.names.units(column.leaf, role)
        canonical = read.members[0].canonical if read.members else column.leaf
        return UnitMention(
            start, end, row.segment, row.span, rule="table:duty", cue=column.header, confidence=0.9,
            name=column.leaf, canonical=canonical, role=role, form="table", group=(start, end),
        )  # fmt: skip


def _due_in(row: RowView, column: Column) -> DeadlineMention:
    t = column.time
    start, end = column.place
    return DeadlineMention(
        start, end, row.segment, row.span, rule="table:schedule", cue=column.header, confidence=0.9, kind="in",
        due_start=t.start_date if t else "", due_end=t.end_date if t else "", action=row.name,
    )  # fmt: skip
