"""What is left of documents that were taken out for good."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.types import Words

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create what this revision brings."""
    op.create_table(
        "tombstones",
        sa.Column("doc_id", Words(), nullable=False),
        *(
            sa.Column(name, Words(), server_default="", nullable=False)
            for name in ("purged_at", "who", "why", "finished")
        ),
        sa.PrimaryKeyConstraint("doc_id"),
    )
