"""How often somebody told a link in a short message wrongly who they are."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the column."""
    op.add_column("messages", sa.Column("link_tries", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("messages", "link_tries")
