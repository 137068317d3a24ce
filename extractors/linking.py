"""Figures, deadlines and units → tasks: what belongs to one action.

Rules (contract, tasks): an item, list line or table row that closes with a unit list is one task with all it holds. Elsewhere
a task runs over neighbouring comma parts of one sentence; it ends before a part with a second deadline or another unit as
subject; phrases that hold only units belong to the action they serve.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from extractors import actions
from extractors.context import PartView, SentenceView
from extractors.document import Segment
from extractors.mentions import DeadlineMention, FigureMention, Mention, UnitMention

_SILENT = re.compile(r"[\s,，、;；。.:：()（）\[\]【】!！”\"]+")
_OWN_WORDS = re.compile(r"[一-龥A-Za-z]")
_AMONG = re.compile(r"\s*其中")
_WIDEST_GAP = 24


@dataclass(slots=True)
class Task:
    """One action and what belongs to it (clean offsets)."""

    start: int
    end: int
    segment: Segment
    sentence: tuple[int, int]
    rule: str
    action: str = ""
    figures: list[FigureMention] = field(default_factory=list)
    deadlines: list[DeadlineMention] = field(default_factory=list)
    units: list[UnitMention] = field(default_factory=list)

    def members(self) -> Iterable[Mention]:
        """Everything that belongs to the task."""
        return (*self.figures, *self.deadlines, *self.units)

    def stands(self) -> bool:
        """A task exists only with a unit, a deadline or a target."""
        return bool(self.units or self.deadlines or any(f.status == "target" for f in self.figures))


def link(
    view: PartView, figures: list[FigureMention], deadlines: list[DeadlineMention], units: list[UnitMention]
) -> list[Task]:
    """Tasks of a part in the order of the text; fills the actions of the units and of labelled deadlines."""
    tasks: list[Task] = []
    mentions: list[Mention] = sorted([*figures, *deadlines, *units], key=lambda m: (m.segment.start, m.start, -m.end))
    for _, group in groupby(mentions, key=lambda m: m.segment.start):
        members = list(group)
        segment = members[0].segment
        if segment.table is not None:
            tasks.append(_whole(view, segment, members, "row"))
        elif (body_end := _closing(view.text, segment, members)) is not None:
            tasks.append(_whole(view, segment, members, "item", body_end))
        else:
            for _, in_sentence in groupby(members, key=lambda m: m.sentence[0]):
                tasks += _sentence(view, list(in_sentence))
    return [t for t in tasks if t.stands()]


def _closing(text: str, segment: Segment, members: list[Mention]) -> int | None:
    """Where the lists that close a segment begin; None where it closes with none or holds others before."""
    lists = sorted({m.group for m in members if isinstance(m, UnitMention) and m.form == "list"})
    if not lists:
        return None
    labelled = sorted((m.start, m.end) for m in members if isinstance(m, DeadlineMention) and m.rule.endswith(":label"))
    last = max(lists[-1][1], labelled[-1][1] if labelled else 0)
    if len(_SILENT.sub("", text[last : segment.end])) > 12:
        return None
    begin = lists[-1][0]
    for group in reversed(lists[:-1]):
        gap = text[group[1] : begin]
        if not any(group[1] <= a < begin for a, _ in labelled) and len(_SILENT.sub("", gap)) > _WIDEST_GAP // 4:
            return None
        begin = group[0]
    return begin


def _whole(view: PartView, segment: Segment, members: list[Mention], rule: str, body_end: int | None = None) -> Task:
    """The whole segment as one task."""
    stop = segment.end if body_end is None else body_end
    task = Task(segment.start, segment.end, segment, members[0].sentence, rule)
    task.action = actions.first_sentence(view.text, segment, stop)
    if not task.action and segment.path:
        task.action = actions.without_number(segment.path[-1])
    for m in members:
        _add(task, m)
        if isinstance(m, UnitMention) and not m.action:
            own = m.form in ("subject",) and _subject_action(view.text, m)
            m.action = own or task.action
        elif isinstance(m, DeadlineMention) and not m.action:
            m.action = task.action
    return task


def _subject_action(text: str, m: UnitMention) -> str:
    a, b = m.clause
    return actions.phrase(text, a, b) if b > a else ""


@dataclass(slots=True)
class _Clause:
    start: int
    end: int
    members: list[Mention]

    def of(self, kind: type[Mention]) -> list[Mention]:
        return [m for m in self.members if isinstance(m, kind)]


def _sentence(view: PartView, members: list[Mention]) -> list[Task]:
    """Tasks of one sentence, comma part by comma part."""
    sentence = view.view(members[0].start)
    if sentence is None:
        return []
    parts = [_Clause(a, b, []) for a, b in sentence.clauses]
    for m in members:
        parts[sentence.clause_index(m.start)].members.append(m)
    tasks: list[Task] = []
    current: Task | None = None
    for clause in parts:
        if current is None or _begins(view.text, current, clause):
            current = Task(clause.start, clause.end, members[0].segment, sentence.span, "clause")
            tasks.append(current)
        _take(current, clause)
    for task in tasks:
        _finish(view, sentence, task)
    return tasks


def _begins(text: str, current: Task, clause: _Clause) -> bool:
    """Does the clause begin a task of its own?"""
    units = [m for m in clause.members if isinstance(m, UnitMention)]
    subjects = [u for u in units if u.form == "subject"]
    own = _own_words(text, clause)
    if subjects:
        return bool(current.units) or _has_action(text, current)
    if clause.of(DeadlineMention) and current.deadlines:
        return True
    if any(u.form == "phrase" for u in units):
        return bool(current.units) and own >= 2
    if units:
        return any(u.form == "list" for u in current.units) or (
            bool(_AMONG.match(text, clause.start)) and bool(current.members())
        )
    return False


def _own_words(text: str, clause: _Clause) -> int:
    """How many word characters the clause holds outside its units and times."""
    total, place = 0, clause.start
    for m in sorted(clause.members, key=lambda m: m.start):
        if isinstance(m, FigureMention):
            continue
        a, b = m.group if isinstance(m, UnitMention) and m.group[1] else (m.start, m.end)
        total += len(_OWN_WORDS.findall(text, place, max(place, a)))
        place = max(place, b)
    return total + len(_OWN_WORDS.findall(text, place, max(place, clause.end)))


def _has_action(text: str, task: Task) -> bool:
    """True where the task says more than a time."""
    clause = _Clause(task.start, task.end, list(task.deadlines))
    return _own_words(text, clause) >= 6 and bool(task.deadlines or task.figures)


def _take(task: Task, clause: _Clause) -> None:
    task.end = clause.end
    anchored = any(not isinstance(m, FigureMention) or m.status == "target" for m in clause.members)
    for m in clause.members:
        if not isinstance(m, FigureMention) or m.status == "target" or anchored:
            _add(task, m)


def _add(task: Task, m: Mention) -> None:
    if isinstance(m, FigureMention):
        task.figures.append(m)
    elif isinstance(m, DeadlineMention):
        task.deadlines.append(m)
    elif isinstance(m, UnitMention):
        task.units.append(m)


def _finish(view: PartView, sentence: SentenceView, task: Task) -> None:
    """The action of a task, and of its units where they stand in lists or phrases."""
    text = sentence.text
    own = [d.action for d in task.deadlines if d.action]
    groups = sorted({u.group for u in task.units if u.form != "subject" and u.group[1] > u.group[0]})
    for u in task.units:
        if not u.action and u.form == "subject":
            u.action = _subject_action(text, u)
            task.action = task.action or u.action
    if not task.action and own:
        task.action = own[0]
    if not task.action:
        task.action = _outside(text, task.start, task.end, groups)
    if len(task.action) < 2:
        task.action = actions.first_sentence(text, task.segment, groups[0][0] if groups else task.segment.end)
    if len(task.action) < 2 and task.segment.path:
        task.action = actions.without_number(task.segment.path[-1])
    for u in task.units:
        u.action = u.action or task.action
    for d in task.deadlines:
        if d.rule.endswith(":label"):
            d.action = actions.first_sentence(text, task.segment, task.segment.end)
        d.action = d.action or task.action


def _outside(text: str, start: int, end: int, groups: list[tuple[int, int]]) -> str:
    """The longest stretch of a task outside its unit groups."""
    edges, place = [], start
    for a, b in groups:
        edges.append((place, max(place, a)))
        place = max(place, b)
    edges.append((place, max(place, end)))
    found = [actions.phrase(text, a, b) for a, b in edges]
    return max(found, key=len, default="")
