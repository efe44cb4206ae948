"""Recordings of calls, where in them an answer was said, and how a resident pauses on the telephone."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the table and the columns."""
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=True),
        sa.Column("household_id", sa.String(length=32), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_recordings_household_id_households"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_recordings_resident_id_residents"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_recordings_session_id_sessions"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sa.UniqueConstraint("session_id", name=op.f("uq_recordings_session_id")),
    )
    for column in ("household_id", "keep_until", "resident_id"):
        op.create_index(op.f(f"ix_recordings_{column}"), "recordings", [column])
    op.add_column("records", sa.Column("recorded_from", sa.Float(), nullable=True))
    op.add_column("records", sa.Column("recorded_to", sa.Float(), nullable=True))
    op.add_column("residents", sa.Column("pause_seconds", sa.Float(), nullable=True))
    op.add_column("residents", sa.Column("pause_turns", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop the columns and the table."""
    op.drop_column("residents", "pause_turns")
    op.drop_column("residents", "pause_seconds")
    op.drop_column("records", "recorded_to")
    op.drop_column("records", "recorded_from")
    op.drop_table("recordings")
