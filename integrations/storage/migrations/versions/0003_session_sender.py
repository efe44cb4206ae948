"""A session knows by blind index who writes to it from outside: a browser of the chat page, a REST sender."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column and its index."""
    op.add_column("sessions", sa.Column("sender_idx", sa.String(64), nullable=True))
    op.create_index("ix_sessions_sender_idx_opened_at", "sessions", ["sender_idx", "opened_at"])


def downgrade() -> None:
    """Drop the index and the column."""
    op.drop_index("ix_sessions_sender_idx_opened_at", "sessions")
    op.drop_column("sessions", "sender_idx")
