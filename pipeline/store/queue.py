"""The documents that count now as a list to work through."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import (
    BigInteger,
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

from pipeline.store.paging import Page, page
from pipeline.store.schema import ANCHORS, COUNTED, DECISIONS, DIGESTS, INPUTS, REVIEWS, ROWS

REVIEW_STATES = ("todo", "doing", "done", "confirmed")
ORDERS = ("doubt", "new", "name")


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; an empty field asks for nothing. ``doubt`` is ``candidates`` or ``doubtful``, dates are ISO days,
    ``since`` is a moment that the file must be newer than."""

    q: str = ""
    unit: str = ""
    kind: str = ""
    status: str = ""
    flag: str = ""
    doubt: str = ""
    who: str = ""
    dated_from: str = ""
    dated_to: str = ""
    since: str = ""


FIELDS = tuple(f.name for f in fields(Filters))


def like(column: ColumnElement[Any], words: str) -> ColumnElement[bool]:
    """Whether a column holds the words, as they stand, small and capital letters alike."""
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.ilike(f"%{plain}%", escape="\\")


def documents(connection: Connection, filters: Filters, order: str, after: str, size: int) -> Page:
    """One page of documents. Rows: doc_id, source, title, kind, issuer, date, quality, the counts of the digest, those of
    the review, first_seen."""
    c, d, g, r = COUNTED.c, ROWS["documents"].c, DIGESTS.c, REVIEWS.c
    total = g.figures + g.deadlines + g.units + g.tasks
    left = func.coalesce(r.unreviewed, total, type_=BigInteger)
    query: Select[Any] = (
        select(
            c.doc_id, c.source, d.title, d.kind, d.issuer, d.date, d.quality, g.figures, g.deadlines, g.units, g.tasks,
            g.doubtful, g.candidates, func.coalesce(r.rows, total).label("rows"), left.label("unreviewed"),
            func.coalesce(r.done_by, "").label("done_by"), func.coalesce(r.confirmed_by, "").label("confirmed_by"),
            func.coalesce(r.who, "").label("who"), func.coalesce(r.at, "").label("at"), INPUTS.c.first_seen,
        )
        .select_from(COUNTED)
        .join(ROWS["documents"], and_(d.version == c.rows_version, d.document == c.document, d.ordinal == 0))
        .join(DIGESTS, and_(g.version == c.version, g.document == c.document))
        .join(INPUTS, INPUTS.c.input_id == c.input_id)
        .outerjoin(REVIEWS, and_(r.version == c.version, r.document == c.document))
        .where(c.reason == "")
    )  # fmt: skip
    query = _narrowed(query, filters, left)
    first: list[tuple[ColumnElement[Any], bool]] = []
    if order == "doubt":
        first = [(case((left > 0, 0), else_=1), False), (g.candidates, True), (g.doubtful, True)]
    elif order == "new":
        first = [(INPUTS.c.first_seen, True)]
    return page(connection, query, [*first, (c.source, False), (c.doc_id, False)], after, size)


def _narrowed(query: Select[Any], f: Filters, left: ColumnElement[Any]) -> Select[Any]:
    c, d, g, r = COUNTED.c, ROWS["documents"].c, DIGESTS.c, REVIEWS.c
    if f.q:
        query = query.where(or_(like(d.title, f.q), like(c.source, f.q), like(d.issuer, f.q), *_in_rows(f.q)))
    if f.unit:
        u = ROWS["units"].c
        named = or_(like(u.canonical, f.unit), like(u.name, f.unit))
        query = query.where(or_(like(d.issuer, f.unit), exists().where(_here(u), named)))
    if f.kind:
        query = query.where(d.kind == f.kind)
    if f.flag:
        query = query.where(literal(" ", Text).concat(d.quality).concat(" ").like(f"% {f.flag} %"))
    if f.doubt in ("candidates", "doubtful"):
        query = query.where(g[f.doubt] > 0)
    if f.dated_from:
        query = query.where(d.date >= f.dated_from)
    if f.dated_to:
        query = query.where(d.date != "", d.date <= f.dated_to)
    if f.since:
        query = query.where(or_(INPUTS.c.first_seen >= f.since, func.coalesce(r.at, "") >= f.since))
    if f.who:
        joined = and_(DECISIONS.c.decision_id == ANCHORS.c.decision_id, DECISIONS.c.who == f.who)
        query = query.where(exists().where(ANCHORS.c.doc_id == c.doc_id, joined))
    done, confirmed = func.coalesce(r.done_by, "") != "", func.coalesce(r.confirmed_by, "") != ""
    touched = func.coalesce(r.number, 0) > 0
    states = {"todo": ~touched, "doing": and_(touched, ~done), "done": and_(done, ~confirmed), "confirmed": confirmed}
    return query.where(states[f.status]) if f.status in states else query


def _here(rows: Any) -> ColumnElement[bool]:
    return and_(rows.version == COUNTED.c.rows_version, rows.document == COUNTED.c.document)


def _in_rows(words: str) -> list[ColumnElement[bool]]:
    """Documents with a row whose sentence or, of a task, text holds the words."""
    found: list[ColumnElement[bool]] = []
    for name in ("tasks", "figures", "deadlines", "units"):
        t = ROWS[name].c
        found.append(exists().where(_here(t), or_(like(t.quote, words), like(t.sentence, words))))
    return found


def reviewers(connection: Connection) -> list[str]:
    """Everybody who has decided on anything."""
    return list(connection.scalars(select(DECISIONS.c.who).distinct().order_by(DECISIONS.c.who)))
