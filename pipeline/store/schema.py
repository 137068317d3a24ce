"""The tables of the store. Those with rows of documents are made from ``extractors.schema``.

A *version* is one reading of one input: a hash of its name, its bytes and the rows that came out, so the same reading
is stored once, however often it is made. ``inputs`` are the versions of the files in the inboxes, ``readings`` says which
reading of an input counted when, and the rows of a reading are in ``documents``, ``figures``, … under its version.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, MetaData, Table, Text, column, table
from sqlalchemy.types import TypeEngine

from extractors.schema import TABLES, columns
from pipeline.store.types import Exact, Words

META = MetaData()
ROW_TABLES = tuple(t for t in TABLES if t not in ("progress", "rejects"))


def _type(kind: str) -> TypeEngine[Any]:
    kinds: dict[str, Callable[[], TypeEngine[Any]]] = {
        "string": Words,
        "integer": BigInteger,
        "decimal": Exact,
        "number": Float,
    }
    return kinds[kind]()


def _key(name: str) -> Column[str]:
    return Column(name, Words(), primary_key=True)


def _whole_key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _words(name: str) -> Column[str]:
    return Column(name, Words(), nullable=False, default="", server_default="")


def _whole(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, default=0, server_default="0")


def _rows(table: str) -> Table:
    """A table of rows: the reading, the document in it, the ordinal in that, then the columns of the contract."""
    return Table(
        table,
        META,
        _key("version"),
        Column("document", Integer, primary_key=True, autoincrement=False),
        Column("ordinal", Integer, primary_key=True, autoincrement=False),
        *(Column(c.name, _type(c.type)) for c in columns(table)),
    )


ROWS = {table: _rows(table) for table in ROW_TABLES}
for _table, _name in (
    ("documents", "doc_id"),
    ("documents", "title"),
    ("figures", "doc_id"),
    ("deadlines", "due_end"),
    ("deadlines", "due_start"),
    ("units", "canonical"),
):
    Index(f"ix_{_table}_{_name}", ROWS[_table].c[_name])
for _name in ("figures", "deadlines", "units", "tasks"):
    Index(f"ix_{_name}_id", ROWS[_name].c[TABLES[_name].key[0]])

OUTCOMES = Table(
    "outcomes", META, _key("version"), Column("document", Integer, primary_key=True, autoincrement=False),
    _words("source"), _words("doc_id"), _words("reason"), _words("detail"), _whole("parts"), _words("text_id"),
)  # fmt: skip
Index("ix_outcomes_doc_id", OUTCOMES.c.doc_id, OUTCOMES.c.source)
Index("ix_outcomes_text_id", OUTCOMES.c.text_id)

TEXTS = Table("texts", META, _key("text_id"), Column("packed", LargeBinary, nullable=False), _whole("n_bytes"))

READS = Table("reads", META, _key("read_key"), _words("version"), _words("fingerprint"))
Index("ix_reads_version", READS.c.version)

INPUTS = Table(
    "inputs", META, _key("input_id"), _words("path"), _whole("number"), _words("source"), _words("sha256"),
    _whole("size"), _whole("mtime_ns"), _words("problem"), _words("first_seen"), _words("last_seen"),
    _words("until"), _words("superseded_by"),
)  # fmt: skip
Index("ix_inputs_path", INPUTS.c.path)

READINGS = Table(
    "readings", META, _key("input_id"), _key("since"), _words("version"), _words("program"), _words("fingerprint"),
    _words("until"),
)  # fmt: skip
Index("ix_readings_version", READINGS.c.version)

PROGRESS = Table(
    "progress",
    META,
    _whole("ordinal"),
    *(Column(c.name, _type(c.type), primary_key=c.name in TABLES["progress"].key) for c in columns("progress")),
)
Index("ix_progress_target_doc_id", PROGRESS.c.target_doc_id)
BODIES = Table(
    "bodies", META, _key("body"), _key("version"), Column("document", Integer, primary_key=True, autoincrement=False)
)
Index("ix_bodies_version", BODIES.c.version)

RUNS = Table(
    "runs", META, _key("run_id"), _whole("number"), _words("kind"), _words("started"), _words("as_of"),
    _words("program"), _words("fingerprint"), _words("settings"), _whole("files"), _whole("ignored"),
    _words("links"), _words("report"),
)  # fmt: skip

DECISIONS = Table(
    "decisions", META, _key("decision_id"), _whole("number"), _words("made_at"), _words("who"), _words("table_name"),
    _words("row_id"), _words("path"), _words("doc_id"), _whole("start"), _whole("end"), _words("quote"),
    _words("prefix"), _words("suffix"), _words("verdict"), _words("before"), _words("after"), _words("reason"),
    _words("program"),
)  # fmt: skip
Index("ix_decisions_path", DECISIONS.c.path)
Index("ix_decisions_number", DECISIONS.c.number)

FOLLOWUPS = Table(
    "followups", META, _key("followup_id"), _whole("number"), _words("made_at"), _words("who"), _words("task_id"),
    _words("state"), _words("progress"), _words("value"), _words("evidence"), _words("new_date"), _words("reason"),
    _words("program"),
)  # fmt: skip

MATCHES = Table(
    "matches", META, _key("match_id"), _whole("number"), _words("made_at"), _words("who"), _words("target_figure_id"),
    _words("actual_figure_id"), _words("verdict"), _words("program"),
)  # fmt: skip

# The follow-up that stands, by task: made from the records and their anchors (pipeline.store.followups), for queries.
FOLLOWED = Table(
    "followed", META, _key("task_id"), _words("followup_id"), _words("state"), _words("new_date"),
)  # fmt: skip

# Of decisions and follow-ups alike: ``decision_id`` is the id of either.
ANCHORS = Table(
    "anchors", META, _key("decision_id"), _whole_key("number"), _words("version"), _words("path"), _words("row_id"), _words("doc_id"), _whole("start"),
    _whole("end"), _words("quote"), _words("prefix"), _words("suffix"), _words("how"),
    Column("likeness", Float, nullable=False, default=0.0, server_default="0"), _words("anchored_at"), _words("table_name"),
)  # fmt: skip
Index("ix_anchors_path", ANCHORS.c.path)

Index("ix_anchors_doc_id", ANCHORS.c.doc_id)

# Made from the decisions (pipeline.store.overlay), so that queries see rows as they count: which readings have their rows
# under another version, how each row with a verdict stands, and what a document sums up to.
OVERLAYS = Table(
    "overlays", META, _key("version"), Column("document", Integer, primary_key=True, autoincrement=False),
    _words("overlay"),
)  # fmt: skip
STANDINGS = Table(
    "standings", META, _key("version"), Column("document", Integer, primary_key=True, autoincrement=False),
    _key("table_name"), _key("row_id"), _words("state"), _words("who"), _words("at"), _words("confirmed_by"),
    _whole("stale"), _words("mark"), _whole("comments"),
)  # fmt: skip
Index("ix_standings_row", STANDINGS.c.row_id)
REVIEWS = Table(
    "reviews", META, _key("version"), Column("document", Integer, primary_key=True, autoincrement=False),
    _whole("rows"), _whole("unreviewed"), _whole("candidates"), _whole("confirmed"), _words("done_by"),
    _words("confirmed_by"), _words("who"), _words("at"), _whole("number"),
)  # fmt: skip
DIGESTS = Table(
    "digests", META, _key("version"), Column("document", Integer, primary_key=True, autoincrement=False),
    _whole("figures"), _whole("deadlines"), _whole("units"), _whole("tasks"), _whole("doubtful"), _whole("candidates"),
)  # fmt: skip

# Views: what counts now, and with it under which version its rows stand as decisions leave them.
CURRENT = table(
    "current_outcomes", column("version", Text), column("document", Integer), column("source", Text),
    column("doc_id", Text), column("reason", Text), column("path", Text), column("input_id", Text),
)  # fmt: skip
COUNTED = table("counted_outcomes", *(column(c.name, c.type) for c in CURRENT.c), column("rows_version", Text))

USERS = Table(
    "users", META, _key("name"), _words("password"), _words("role"), _words("created_at"), _words("created_by"),
    _whole("disabled"),
)  # fmt: skip
SESSIONS = Table(
    "sessions", META, _key("token_hash"), _words("name"), _words("role"), _words("csrf"), _words("created_at"),
    _words("expires"),
)  # fmt: skip

PROPOSALS = Table(
    "proposals", META, _key("older"), _key("newer"), Column("likeness", Float, nullable=False), _words("issuer"),
    _words("title"), _whole("year"), _words("proposed_at"), _words("answer"), _words("answered_at"), _words("who"),
)  # fmt: skip

TOMBSTONES = Table(
    "tombstones", META, _key("doc_id"), _words("purged_at"), _words("who"), _words("why"), _words("finished"),
)  # fmt: skip

ROSTER = Table(
    "roster", META, _key("unit"), _words("aliases"), _words("parent"), _words("reports"),
)  # fmt: skip
