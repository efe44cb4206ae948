"""Seats of appointments, each taken once; the watchword that a household has agreed with its grid worker."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table and the column."""
    op.add_column("households", sa.Column("watchword", sa.LargeBinary(), nullable=True))
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("seat", sa.String(length=200), nullable=False),
        sa.Column("questionnaire", sa.String(length=60), nullable=False),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("choice", sa.String(length=60), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_bookings_resident_id_residents"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_bookings_session_id_sessions"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("seat", name=op.f("uq_bookings_seat")),
    )
    op.create_index(
        op.f("ix_bookings_questionnaire_question_choice"), "bookings", ["questionnaire", "question", "choice"]
    )
    op.create_index(op.f("ix_bookings_session_id"), "bookings", ["session_id"])
    op.create_index(op.f("ix_bookings_resident_id"), "bookings", ["resident_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("bookings")
    op.drop_column("households", "watchword")
