"""What people said of targets and their results."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.types import Words

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create what this revision brings."""
    names = ("made_at", "who", "target_figure_id", "actual_figure_id", "verdict", "program")
    op.create_table(
        "matches",
        sa.Column("match_id", Words(), nullable=False),
        sa.Column("number", sa.BigInteger(), server_default="0", nullable=False),
        *(sa.Column(name, Words(), server_default="", nullable=False) for name in names),
        sa.PrimaryKeyConstraint("match_id"),
    )
