"""Rows as decisions leave them, how documents stand in the review, users and their sessions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from pipeline.store.types import Words

revision = "0004"
down_revision = "0003"


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, Words(), nullable=False)


def _words(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, Words(), server_default="", nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in names]


def _of_document(name: str, *columns: sa.Column[Any], key: tuple[str, ...] = ()) -> None:
    op.create_table(
        name,
        _key("version"),
        sa.Column("document", sa.Integer(), autoincrement=False, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("version", "document", *key),
    )


def upgrade() -> None:
    """Create what this revision brings."""
    _of_document("overlays", *_words("overlay"))
    _of_document(
        "standings", _key("table_name"), _key("row_id"), *_words("state", "who", "at", "confirmed_by"),
        *_whole("stale"), *_words("mark"), *_whole("comments"), key=("table_name", "row_id"),
    )  # fmt: skip
    op.create_index("ix_standings_row", "standings", ["row_id"], unique=False)
    _of_document(
        "reviews",
        *_whole("rows", "unreviewed", "candidates", "confirmed"),
        *_words("done_by", "confirmed_by", "who", "at"),
        *_whole("number"),
    )
    _of_document("digests", *_whole("figures", "deadlines", "units", "tasks", "doubtful", "candidates"))
    op.create_table(
        "users", _key("name"), *_words("password", "role", "created_at", "created_by"), *_whole("disabled"),
        sa.PrimaryKeyConstraint("name"),
    )  # fmt: skip
    op.create_table(
        "sessions", _key("token_hash"), *_words("name", "role", "csrf", "created_at", "expires"),
        sa.PrimaryKeyConstraint("token_hash"),
    )  # fmt: skip
    op.create_index("ix_decisions_number", "decisions", ["number"], unique=False)
    op.create_index("ix_anchors_doc_id", "anchors", ["doc_id"], unique=False)
    count_what_is_there()
    create_views()


_COUNTED = ("figures", "deadlines", "units", "tasks")


def count_what_is_there() -> None:
    """Digests of the readings that a store holds already."""
    counts = ", ".join(f"(SELECT COUNT(*) FROM {t} t WHERE {_SAME})" for t in _COUNTED)
    doubtful = " + ".join(f"(SELECT COUNT(*) FROM {t} t WHERE {_SAME} AND t.confidence < 0.7)" for t in _COUNTED)
    candidates = " + ".join(f"(SELECT COUNT(*) FROM {t} t WHERE {_SAME} AND t.confidence < 0.5)" for t in _COUNTED)
    op.execute(
        "INSERT INTO digests (version, document, figures, deadlines, units, tasks, doubtful, candidates) "
        f"SELECT o.version, o.document, {counts}, {doubtful}, {candidates} FROM outcomes o WHERE o.reason = ''"
    )


_SAME = "t.version = o.version AND t.document = o.document"


def create_views() -> None:
    """What counts now, and under which version its rows stand as the decisions leave them."""
    op.execute(
        "CREATE VIEW counted_outcomes AS SELECT c.*, COALESCE(v.overlay, c.version) AS rows_version "
        "FROM current_outcomes c LEFT JOIN overlays v ON v.version = c.version AND v.document = c.document"
    )
    for table in ("documents", *_COUNTED):
        op.execute(
            f"CREATE VIEW reviewed_{table} AS SELECT t.* FROM {table} t "
            "JOIN counted_outcomes c ON c.rows_version = t.version AND c.document = t.document"
        )
