"""The tasks of all documents that count, as a ledger to sort, sift and page through.

What is due and done goes by the follow-up first, then by the text: ``due`` is the new date or the task's own, ``done``
what the follow-up, else the text, calls done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from pipeline.store.followups import DONE
from pipeline.store.outcomes import CANDIDATE, chunks
from pipeline.store.paging import Order, Page, page
from pipeline.store.queue import like
from pipeline.store.schema import COUNTED, FOLLOWED, PROGRESS, ROWS

SITUATIONS = ("overdue", "near", "behind", "open", "done", "undated")
SORTS = ("due", "unit", "source", "state", "action")
GROUPS = ("", "unit", "month")
BEHIND = ("behind", "missed")
UNDATED = "9999"  # sorts after every day


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; an empty field asks for nothing. Days are ISO; ``state`` is one of the follow-up or ``none``;
    ``situation`` one of SITUATIONS, by the day ``today``, where near means due by ``soon``."""

    q: str = ""
    unit: str = ""
    doc: str = ""
    state: str = ""
    situation: str = ""
    due_from: str = ""
    due_to: str = ""


FIELDS = tuple(f.name for f in fields(Filters))


@dataclass(frozen=True, slots=True)
class Days:
    """Today and the last day that is near, ISO."""

    today: str
    soon: str


_t, _f, _c, _d = ROWS["tasks"].c, FOLLOWED.c, COUNTED.c, ROWS["documents"].c
_new_date = func.coalesce(_f.new_date, "", type_=Text)
_state = func.coalesce(_f.state, "", type_=Text)
_due: ColumnElement[str] = case((_new_date != "", _new_date), else_=_t.due_end)
_due_key: ColumnElement[str] = case((or_(_due == "", _due.like("XXXX%")), literal(UNDATED, Text)), else_=_due)
_unit: ColumnElement[str] = case((_t.lead_units != "", _t.lead_units), else_=_t.responsible_units)
_month: ColumnElement[str] = func.substr(_due_key, 1, 7, type_=Text)
_is_done = or_(_state.in_(sorted(DONE)), and_(_state == "", _t.status == "done"))
_KEYS: dict[str, ColumnElement[Any]] = {
    "due": _due_key, "unit": _unit, "source": _c.source, "state": case((_state != "", _state), else_=_t.status),
    "action": _t.action, "month": _month,
}  # fmt: skip


def tasks(
    connection: Connection, filters: Filters, days: Days, sort: str, down: bool, group: str, after: str, size: int
) -> Page:
    """One page of tasks. Rows: the task's columns, source, title, state, new_date, due_key, unit_key, done."""
    order: list[Order] = []
    if group in ("unit", "month"):
        order.append((_KEYS[group], False))
    order.append((_KEYS[sort if sort in _KEYS else "due"], down))
    order += [(_due_key, False)] if sort != "due" else []
    order += [(_c.source, False), (_t.start, False), (_t.task_id, False)]
    return page(connection, query(filters, days), order, after, size)


def every(
    connection: Connection, filters: Filters, days: Days, sort: str, down: bool, group: str, size: int = 2000
) -> Iterator[Any]:
    """All tasks in the same order, a page of rows in memory at a time."""
    after = ""
    while True:
        found = tasks(connection, filters, days, sort, down, group, after, size)
        yield from found.rows
        after = found.after
        if not after:
            return


def query(filters: Filters, days: Days) -> Select[Any]:
    """The bare query of the list, without order."""
    asked: Select[Any] = _joined(select(
        _t.task_id, _t.doc_id, _t.version, _t.document, _t.start, _t.action, _t.quote, _t.status, _t.lead_units,
        _t.responsible_units, _t.assist_units, _t.due_end, _t.rrule, _t.figures, _t.figure_ids, _t.deadline_ids, _t.page,
        _t.confidence, _c.source, _d.title, _state.label("state"), _new_date.label("new_date"),
        _due_key.label("due_key"), _unit.label("unit_key"), case((_is_done, 1), else_=0).label("done"),
    ))  # fmt: skip
    return narrowed(asked, filters, days)


def _joined(asked: Select[Any]) -> Select[Any]:
    return (
        asked.select_from(COUNTED)
        .join(ROWS["tasks"], and_(_t.version == _c.rows_version, _t.document == _c.document))
        .join(ROWS["documents"], and_(_d.version == _t.version, _d.document == _t.document, _d.part == _t.part))
        .outerjoin(FOLLOWED, _f.task_id == _t.task_id)
        .where(_c.reason == "", _t.confidence >= CANDIDATE)
    )


def narrowed(asked: Select[Any], f: Filters, days: Days) -> Select[Any]:
    """With the filters."""
    if f.q:
        asked = asked.where(or_(like(_t.action, f.q), like(_t.quote, f.q), like(_c.source, f.q), like(_d.title, f.q)))
    if f.unit:
        named = (like(c, f.unit) for c in (_t.lead_units, _t.responsible_units, _t.assist_units))
        asked = asked.where(or_(*named))
    if f.doc:
        asked = asked.where(or_(_c.doc_id == f.doc, like(_c.source, f.doc)))
    if f.state:
        asked = asked.where(_state == ("" if f.state == "none" else f.state))
    if f.due_from:
        asked = asked.where(_due_key >= f.due_from)
    if f.due_to:
        asked = asked.where(_due_key <= f.due_to)
    if f.situation in SITUATIONS:
        asked = asked.where(_situation(f.situation, days))
    return asked


def _situation(name: str, days: Days) -> ColumnElement[bool]:
    late: ColumnElement[bool] = and_(~_is_done, days.today > _due_key, or_(_t.rrule == "", _new_date != ""))
    if name == "overdue":
        return late
    if name == "near":
        return and_(~_is_done, days.today <= _due_key, days.soon >= _due_key)
    if name == "behind":
        p, g = PROGRESS.c, ROWS["figures"].c
        mine = and_(g.version == _t.version, g.document == _t.document, g.task_id == _t.task_id)
        short = and_(p.target_figure_id == g.figure_id, p.state.in_(BEHIND), p.confidence >= CANDIDATE)
        return and_(~_is_done, exists().where(mine, short))
    if name == "undated":
        return _due_key.in_([UNDATED])
    return _is_done if name == "done" else ~_is_done


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tasks share a unit, a month (``YYYY-MM``, or UNDATED) and how they stand."""

    unit: str
    month: str
    done: bool
    overdue: bool
    count: int


def tallies(connection: Connection, filters: Filters, days: Days) -> list[Tally]:
    """The tasks counted, for the charts."""
    done = case((_is_done, 1), else_=0)
    late = case((_situation("overdue", days), 1), else_=0)
    asked = narrowed(_joined(select(_unit, _month, done, late, func.count())), filters, days).group_by(
        _unit, _month, done, late
    )
    return [Tally(u or "", m, bool(d), bool(o), n) for u, m, d, o, n in connection.execute(asked)]


def short(connection: Connection, figure_ids: Sequence[str]) -> dict[str, Any]:
    """Rows of progress by target figure, those in doubt left out."""
    p = PROGRESS.c
    found: dict[str, Any] = {}
    for chunk in chunks(figure_ids):
        for row in connection.execute(select(PROGRESS).where(p.target_figure_id.in_(chunk), p.confidence >= CANDIDATE)):
            found[row.target_figure_id] = row
    return found


def quotes(connection: Connection, rows: Sequence[Any]) -> dict[str, str]:
    """What the texts say of the time limits of these tasks, by deadline."""
    d = ROWS["deadlines"].c
    found: dict[str, str] = {}
    for chunk in chunks(sorted({i for r in rows for i in r.deadline_ids.split(";") if i})):
        found.update(
            (i, q) for i, q in connection.execute(select(d.deadline_id, d.quote).where(d.deadline_id.in_(chunk)))
        )
    return found


def one(connection: Connection, doc_id: str, task_id: str, days: Days) -> list[Any]:
    """A single task as the list has it, none where it does not count."""
    return list(connection.execute(query(Filters(), days).where(_t.task_id == task_id, _c.doc_id == doc_id)))
