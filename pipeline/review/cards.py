"""One row as a card beside the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from pipeline.review.markup import Span
from pipeline.review.rendering import column_word, fragment
from pipeline.store.dossier import Dossier
from pipeline.store.people import Session
from pipeline.verdicts.corrections import editable
from pipeline.verdicts.effective import Judged
from pipeline.verdicts.ruling import MEMBERS, PLACED, Ruling, as_json

_FEW = 40  # code points of a task's name in a list of tasks


def key(table: str, row_id: str) -> str:
    """The id of a row's card, and what highlights in the source carry."""
    return f"{table}-{row_id}"


@dataclass(frozen=True, slots=True)
class Task:
    """A task that rows can be put to."""

    row_id: str
    name: str


def tasks_of(one: Dossier) -> list[Task]:
    """The tasks of a document, in its order."""
    return [Task(j.row_id, j.row.action[:_FEW] or j.row.quote[:_FEW]) for j in one.judged["tasks"] if j.counts]


def ordered(one: Dossier) -> list[Judged]:
    """All rows, the least confident first, tasks after what they are made of, what is seen already last."""
    rows = [j for t in PLACED for j in one.judged[t] if not j.empty]
    doubt = {id(j): (j.reviewed, not j.stale, j.row.confidence) for j in rows}
    return sorted(rows, key=lambda j: (doubt[id(j)], j.row.part, j.row.start, PLACED.index(j.table)))


def spans(one: Dossier) -> list[Span]:
    """What is highlighted in the source: every row that has not been rejected."""
    return [
        Span(j.row.start, j.row.end, t, key(t, j.row_id)) for t in PLACED for j in one.judged[t] if j.counts
    ]  # fmt: skip


def card(one: Dossier, j: Judged, session: Session) -> Markup:
    """The card of a row."""
    task = one.find("tasks", j.row.task_id) if j.table in MEMBERS and j.row.task_id else None
    return Markup(fragment(
        "card.html", j=j, row=j.row, key=key(j.table, j.row_id), task=task, may=session.may, members=members(one, j),
        changed=changes(j),
    ))  # fmt: skip


def members(one: Dossier, j: Judged) -> list[tuple[str, Judged]]:
    """The rows that a task is made of, with the ids of their cards."""
    if j.table != "tasks":
        return []
    found = []
    for table in MEMBERS:
        ids = getattr(j.row, {"figures": "figure_ids", "deadlines": "deadline_ids", "units": "unit_ids"}[table]).split(
            ";"
        )
        found += [(key(table, i), m) for i in ids if i and (m := one.find(table, i)) is not None]
    return found


def changes(j: Judged) -> list[tuple[str, str, str]]:
    """(header, as extracted, as corrected) of the columns that an analyst changed."""
    if j.extracted is None:
        return []
    found = []
    for c in editable(j.table):
        if c.name in j.patch and (old := getattr(j.extracted, c.name)) != j.patch[c.name]:
            found.append((c.header, _said(j.table, c.name, old), _said(j.table, c.name, j.patch[c.name])))
    if j.table in PLACED and (j.row.start, j.row.end) != (j.extracted.start, j.extracted.end):
        found.append(("原文", j.extracted.quote, j.row.quote))
    return found


def _said(table: str, name: str, value: Any) -> str:
    return "空" if value in (None, "") else str(column_word(table, name, as_json(value)))


def told(r: Ruling) -> list[tuple[str, str, str]]:
    """(header, before, after) of what a decision changed, for the history."""
    found = []
    for c in editable(r.table) if r.table in PLACED or r.table == "documents" else ():
        if c.name in r.after and (r.verdict != "add" or r.after[c.name] not in (None, "")):
            before = r.before.get(c.name) if r.verdict != "add" else None
            found.append((c.header, _said(r.table, c.name, before), _said(r.table, c.name, r.after[c.name])))
    if "span" in r.after:
        found.append(("原文", r.quote_then, str(r.after["span"].get("quote", ""))))
    return found
