"""Calls to us, and how they ended."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)
ID = sa.String(length=32)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "incoming_calls",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("caller", sa.LargeBinary(), nullable=False),
        sa.Column("resident_id", ID, nullable=True),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("disposition", sa.String(length=24), nullable=True),
        sa.Column("ended_by", sa.String(length=8), nullable=True),
        sa.Column("q850_cause", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name="fk_incoming_calls_resident_id_residents",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_incoming_calls"),
    )
    for column in ("at", "resident_id", "session_id"):
        op.create_index(f"ix_incoming_calls_{column}", "incoming_calls", [column])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("incoming_calls")
