"""Proposed versions, the roster, bodies for progress, and views of what is current."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.types import Words

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create what this revision brings."""
    op.create_table(
        "bodies",
        sa.Column("body", Words(), nullable=False),
        sa.Column("version", Words(), nullable=False),
        sa.Column("document", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("body", "version", "document"),
    )
    op.create_index("ix_bodies_version", "bodies", ["version"], unique=False)
    op.create_table(
        "proposals",
        sa.Column("older", Words(), nullable=False),
        sa.Column("newer", Words(), nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False),
        sa.Column("issuer", Words(), server_default="", nullable=False),
        sa.Column("title", Words(), server_default="", nullable=False),
        sa.Column("year", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("proposed_at", Words(), server_default="", nullable=False),
        sa.Column("answer", Words(), server_default="", nullable=False),
        sa.Column("answered_at", Words(), server_default="", nullable=False),
        sa.Column("who", Words(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("older", "newer"),
    )
    op.create_table(
        "roster",
        sa.Column("unit", Words(), nullable=False),
        sa.Column("aliases", Words(), server_default="", nullable=False),
        sa.Column("parent", Words(), server_default="", nullable=False),
        sa.Column("reports", Words(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("unit"),
    )
    create_views()


_TABLES = ("documents", "figures", "deadlines", "units", "tasks")
_OUTCOMES = """
CREATE VIEW current_outcomes AS
SELECT o.*, i.input_id, i.path, i.number FROM outcomes o
JOIN readings r ON r.version = o.version AND r.until = ''
JOIN inputs i ON i.input_id = r.input_id AND i.until = ''
WHERE NOT EXISTS (
  SELECT 1 FROM outcomes p
  JOIN readings s ON s.version = p.version AND s.until = ''
  JOIN inputs j ON j.input_id = s.input_id AND j.until = ''
  WHERE o.doc_id <> '' AND o.reason <> 'empty' AND p.doc_id = o.doc_id AND p.source {c} < o.source {c}
)"""


def create_views() -> None:
    """Tables of what counts now: no superseded versions, no second copies of the same bytes."""
    collation = 'COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(_OUTCOMES.format(c=collation))
    for table in _TABLES:
        op.execute(
            f"CREATE VIEW current_{table} AS SELECT t.* FROM {table} t "
            "JOIN current_outcomes c ON c.version = t.version AND c.document = t.document"
        )
    op.execute(
        "CREATE VIEW current_rejects AS SELECT source, doc_id, reason, detail FROM current_outcomes WHERE reason <> ''"
    )
