"""A decision from the review into the store: checked against what stands there, appended, and the rows brought up to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, select, text

from pipeline.store import overlay
from pipeline.store.decisions import Decision, record
from pipeline.store.dossier import Dossier, dossier, rulings_on
from pipeline.store.schema import DECISIONS
from pipeline.verdicts.effective import Judged
from pipeline.verdicts.ruling import (
    ADD,
    COMMENT,
    CONFIRM,
    LINK,
    MEMBERS,
    PLACED,
    UNDO,
    UNLINK,
    VERDICTS,
    added_id,
    in_force,
    snapshot,
)

_LOCK_KEY = 0x7461697B  # one decision at a time on PostgreSQL; SQLite has one writer anyway
_HEAD = 60  # code points at the beginning of a part that a decision on the whole part is anchored to


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody decided, as it comes from a page or a sheet.

    ``mark`` is the state of the row that it was decided on (:func:`pipeline.verdicts.ruling.mark_of`); None skips the
    comparison. ``key`` is any string of the sender's own: the same key again is the same decision, not another.
    ``start`` and ``end`` are for an added row.
    """

    doc_id: str
    verdict: str
    table: str
    row_id: str
    who: str
    key: str
    mark: str | None = ""
    after: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    start: int = 0
    end: int = 0


class Refused(Exception):
    """A decision that cannot be taken; the message is for the user."""


class Conflict(Exception):
    """Somebody decided on the row meanwhile; ``now`` is the row as it stands, ``wish`` what was not taken."""

    def __init__(self, now: Judged, wish: Wish) -> None:
        super().__init__("这一行刚被别人改过")
        self.now, self.wish = now, wish


def decide(connection: Connection, wish: Wish, now: str, program: str) -> Dossier:
    """Append a decision inside the connection's write transaction; the document with it. Raises Conflict, Refused."""
    lock(connection)
    one = dossier(connection, wish.doc_id)
    if one is None:
        raise Refused("这份材料已不在台账里,请回到材料列表")
    decision_id = _id_of(wish)
    if connection.execute(select(DECISIONS.c.number).where(DECISIONS.c.decision_id == decision_id)).first():
        return one  # sent again: the answer to the first did not arrive
    decision = _added(one, wish) if wish.verdict == ADD else _judged(one, wish)
    record(connection, decision, one.version, one.text, now, program, decision_id)
    return _brought_up(connection, one)


def decide_all(connection: Connection, one: Dossier, wishes: Sequence[Wish], now: str, program: str) -> None:
    """Append many decisions on different rows of a document, read under :func:`lock`. Raises Conflict, Refused."""
    for wish in wishes:
        record(connection, _judged(one, wish), one.version, one.text, now, program, _id_of(wish))
    if wishes:
        _brought_up(connection, one)


def lock(connection: Connection) -> None:
    """Until the transaction ends, nobody else decides."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": _LOCK_KEY})


def _id_of(wish: Wish) -> str:
    return hashlib.blake2b(f"{wish.who}|{wish.key}".encode(), digest_size=8).hexdigest()


def _brought_up(connection: Connection, one: Dossier) -> Dossier:
    """The document with what was just recorded, its rows brought up to it."""
    after = replace(one, rulings=rulings_on(connection, one.doc_id, one.path))
    overlay.write(connection, after)
    return after


def _decision(one: Dossier, wish: Wish, row_id: str, span: tuple[int, int], before: Any, after: Any) -> Decision:
    def words(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""

    return Decision(
        wish.table, row_id, one.path, one.doc_id, *span, wish.verdict, wish.who, words(before), words(after), wish.reason
    )  # fmt: skip


def _added(one: Dossier, wish: Wish) -> Decision:
    if wish.table not in PLACED:
        raise Refused("这里不能补行")
    if not 0 <= wish.start < wish.end <= len(one.text) or not one.text[wish.start : wish.end].strip():
        raise Refused("没有选中原文里的字")
    number = sum(r.verdict == ADD for r in one.rulings)
    row_id = added_id(one.doc_id, wish.table, wish.start, wish.end, number)
    return _decision(one, wish, row_id, (wish.start, wish.end), None, wish.after)


def _judged(one: Dossier, wish: Wish) -> Decision:
    if wish.verdict not in VERDICTS:
        raise Refused("没有这种意见")
    row = one.find(wish.table, wish.row_id)
    if row is None:
        raise Refused("这一行已不在这份材料里,请重新打开页面")
    if wish.mark is not None and wish.verdict != COMMENT and wish.mark != row.mark:
        raise Conflict(row, wish)
    before: dict[str, Any] = snapshot(wish.table, row.row)
    after = dict(wish.after)
    if wish.verdict == UNDO:
        last = [r for r in in_force(row.thread) if r.verdict != COMMENT]
        if not last:
            raise Refused("这一行没有可以撤销的意见")
        before, after = {}, {"undoes": last[-1].decision_id, "verdict": last[-1].verdict}
    elif wish.verdict == CONFIRM and not row.reviewed:
        raise Refused("先由分析员认可、修改或驳回,再复核")
    elif wish.verdict == COMMENT:
        before, after = {}, {}
        if not wish.reason.strip():
            raise Refused("批注是空的")
    elif wish.verdict in (LINK, UNLINK):
        before, after = _bound(one, wish, row)
    return _decision(one, wish, row.row_id, _span(one, row), before, after)


def _bound(one: Dossier, wish: Wish, row: Judged) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is noted of a link: the task left and the task joined."""
    task = str(wish.after.get("task_id", ""))
    if wish.table not in MEMBERS or one.find("tasks", task) is None:
        raise Refused("没有这项任务,不能归入")
    if wish.verdict == UNLINK:
        return {"task_id": task}, {"task_id": ""}
    return {"task_id": row.row.task_id}, {"task_id": task}


def _span(one: Dossier, row: Judged) -> tuple[int, int]:
    """The place that a decision is anchored to: the row's as extracted, of a part its first words."""
    place = row.extracted if row.extracted is not None else row.row
    if row.table != "documents":
        return place.start, place.end
    words = one.text[place.start : place.end]
    first = place.start + len(words) - len(words.lstrip())
    return first, min(first + _HEAD, place.end)
