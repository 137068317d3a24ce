"""What the morning report holds, as plain data: the same for the page, the JSON file, the store and the mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class DueLine:
    """Something that falls due, or fell due and is not known to be done."""

    day: str
    action: str
    units: list[str]
    source: str
    quote: str
    page: int | None
    deadline_id: str
    doc_id: str
    workday: str = ""  # the last working day up to it, where that is another day
    tone: str = ""  # near, late
    follow_up: str = ""  # its state in the follow-up, in Chinese
    planned: str = ""  # the day in the text, where the follow-up moved it


@dataclass(slots=True)
class TargetLine:
    """A target whose state is another than the night before."""

    indicator: str
    target: str
    actual: str
    completion: str
    state: str
    before: str
    source: str


@dataclass(slots=True)
class Report:
    """One night. Lists are cut to what a page can show; ``counts`` are whole."""

    run_id: str = ""
    number: int = 0
    as_of: str = ""
    started: str = ""
    program: str = ""
    first_night: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    files: list[dict[str, str]] = field(default_factory=list)  # kind, source
    rejects: list[dict[str, str]] = field(default_factory=list)  # source, reason, detail, advice: those of tonight
    reject_reasons: dict[str, int] = field(default_factory=dict)  # all that stand
    growing: list[str] = field(default_factory=list)
    missing_inboxes: list[str] = field(default_factory=list)
    tables: dict[str, dict[str, int]] = field(default_factory=dict)  # table → added, removed, altered
    altered: list[dict[str, str]] = field(default_factory=list)
    due_7: list[DueLine] = field(default_factory=list)
    due_30: list[DueLine] = field(default_factory=list)
    overdue: list[DueLine] = field(default_factory=list)
    targets: dict[str, int] = field(default_factory=dict)  # state → how many
    target_changes: list[TargetLine] = field(default_factory=list)
    behind: list[TargetLine] = field(default_factory=list)
    not_submitted: list[dict[str, Any]] = field(default_factory=list)
    proposals: list[dict[str, Any]] = field(default_factory=list)
    lost_decisions: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it: lists of plain dictionaries."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return told | {name: [_plain(line) for line in told[name]] for name in _LINES}


_LINES: dict[str, type[DueLine] | type[TargetLine]] = {
    "due_7": DueLine, "due_30": DueLine, "overdue": DueLine, "target_changes": TargetLine, "behind": TargetLine,
}  # fmt: skip


def _plain(line: DueLine | TargetLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in line.__dataclass_fields__}


def from_dict(content: dict[str, Any]) -> Report:
    """A report from its JSON."""
    known = {k: v for k, v in content.items() if k in Report.__dataclass_fields__}
    for name, kind in _LINES.items():
        known[name] = [kind(**line) for line in known.get(name, ())]
    return Report(**known)
