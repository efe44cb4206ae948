"""A campaign's pace is kept with it, so that any number of diallers share it; indexes for tables of a million rows."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns; exchange the index."""
    op.add_column("campaigns", sa.Column("setups_left", sa.Float(), nullable=True))
    op.add_column("campaigns", sa.Column("setups_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_attempts_campaign_id_status_due_at", "attempts", ["campaign_id", "status", "due_at"])
    op.create_index("ix_attempts_campaign_id_ended_at", "attempts", ["campaign_id", "ended_at"])
    op.drop_index("ix_attempts_campaign_id_status", "attempts")


def downgrade() -> None:
    """The index and the table as they were."""
    op.create_index("ix_attempts_campaign_id_status", "attempts", ["campaign_id", "status"])
    op.drop_index("ix_attempts_campaign_id_ended_at", "attempts")
    op.drop_index("ix_attempts_campaign_id_status_due_at", "attempts")
    op.drop_column("campaigns", "setups_at")
    op.drop_column("campaigns", "setups_left")
