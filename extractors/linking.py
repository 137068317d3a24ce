"""Figures, deadlines and units → tasks: what belongs to one action.

Rules (contract, tasks): an item, list line or table row that closes with a unit list is one task with all it holds. Elsewhere
a task runs over neighbouring comma parts of one sentence; it ends before a part with a second deadline or another unit as
subject; phrases that hold only units belong to the action they serve.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from extractors import task_actions
from extractors.context import PartView, SentenceView
from extractors.document import Segment
from extractors.mentions import DeadlineMention, FigureMention, Mention, UnitMention
from extractors.tasks import Task
from extractors.unit_words import words

_SILENT = re.compile(r"[\s,，、;；。.:：()（）\[\]【】!！”\"]+")
_PART = re.compile(r"[\n;；]")
_OWN_WORDS = re.compile(r"[一-龥A-Za-z]")
_EFFECT = re.compile("(?:实施|执行|施行|启动|落实)(?=[。;；\n]|$)")
_AMONG = re.compile(r"\s*其中")
_END, _PLACE, _SEGMENT = attrgetter("end"), attrgetter("segment.start", "start"), attrgetter("segment.start")
_WIDEST_GAP = 24
_A_WORD = 2


def link(
    view: PartView, figures: list[FigureMention], deadlines: list[DeadlineMention], units: list[UnitMention]
) -> list[Task]:
    """Tasks of a part in the order of the text; fills the actions of the units and of labelled deadlines."""
    tasks: list[Task] = []
    mentions: list[Mention] = sorted([*figures, *deadlines, *units], key=_END, reverse=True)
    mentions.sort(key=_PLACE)  # the longer of two that begin together stays first
    for _, group in groupby(mentions, key=_SEGMENT):
        members = list(group)
        segment = members[0].segment
        if segment.kind == "row":
            tasks += _row(view, segment, members)
            continue
        body_end = _closing(view, segment, members)
        if body_end is None:
            body_end = _phrase_closes(view, segment, members)
        if body_end is not None:
            tasks.append(_whole(view, segment, _beside_plans(members), "item", body_end))
        else:
            for _, in_sentence in groupby(members, key=lambda m: m.sentence[0]):
                tasks += _sentence(view, list(in_sentence))
    tasks += _rows_without_mentions(view, {t.segment.start for t in tasks})
    return [t for t in _with_headings(view, sorted(tasks, key=lambda t: t.start)) if t.stands()]


def _row(view: PartView, segment: Segment, members: list[Mention]) -> Iterator[Task]:
    """A table row as one task; a row that is about nothing (totals, years) is one only with a unit or deadline.

    Results and parameters belong to it where a target, a deadline or a unit stands beside them.
    """
    planned = _planned(members)
    if not view.row_names.get(segment.start) and all(isinstance(m, FigureMention) for m in planned):
        return
    if joined := _joined(view, segment, members):
        task = _whole(view, segment, joined, "row")
        _share(view, task)
        yield task


def _planned(members: list[Mention]) -> list[Mention]:
    return [m for m in members if not isinstance(m, FigureMention) or m.status == "target"]


def _joined(view: PartView, segment: Segment, members: list[Mention]) -> list[Mention]:
    """The members without results and parameters in whose comma part nothing is planned."""
    places = [m.start for m in _planned(members)]
    joined = []
    for m in members:
        if isinstance(m, FigureMention) and m.status != "target":
            a, b = _part(view.text, segment, m)
            if bisect_left(places, a) == bisect_left(places, b):
                continue
        joined.append(m)
    return joined


def _beside_plans(members: list[Mention]) -> list[Mention]:
    """The members of an item without the results of sentences in which nothing is planned (问题:去年欠发286户。措施:…)."""
    alive = {m.sentence for m in _planned(members)}
    return [m for m in members if not isinstance(m, FigureMention) or m.status != "actual" or m.sentence in alive]


def _part(text: str, segment: Segment, m: Mention) -> tuple[int, int]:
    """The comma part or cell of a row around a mention."""
    start, end = m.sentence
    start, end = min(start, m.start), max(end, m.end)
    a = max((text.rfind(mark, start, m.start) for mark in ",，;；。\t"), default=-1)
    b = min((p for mark in ",，;；。\t" if (p := text.find(mark, m.end, end)) >= 0), default=end)
    return max(a, start), b


def _rows_without_mentions(view: PartView, known: set[int]) -> Iterator[Task]:
    """Rows whose units or time limits all stand in merged cells above them."""
    for start, share in view.row_shares.items():
        if start not in known and share.alone and share.mentions:
            segment = share.segment
            task = Task(segment.start, segment.end, segment, (segment.start, segment.end), "row")
            task.action = view.row_names[start]
            _share(view, task)
            yield task


def _share(view: PartView, task: Task) -> None:
    share = view.row_shares.get(task.segment.start)
    if share is not None:
        task.shared, task.persons = share.mentions, share.persons


def _with_headings(view: PartView, tasks: list[Task]) -> Iterator[Task]:
    """A stage heading's time belongs to the first action of the text on its line ((一)动员部署(3月)。各乡镇要…)."""
    heading: Task | None = None
    for task in tasks:
        if heading is not None:
            if not view.text[heading.end : task.segment.start].strip():
                sentence = view.view(task.start)
                if heading.stands() and not task.stands() and sentence is not None:
                    task_actions.fill_clause(view, sentence, task)
                task.deadlines = heading.deadlines + task.deadlines
                task.figures = heading.figures + task.figures
            else:
                yield heading
            heading = None
        if task.segment.kind == "heading" and not task.units:
            heading = task
        else:
            yield task
    if heading is not None:
        yield heading


def _closing(view: PartView, segment: Segment, members: list[Mention]) -> int | None:
    """Where the lists that close a segment begin; None where it closes with none or holds others before.

    A bare bracket of names (教导处、政教处) closes no more than its own sentence, unless the segment is a numbered item.
    """
    text = view.text
    listed = [m for m in members if isinstance(m, UnitMention) and m.form == "list"]
    lists = sorted({m.group for m in listed})
    if not lists:
        return None
    if (
        segment.kind != "item"
        and all(m.rule == "bracket" for m in listed)
        and members[0].sentence != members[-1].sentence
    ):
        return None
    labelled = sorted((m.start, m.end) for m in members if isinstance(m, DeadlineMention) and m.rule.endswith(":label"))
    last = max(lists[-1][1], _line_end(text, labelled[-1][1], segment.end) if labelled else 0)
    if len(_SILENT.sub("", _unlabelled(text[last : segment.end]))) > 12:
        return None
    begin = lists[-1][0]
    for group in reversed(lists[:-1]):
        gap = text[group[1] : begin]
        if not any(group[1] <= a < begin for a, _ in labelled) and len(_SILENT.sub("", gap)) > _WIDEST_GAP // 4:
            return None
        begin = group[0]
    return begin


def _unlabelled(rest: str) -> str:
    """What follows a list without the lines and parts that are labels with their values (责任人:…;整改时限:长期坚持)."""
    if ":" not in rest:
        return rest
    return "".join(part for part in _PART.split(rest) if not words().any_label.match(part.lstrip(" (\t")))


def _line_end(text: str, place: int, stop: int) -> int:
    """End of the line around an offset: what a label names runs to there."""
    found = text.find("\n", place, stop)
    return stop if found < 0 else found


def _phrase_closes(view: PartView, segment: Segment, members: list[Mention]) -> int | None:
    """Where the last clause begins of a one-sentence item that closes with who does it (…,由产品中心负责。), else None."""
    phrases = [m for m in members if isinstance(m, UnitMention) and m.form == "phrase"]
    sentence = view.view(members[-1].start)
    if not phrases or sentence is None:
        return None
    if (
        phrases[0].sentence == members[-1].sentence
        and sentence.start > segment.body
        and _silent(view, sentence, members)
    ):
        # 5.严格安全管理。…由安保科牵头,各学校配合。
        owned = segment.kind == "item" or task_actions.title_over(view, segment)
        only = all(m.form == "phrase" for m in members if isinstance(m, UnitMention))
        return sentence.start if owned and only else None
    if segment.kind != "item" or members[0].sentence != members[-1].sentence:
        return None
    if any(isinstance(m, UnitMention) and m.form != "phrase" for m in members):
        return None
    last = sentence.clauses[-1][0]
    return last if all(m.start >= last for m in phrases) else None


def _silent(view: PartView, sentence: SentenceView, members: list[Mention]) -> bool:
    """Whether a sentence that closes a segment says nothing but who does what stands before it."""
    clause = _Clause(sentence.start, sentence.end, [m for m in members if m.start >= sentence.start])
    if not any(isinstance(m, UnitMention) for m in clause.members) or clause.of(FigureMention):
        return False
    spoken = len(_EFFECT.findall(view.text, clause.start, clause.end)) * _A_WORD  # 由X负责,Y监督,2024年起实施
    return _own_words(view.text, clause) - spoken < _A_WORD


def _whole(view: PartView, segment: Segment, members: list[Mention], rule: str, body_end: int | None = None) -> Task:
    """The whole segment as one task."""
    stop = segment.end if body_end is None else body_end
    task = Task(segment.start, segment.end, segment, members[0].sentence, rule)
    task.action = (
        view.row_names.get(segment.start)
        or task_actions.title_over(view, segment)
        or task_actions.title(view, segment, stop)
    )
    for m in members:
        _add(task, m)
    task_actions.fill_item(view, task)
    return task


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
    if all(isinstance(m, FigureMention) and m.status != "target" for m in members):
        start, end = sentence.clauses[0][0], sentence.clauses[-1][1]
        return [Task(start, end, members[0].segment, sentence.span, "clause")]
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
        if task.stands():  # most stretches of a report hold results only and become no task
            task_actions.fill_clause(view, sentence, task)
    return tasks


def _begins(text: str, current: Task, clause: _Clause) -> bool:
    """Does the clause begin a task of its own?"""
    if not clause.members:
        return False
    units = [m for m in clause.members if isinstance(m, UnitMention)]
    subjects = [u for u in units if u.form == "subject"]
    if subjects and current.units:
        return not _only_phrases(text, current)
    if current.deadlines and clause.of(DeadlineMention):
        return True
    if subjects:
        return False
    if any(u.form == "phrase" for u in units):
        return bool(current.units) and _own_words(text, clause) >= _A_WORD
    if units:
        return any(u.form == "list" for u in current.units) or (
            bool(_AMONG.match(text, clause.start)) and bool(current.members())
        )
    return False


def _only_phrases(text: str, current: Task) -> bool:
    """Whether a task holds nothing yet but who does it (由X牵头,): its action is that of the part that follows."""
    if any(u.form != "phrase" for u in current.units) or current.deadlines or current.figures:
        return False
    return _own_words(text, _Clause(current.start, current.end, list(current.members()))) < _A_WORD


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


def _take(task: Task, clause: _Clause) -> None:
    task.end = clause.end
    if not clause.members:
        return
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
