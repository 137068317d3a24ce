"""Follow-ups of tasks; anchors say which table their row is of, so that they serve decisions and follow-ups alike."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.types import Words

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create what this revision brings."""
    names = ("made_at", "who", "task_id", "state", "progress", "value", "evidence", "new_date", "reason", "program")
    op.create_table(
        "followups",
        sa.Column("followup_id", Words(), nullable=False),
        sa.Column("number", sa.BigInteger(), server_default="0", nullable=False),
        *(sa.Column(name, Words(), server_default="", nullable=False) for name in names),
        sa.PrimaryKeyConstraint("followup_id"),
    )
    op.add_column("anchors", sa.Column("table_name", Words(), server_default="", nullable=False))
    op.execute(
        "UPDATE anchors SET table_name = COALESCE("
        "(SELECT d.table_name FROM decisions d WHERE d.decision_id = anchors.decision_id), '')"
    )
    op.create_index("ix_anchors_path", "anchors", ["path"], unique=False)
