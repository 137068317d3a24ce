"""The rows of a document as they count: what the program extracted, with the decisions of analysts on it.

Rules. The latest verdict on a row decides. A verdict is *stale* where what it was made on has changed since, by another
version of the file or of the program: a stale acceptance counts for nothing, a stale correction holds while the words it
stands on are the same, a rejection holds as long as its words do. Columns of a task that its members give are made anew
where one of them was corrected, rejected, linked or unlinked; what was corrected on the task itself stays. What a person
has accepted, corrected or added has a confidence of 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from extractors.rows import of_members
from extractors.schema import TABLES, Row, TaskRow
from pipeline.verdicts.ruling import (
    ACCEPT,
    ADD,
    COMMENT,
    CONFIRM,
    DERIVED,
    EDIT,
    LINK,
    MEMBERS,
    PLACED,
    REJECT,
    UNLINK,
    Ruling,
    content,
    in_force,
    key_of,
    mark_of,
    snapshot,
)

PROPOSED, ACCEPTED, EDITED, REJECTED, ADDED = "proposed", "accepted", "edited", "rejected", "added"
STATES = (PROPOSED, ACCEPTED, EDITED, REJECTED, ADDED)
Rows = Mapping[str, Sequence[Row]]


@dataclass(slots=True)
class Judged:
    """A row as it counts. ``extracted`` is None for an added row; ``who`` and ``at`` are of the verdict that decides;
    ``thread`` holds every decision on it in order, undone ones too; ``mark`` names its state (:func:`mark_of`)."""

    table: str
    row_id: str
    row: Any
    extracted: Any
    state: str = PROPOSED
    who: str = ""
    at: str = ""
    confirmed_by: str = ""
    stale: bool = False
    empty: bool = False  # a task that has lost all its members and that nobody wants for itself
    thread: tuple[Ruling, ...] = ()
    patch: dict[str, Any] = field(default_factory=dict)
    links: tuple[tuple[str, str], ...] = ()  # (link or unlink, task)

    @property
    def mark(self) -> str:
        """The state that a decision on this row has to name."""
        return mark_of(self.thread)

    @property
    def reviewed(self) -> bool:
        """Whether a person's verdict stands on it."""
        return self.state != PROPOSED

    @property
    def counts(self) -> bool:
        """Whether it stands in the tables."""
        return self.state != REJECTED and not self.empty

    @property
    def comments(self) -> list[Ruling]:
        """The remarks on it."""
        return [r for r in in_force(self.thread) if r.verdict == COMMENT]


def judged(rows: Rows, rulings: Iterable[Ruling], text: str) -> dict[str, list[Judged]]:
    """Every row of one document with what was decided on it, in the order of the text; ``rows`` stay as they are."""
    threads: dict[tuple[str, str], list[Ruling]] = {}
    for r in rulings:
        if not r.lost:
            threads.setdefault((r.table, r.row_id), []).append(r)
    found: dict[str, list[Judged]] = {}
    for table in rows:
        found[table] = [_settled(table, row, threads.pop((table, key_of(table, row)), [])) for row in rows[table]]
    for (table, _), thread in threads.items():
        if table in found and (one := _added(table, thread, text, rows.get("documents", ()))) is not None:
            found[table].append(one)
    for table in PLACED:
        if table in found and any(j.extracted is None for j in found[table]):
            found[table].sort(key=lambda j: (j.row.part, j.row.start))  # stable: extracted rows keep their order
    if "tasks" in found and any(j.thread for t in (*MEMBERS, "tasks") for j in found.get(t, ())):
        _bind(found)
    return found


def counting(found: Mapping[str, Sequence[Judged]]) -> dict[str, list[Any]]:
    """The rows that stand in the tables."""
    return {table: [j.row for j in of_table if j.counts] for table, of_table in found.items()}


def _settled(table: str, row: Row, thread: list[Ruling]) -> Judged:
    """One extracted row with the decisions on it."""
    one = Judged(table, key_of(table, row), row, row, thread=tuple(sorted(thread, key=lambda r: r.number)))
    if thread:
        one.row = copy(row)
        _fold(one, in_force(thread))
    return one


def _added(table: str, thread: list[Ruling], text: str, parts: Sequence[Any]) -> Judged | None:
    """A row that an analyst added, or None where it was taken back or belongs to no row."""
    live = in_force(thread)
    first = next((r for r in live if r.verdict == ADD), None)
    if first is None or table not in PLACED:
        return None
    names = {f.name for f in fields(TABLES[table].row)}
    values = {n: _typed(table, n, v) for n, v in first.after.items() if n in names}
    values |= {
        "start": first.start, "end": first.end, "quote": first.quote, "sentence": around(text, first.start, first.end),
        TABLES[table].key[0]: first.row_id, "rule": "analyst", "cue": first.who, "confidence": 1.0,
    }  # fmt: skip
    part = next((p for p in reversed(parts) if p.start <= first.start), None)
    if part is not None:
        values |= {"doc_id": part.doc_id, "part": part.part}
    row = TABLES[table].row(**values)
    one = Judged(
        table, first.row_id, row, None, ADDED, first.who, first.made_at,
        thread=tuple(sorted(thread, key=lambda r: r.number)),
    )  # fmt: skip
    one.stale = first.moved
    _fold(one, [r for r in live if r is not first])
    if one.state in (ACCEPTED, EDITED):
        one.state = ADDED
    return one


def _fold(one: Judged, live: Sequence[Ruling]) -> None:
    """Apply the decisions in force, in order."""
    for r in live:
        if r.verdict == COMMENT:
            continue
        if r.verdict in (LINK, UNLINK):
            task = r.after.get("task_id") if r.verdict == LINK else r.before.get("task_id")
            one.links = (*one.links, (r.verdict, str(task or "")))
            continue
        same = not r.moved and (one.table != "documents" or one.row.doc_id == r.doc_id_then)
        as_then = same and _same_content(one, r)
        if r.verdict == CONFIRM:
            one.confirmed_by = r.who if as_then and one.state != PROPOSED else ""
            continue
        one.confirmed_by = ""
        one.state, one.who, one.at, one.stale = PROPOSED, r.who, r.made_at, False
        if r.verdict == ACCEPT:
            one.state, one.stale = (ACCEPTED, False) if as_then else (PROPOSED, True)
            if as_then and one.patch:
                one.state = EDITED
        elif r.verdict == EDIT:
            one.state, one.stale = (EDITED, not as_then) if same else (PROPOSED, True)
            if same:
                _correct(one, r.after)
        elif r.verdict == REJECT:
            one.state, one.stale = (REJECTED, False) if same else (PROPOSED, True)
    if one.state in (ACCEPTED, EDITED, ADDED) and hasattr(one.row, "confidence"):
        one.row.confidence = 1.0


def _same_content(one: Judged, r: Ruling) -> bool:
    now = snapshot(one.table, one.row)
    names = [n for n in content(one.table) if not (one.table == "tasks" and n in DERIVED)]
    return all(now[n] == r.before.get(n, now[n]) for n in names)


def _correct(one: Judged, after: Mapping[str, Any]) -> None:
    """Put corrected values into the row; ``span`` moves its edges by so many code points."""
    for name, value in after.items():
        if name in content(one.table):
            typed = _typed(one.table, name, value)
            setattr(one.row, name, typed)
            one.patch[name] = typed
        elif name == "span" and one.table in PLACED:
            one.row.start += int(value["start"])
            one.row.end += int(value["end"])
            one.row.quote = str(value["quote"])


def _typed(table: str, name: str, value: Any) -> Any:
    """A value out of JSON."""
    kind = next((f.metadata.get("type") for f in fields(TABLES[table].row) if f.name == name), "string")
    return Decimal(str(value)) if kind == "decimal" and value is not None else value


def _bind(found: Mapping[str, list[Judged]]) -> None:
    """Put members to their tasks anew where a decision touches them."""
    members = {j.row_id: j for table in MEMBERS for j in found.get(table, ())}
    tasks = {j.row_id: j for j in found["tasks"]}
    held = {key: _listed(j.row) for key, j in tasks.items()}
    touched = {key for key, ids in held.items() if any(members[i].thread for i in ids if i in members)}
    for key, j in members.items():
        for verdict, task in j.links:
            if task not in tasks:
                continue
            old = j.row.task_id
            if j.row is j.extracted:
                j.row = copy(j.row)
            if verdict == UNLINK:
                held[task] = [i for i in held[task] if i != key]
                touched.add(task)
                if old == task:
                    j.row.task_id = ""
            else:
                if old in held and old != task:
                    held[old] = [i for i in held[old] if i != key]
                    touched.add(old)
                held[task] = [*(i for i in held[task] if i != key), key]
                j.row.task_id = task
                touched.add(task)
    for key in touched:
        _rebuild(tasks[key], [members[i] for i in held[key] if i in members])
    gone = {key for key, j in tasks.items() if not j.counts}
    for j in members.values():
        if j.row.task_id in gone:
            if j.row is j.extracted:
                j.row = copy(j.row)
            j.row.task_id = ""


def _listed(task: TaskRow) -> list[str]:
    return [i for ids in (task.figure_ids, task.deadline_ids, task.unit_ids) for i in ids.split(";") if i]


def _rebuild(task: Judged, members: Sequence[Judged]) -> None:
    """The columns of a task that its members give."""
    if task.row is task.extracted:
        task.row = copy(task.row)
    living = [j for j in members if j.counts]
    made = of_members(*([j.row for j in living if j.table == table] for table in MEMBERS))
    for name, value in made.items():
        if name not in task.patch:
            setattr(task.row, name, value)
    if task.state == PROPOSED:
        task.row.confidence = max((j.row.confidence for j in living), default=task.row.confidence)
        task.empty = not living


_STOPS = "\u3002\uff01\uff1f\uff1b!?;\n"  # full-width and plain; a line of a table is a sentence too


def around(text: str, start: int, end: int) -> str:
    """The sentence around a span, without the blanks at its ends."""
    first = max((text.rfind(c, 0, start) for c in _STOPS), default=-1) + 1
    ends = [at for c in _STOPS if (at := text.find(c, max(end - 1, start))) >= 0]
    last = min(ends, default=len(text) - 1) + 1
    return text[first : max(last, end)].strip()
