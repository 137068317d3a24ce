"""Indexes for what a night looks up by name: documents by title, copies by their bytes, targets by document."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create what this revision brings."""
    op.create_index("ix_documents_title", "documents", ["title"], unique=False)
    op.create_index("ix_progress_target_doc_id", "progress", ["target_doc_id"], unique=False)
    op.create_index("ix_deadlines_due_start", "deadlines", ["due_start"], unique=False)
    op.drop_index("ix_outcomes_doc_id", "outcomes")
    op.create_index("ix_outcomes_doc_id", "outcomes", ["doc_id", "source"], unique=False)
    # Nearly every row has the same value: SQLite chose this index before those that find a few rows.
    op.drop_index("ix_inputs_until", "inputs")
