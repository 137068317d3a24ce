"""One document out of the store for good: every version, every copy of its bytes, and whatever was derived from them.

What stays is a tombstone: the hash of the bytes, when, who and why, so that no night takes the document in again. How each
table is treated stands in ``TREATED``; a test compares it with the schema, so a new table has to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, insert, select, update

from pipeline.store import progress
from pipeline.store.outcomes import chunks, overlay_of, text_of
from pipeline.store.schema import (
    ANCHORS,
    DECISIONS,
    FOLLOWED,
    FOLLOWUPS,
    INPUTS,
    MATCHES,
    META,
    OUTCOMES,
    PROGRESS,
    PROPOSALS,
    READINGS,
    READS,
    ROWS,
    RUNS,
    TEXTS,
    TOMBSTONES,
)

_SIDE = 17  # characters of the id of a mark on one side of a pair

# Tables of documents (version, document) are found by their columns.
OF_DOCUMENTS = tuple(t for t in META.tables.values() if "version" in t.c and "document" in t.c)
TREATED = {t.name: "rows of the document" for t in OF_DOCUMENTS} | {
    "texts": "texts that no other document holds", "reads": "readings of nothing but the document",
    "readings": "as reads", "inputs": "inputs whose readings went", "proposals": "those that name such an input",
    "anchors": "marks on the document", "decisions": "as anchors", "followups": "as anchors",
    "followed": "as followups", "matches": "words on a pair of which one figure is the document's",
    "progress": "rows that compare it; compared anew", "runs": "lines of reports that name or quote it",
    "tombstones": "what stays", "users": "no document", "sessions": "no document", "roster": "no document",
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """Something that a name may mean: a file of the inboxes (``member`` empty) or a member of a container."""

    path: str
    member: str
    source: str


@dataclass(slots=True)
class Scope:
    """What goes. ``documents`` are (version, document); ``words`` everything the document says, to find it elsewhere."""

    documents: set[tuple[str, int]] = field(default_factory=set)
    doc_ids: set[str] = field(default_factory=set)
    inputs: set[str] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)  # readings that go as a whole
    paths: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    others: list[str] = field(default_factory=list)  # what stays, though it once had or has the same text
    words: list[str] = field(default_factory=list)


_REGISTER = (
    select(INPUTS.c.input_id, INPUTS.c.path, INPUTS.c.source, READINGS.c.version, OUTCOMES.c.document, OUTCOMES.c.source, OUTCOMES.c.doc_id)
    .outerjoin(READINGS, READINGS.c.input_id == INPUTS.c.input_id)
    .outerjoin(OUTCOMES, OUTCOMES.c.version == READINGS.c.version)
)  # fmt: skip


def matches(connection: Connection, wanted: str, path: str) -> list[Match]:
    """What ``wanted`` means: a doc_id, a path (``path`` is it made absolute) or a source, else the end of one. Copies of
    the same bytes are one document and all given; otherwise more than one match is more than one document."""
    exact, near = set(), set()
    for _, at, name, _, _, source, doc_id in connection.execute(_REGISTER):
        whole = Match(at, "", name)
        one = whole if source in (None, name) else Match(at, source, source)
        if wanted == doc_id:
            exact.add(one)
        elif wanted in (at, name) or path == at:
            exact.add(whole)
        elif wanted == source:
            exact.add(one)
        elif f"/{at}".endswith(f"/{wanted}"):
            near.add(whole)
        elif source and source.endswith((f"/{wanted}", f"!{wanted}")):
            near.add(one)
    return sorted(exact or near)


def scope(connection: Connection, found: Sequence[Match]) -> Scope:
    """Everything that goes with these files and members."""
    s = Scope()
    register: list[Any] = list(connection.execute(_REGISTER))
    s.paths = {m.path for m in found if not m.member}
    linked = {(p, n) for p, n in connection.execute(select(INPUTS.c.input_id, INPUTS.c.superseded_by)) if n}
    mine = {r.input_id for r in register if r.path in s.paths}
    while more := {old for old, new in linked if new in mine} - mine:  # older versions under other names
        mine |= more
    members = {(m.path, m.member) for m in found if m.member}
    for input_id, path, name, version, document, source, doc_id in register:
        if input_id in mine:
            s.inputs.add(input_id)
            s.names |= {path, name}
        if document is not None and (input_id in mine or (path, source) in members):
            _add(s, version, document, source, doc_id)
    _orphans(connection, s)
    _copies(connection, s)
    _whole(connection, s)
    _words(connection, s)
    return s


def _add(s: Scope, version: str, document: int, source: str, doc_id: str) -> None:
    s.documents.add((version, document))
    s.names.add(source)
    if doc_id:
        s.doc_ids.add(doc_id)


def _orphans(connection: Connection, s: Scope) -> None:
    """Readings of a night that was killed: they belong to no input yet."""
    held = select(READINGS.c.version)
    query = select(OUTCOMES.c.version, OUTCOMES.c.document, OUTCOMES.c.source, OUTCOMES.c.doc_id)
    for row in connection.execute(query.where(OUTCOMES.c.version.not_in(held))):
        if row.source in s.names or row.source.partition("!")[0] in s.names:
            _add(s, *row)


def _copies(connection: Connection, s: Scope) -> None:
    """The same bytes under other names. Empty files are nobody's copy."""
    query = select(OUTCOMES.c.version, OUTCOMES.c.document, OUTCOMES.c.source, OUTCOMES.c.doc_id)
    mine: set[str] = set()
    for chunk in chunks(sorted({v for v, _ in s.documents})):
        wanted = select(OUTCOMES.c.version, OUTCOMES.c.document, OUTCOMES.c.doc_id)
        rows = connection.execute(wanted.where(OUTCOMES.c.version.in_(chunk), OUTCOMES.c.reason != "empty"))
        mine |= {r.doc_id for r in rows if (r.version, r.document) in s.documents and r.doc_id}
    s.doc_ids = mine
    for chunk in chunks(sorted(mine)):
        for row in connection.execute(query.where(OUTCOMES.c.doc_id.in_(chunk))):
            _add(s, *row)


def _whole(connection: Connection, s: Scope) -> None:
    """Readings that go as a whole, and the inputs that are left with none."""
    rest: set[str] = set()
    for chunk in chunks(sorted({v for v, _ in s.documents})):
        rows = connection.execute(select(OUTCOMES.c.version, OUTCOMES.c.document).where(OUTCOMES.c.version.in_(chunk)))
        rest |= {r.version for r in rows if (r.version, r.document) not in s.documents}
    s.versions = {v for v, _ in s.documents} - rest
    left: dict[str, set[str]] = {}
    names: dict[str, tuple[str, str]] = {}
    for input_id, path, name, version, *_ in connection.execute(_REGISTER):
        left.setdefault(input_id, set()).add(version)
        names[input_id] = (path, name)
    s.inputs |= {i for i, versions in left.items() if versions <= s.versions}
    gone = {names[i][0] for i in s.inputs}
    for path, name in names.values():
        if path in gone:
            s.names |= {path, name}
    s.others += sorted({name for i, (path, name) in names.items() if path in gone and i not in s.inputs})


def _words(connection: Connection, s: Scope) -> None:
    """What the document says: its texts and every word of its rows; and which documents say the very same."""
    texts: set[str] = set()
    for chunk in chunks(sorted({v for v, _ in s.documents})):
        for r in connection.execute(select(OUTCOMES).where(OUTCOMES.c.version.in_(chunk), OUTCOMES.c.text_id != "")):
            if (r.version, r.document) in s.documents:
                texts.add(r.text_id)
        for table in ROWS.values():
            both = [*chunk, *map(overlay_of, chunk)]
            for row in connection.execute(select(table).where(table.c.version.in_(both))):
                if (row.version.removesuffix("~"), row.document) in s.documents:
                    s.words += [v for v in row[3:] if isinstance(v, str)]
    s.words += [t.decode() for t in text_of(connection, texts).values()]
    for chunk in chunks(sorted(texts)):
        rows = connection.execute(select(OUTCOMES).where(OUTCOMES.c.text_id.in_(chunk)))
        s.others += sorted({r.source for r in rows if (r.version, r.document) not in s.documents})


def purge(connection: Connection, s: Scope, now: str, who: str, why: str) -> None:
    """Remove what is in scope inside the connection's write transaction and leave the tombstones."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    _texts(connection, s)
    _documents(connection, s)
    _marks(connection, s)
    for table, column in (
        (READS, READS.c.version), (READINGS, READINGS.c.version), (READINGS, READINGS.c.input_id),
        (INPUTS, INPUTS.c.input_id), (PROPOSALS, PROPOSALS.c.older), (PROPOSALS, PROPOSALS.c.newer),
        (PROGRESS, PROGRESS.c.target_doc_id), (PROGRESS, PROGRESS.c.actual_doc_id),
        (TOMBSTONES, TOMBSTONES.c.doc_id),
    ):  # fmt: skip
        wanted = {"version": s.versions, "input_id": s.inputs, "older": s.inputs, "newer": s.inputs}
        _delete(connection, table, column, wanted.get(column.name, s.doc_ids))
    for chunk in chunks(sorted(s.inputs)):
        connection.execute(update(INPUTS).where(INPUTS.c.superseded_by.in_(chunk)).values(superseded_by=""))
    if s.doc_ids:
        stone = {"purged_at": now, "who": who, "why": why, "finished": ""}
        connection.execute(insert(TOMBSTONES), [stone | {"doc_id": i} for i in sorted(s.doc_ids)])
    progress.refresh(connection, [], everything=True)


def _delete(connection: Connection, table: Table, column: Any, wanted: Iterable[str]) -> None:
    for chunk in chunks(sorted(wanted)):
        connection.execute(delete(table).where(column.in_(chunk)))


def _documents(connection: Connection, s: Scope) -> None:
    """Rows of the documents; those that stay in a container move up, since they are counted from 0."""
    by_version: dict[str, set[int]] = {}
    for version, document in s.documents:
        by_version.setdefault(version, set()).add(document)
    for version, gone in sorted(by_version.items()):
        query = select(OUTCOMES.c.document).where(OUTCOMES.c.version == version).order_by(OUTCOMES.c.document)
        stay = [d for d in connection.scalars(query) if d not in gone]
        for table in OF_DOCUMENTS:
            here = table.c.version.in_([version, overlay_of(version)])
            connection.execute(delete(table).where(here, table.c.document.in_(sorted(gone))))
            for new, old in enumerate(stay):
                if new != old:
                    connection.execute(update(table).where(and_(here, table.c.document == old)).values(document=new))


def _texts(connection: Connection, s: Scope) -> None:
    texts: dict[str, bool] = {}
    for r in connection.execute(select(OUTCOMES.c.version, OUTCOMES.c.document, OUTCOMES.c.text_id)):
        if r.text_id:
            texts[r.text_id] = texts.get(r.text_id, True) and (r.version, r.document) in s.documents
    _delete(connection, TEXTS, TEXTS.c.text_id, [i for i, only in texts.items() if only])


def _marks(connection: Connection, s: Scope) -> None:
    """Decisions, follow-ups and words on pairs that were ever anchored in the documents."""
    marks: set[str] = set()
    for column, wanted in ((ANCHORS.c.doc_id, s.doc_ids), (ANCHORS.c.version, s.versions)):
        for chunk in chunks(sorted(wanted)):
            marks |= set(connection.scalars(select(ANCHORS.c.decision_id).where(column.in_(chunk))))
    for chunk in chunks(sorted(s.doc_ids)):
        marks |= set(connection.scalars(select(DECISIONS.c.decision_id).where(DECISIONS.c.doc_id.in_(chunk))))
    words = {m[:-1] for m in marks if len(m) == _SIDE}  # on a pair of figures, whose marks have a letter more
    marks |= {word + side for word in words for side in "ta"}
    _delete(connection, MATCHES, MATCHES.c.match_id, words)
    _delete(connection, ANCHORS, ANCHORS.c.decision_id, marks)
    _delete(connection, DECISIONS, DECISIONS.c.decision_id, marks)
    _delete(connection, FOLLOWUPS, FOLLOWUPS.c.followup_id, marks)
    _delete(connection, FOLLOWED, FOLLOWED.c.followup_id, marks)


def reports(connection: Connection) -> list[tuple[str, str, str]]:
    """(run_id, report, links) of every night."""
    return [(r.run_id, r.report, r.links) for r in connection.execute(select(RUNS))]


def rewrite_report(connection: Connection, run_id: str, report: str, links: str) -> None:
    """Put a night's report in the place of the old one."""
    connection.execute(update(RUNS).where(RUNS.c.run_id == run_id).values(report=report, links=links))
