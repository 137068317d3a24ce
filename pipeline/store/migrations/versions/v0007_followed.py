"""The follow-up that stands, by task."""

import sqlalchemy as sa
from alembic import op

from pipeline.store.types import Words

revision = "0007"
down_revision = "0006"

_NEWEST = """
INSERT INTO followed (task_id, followup_id, state, new_date)
SELECT row_id, followup_id, state, new_date FROM (
  SELECT a.row_id, f.followup_id, f.state, f.new_date,
         ROW_NUMBER() OVER (PARTITION BY a.row_id ORDER BY f.number DESC, f.followup_id DESC) AS place
  FROM followups f JOIN anchors a ON a.decision_id = f.followup_id
  WHERE a.number = (SELECT MAX(b.number) FROM anchors b WHERE b.decision_id = f.followup_id)
    AND a.how <> 'lost' AND a.row_id <> ''
) ranked WHERE place = 1"""


def upgrade() -> None:
    """Create what this revision brings."""
    names = ("followup_id", "state", "new_date")
    op.create_table(
        "followed",
        sa.Column("task_id", Words(), nullable=False),
        *(sa.Column(name, Words(), server_default="", nullable=False) for name in names),
        sa.PrimaryKeyConstraint("task_id"),
    )
    op.execute(_NEWEST)
