"""What the morning report and ``taizhang due`` ask of the current tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from extractors.schema import ProgressRow
from pipeline.store import dated
from pipeline.store.counting import Counting, counting
from pipeline.store.inputs import current
from pipeline.store.outcomes import DECLARED, chunks, plain
from pipeline.store.schema import OUTCOMES, PROGRESS, ROWS


@dataclass(slots=True)
class Limit:
    """A time limit with what is needed to tell whom it concerns and when. Dates are as the tables have them."""

    deadline_id: str
    kind: str
    due_start: str
    due_end: str
    rrule: str
    duration: str
    action: str
    quote: str
    sentence: str
    page: int | None
    confidence: float
    task_id: str
    doc_id: str
    source: str
    issuer: str
    title: str
    year: int | None
    date: str
    task_status: str
    units: list[str] = field(default_factory=list)
    follow_up: str = ""  # the state of its task in the follow-up, which goes before ``task_status``
    planned: str = ""  # ``due_end`` in the text, where the follow-up moved it
    place: tuple[str, int] = ("", 0)  # the version and the document in it that the rows stand under


@dataclass(frozen=True, slots=True)
class Document:
    """A part of a document that counts, as the roster asks for it."""

    source: str
    title: str
    kind: str
    issuer: str
    date: str
    year: int | None


def limits(
    connection: Connection, as_of: str = "", first: str = "", last: str = "", also: Collection[str] = (),
    units: bool = True, counted: Counting | None = None,
) -> Iterator[Limit]:  # fmt: skip
    """Time limits of the documents that count, as their rows stand, in the order of their documents.

    With ``first`` and ``last`` (ISO days) only those that may fall between them: by date, recurring, or without a date;
    and those of the tasks in ``also``. Without ``units`` their units are left to :func:`name_units`.
    ``counted`` is what counts now, where the caller has it.
    """
    d, doc, task = ROWS["deadlines"], ROWS["documents"], ROWS["tasks"]
    query = (
        select(
            d.c.deadline_id, d.c.kind, d.c.due_start, d.c.due_end, d.c.rrule, d.c.duration, d.c.action, d.c.quote,
            d.c.sentence, d.c.page, d.c.confidence, d.c.task_id, d.c.doc_id, doc.c.source, doc.c.issuer, doc.c.title,
            doc.c.year, doc.c.date, task.c.status, d.c.version, d.c.document, d.c.start,
        )
        .join(doc, and_(doc.c.version == d.c.version, doc.c.document == d.c.document, doc.c.part == d.c.part))
        .outerjoin(task, and_(task.c.version == d.c.version, task.c.document == d.c.document, task.c.task_id == d.c.task_id, d.c.task_id != ""))
    )  # fmt: skip
    queries = [query]
    if first and last:
        ends = and_(d.c.due_end >= first, d.c.due_end <= last)
        begins = and_(d.c.due_start >= first, d.c.due_start <= last, d.c.due_end == "")
        queries = [query.where(or_(ends, begins, d.c.rrule != "", d.c.duration != ""))]
        queries += [query.where(d.c.task_id.in_(chunk)) for chunk in chunks(sorted(also))]
    ruled: dict[str, list[str]] = {}  # units by time limit, where decisions of that day say
    if not as_of:
        counts = (counted or counting(connection)).has
        rows = [r for q in queries for r in plain(connection, q) if counts(r[_VERSION], r[_DOCUMENT])]
    else:
        live = {k.version for k in current(connection, as_of)}
        decided = dated.decided(connection, live)
        bare = sorted(live - decided)
        rows = [
            r for q in queries for chunk in chunks(bare) for r in plain(connection, q.where(d.c.version.in_(chunk)))
        ]
        for row, named in dated.limits(connection, sorted(decided), as_of):
            rows.append(row)
            ruled[row[0]] = named
    rows.sort(key=_ORDER)
    found: dict[str, Limit] = {}
    for r in rows:
        if r[0] not in found:  # else a second copy of the same bytes
            fields: list[Any] = [*r[:18], r[18] or "", [], "", "", (r[_VERSION], r[_DOCUMENT])]
            found[r[0]] = Limit(*fields)
    if units:
        name_units(connection, [x for i, x in found.items() if i not in ruled])
    for i, named in ruled.items():
        found[i].units = named
    yield from found.values()


_VERSION, _DOCUMENT = 19, 20
_ORDER = itemgetter(13, 21, 0)  # source, start, id


def undated(connection: Connection, settled: Collection[str] = (), counted: Counting | None = None) -> int:
    """How many current time limits have an unknown year, those of the tasks in ``settled`` left out."""
    d = ROWS["deadlines"].c
    unknown = [and_(day >= "XXXX", day.like("XXXX%")) for day in (d.due_end, d.due_start)]  # the first for the index
    rows = plain(connection, select(d.version, d.document, d.task_id).where(or_(*unknown)))
    if not rows:
        return 0
    counts = (counted or counting(connection)).has
    return sum(task_id not in settled and counts(version, document) for version, document, task_id in rows)


def name_units(connection: Connection, limits: Iterable[Limit]) -> None:
    """Put the units in: who is to do the tasks of the limits."""
    wanted = [x for x in limits if x.task_id]
    found = units_of(connection, sorted({x.place[0] for x in wanted}))
    for x in wanted:
        x.units = found.get((*x.place, x.task_id), [])


def units_of(connection: Connection, versions: list[str]) -> dict[tuple[str, int, str], list[str]]:
    """Who is to do the tasks of these versions, leaders first, by (version, document, task)."""
    u = ROWS["units"]
    found: dict[tuple[str, int, str], dict[str, int]] = {}
    order = dated.ROLES
    for chunk in chunks(versions):
        query = select(u.c.version, u.c.document, u.c.task_id, u.c.canonical, u.c.role).where(
            u.c.version.in_(chunk), u.c.task_id != "", u.c.role.in_(list(order)), u.c.confidence >= dated.SURE
        )
        for version, document, task_id, name, role in plain(connection, query.order_by(u.c.version, u.c.ordinal)):
            names = found.setdefault((version, document, task_id), {})
            names[name] = min(order[role], names.get(name, 9))
    return {key: sorted(names, key=lambda n: names[n]) for key, names in found.items()}


def documents(connection: Connection, as_of: str = "", counted: Counting | None = None) -> list[Document]:
    """All parts of documents that count, or did at the end of the day ``as_of``."""
    doc = ROWS["documents"].c
    query = select(doc.source, doc.part, doc.version, doc.document, doc.title, doc.kind, doc.issuer, doc.date, doc.year)
    if not as_of:
        counts = (counted or counting(connection)).has
        rows = [r for r in plain(connection, query) if counts(r[2], r[3])]
    else:
        live = sorted({k.version for k in current(connection, as_of)})
        rows = [r for chunk in chunks(live) for r in plain(connection, query.where(doc.version.in_(chunk)))]
    rows.sort(key=itemgetter(0, 1))
    return [Document(r[0], *r[4:]) for r in rows]


def states(connection: Connection) -> dict[str, int]:
    """How many targets are met, behind, …"""
    query = select(PROGRESS.c.state, func.count()).group_by(PROGRESS.c.state)
    return {str(state): int(count) for state, count in connection.execute(query)}


def sources(connection: Connection, doc_ids: set[str]) -> dict[str, str]:
    """Names of documents by doc_id, the smallest where there are copies."""
    found: dict[str, str] = {}
    for chunk in chunks(sorted(doc_ids)):
        query = select(OUTCOMES.c.doc_id, OUTCOMES.c.source).where(OUTCOMES.c.doc_id.in_(chunk))
        for doc_id, source in connection.execute(query):
            found[doc_id] = min(source, found.get(doc_id, source))
    return found


def targets(connection: Connection, of_states: tuple[str, ...], limit: int) -> list[ProgressRow]:
    """Targets in these states, the states in the order given."""
    columns = [PROGRESS.c[n] for n in DECLARED["progress"]]
    found: list[ProgressRow] = []
    for state in of_states:
        query = select(*columns).where(PROGRESS.c.state == state, PROGRESS.c.confidence >= 0.5)
        query = query.order_by(PROGRESS.c.completion, PROGRESS.c.target_figure_id).limit(limit - len(found))
        found += [ProgressRow(*row) for row in connection.execute(query)]
    return found
