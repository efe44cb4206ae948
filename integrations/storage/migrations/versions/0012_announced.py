"""When staff said that a campaign's notice hangs; its calls refer to it from then on."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column."""
    op.add_column("campaigns", sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """The table as it was."""
    op.drop_column("campaigns", "announced_at")
