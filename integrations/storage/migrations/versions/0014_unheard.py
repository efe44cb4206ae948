"""When everybody had been rung about an urgent matter and nobody had taken it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the column."""
    op.add_column("handovers", sa.Column("unheard_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """The table as it was."""
    op.drop_column("handovers", "unheard_at")
