"""Urgent matters handed over by telephone: hand-overs, the calls to workers, words in between, workers' PINs."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
ID = sa.String(length=32)


def _ref(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}", initially="DEFERRED", deferrable=True
    )


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "handovers",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=True),
        sa.Column("household_id", ID, nullable=True),
        sa.Column("resident_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("heard", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("leased_by", sa.String(length=64), nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("accepted_by", ID, nullable=True),
        sa.Column("joined_at", MOMENT, nullable=True),
        sa.Column("parted_at", MOMENT, nullable=True),
        sa.Column("resident_left_at", MOMENT, nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        _ref("handovers", "session_id", "sessions"),
        _ref("handovers", "ticket_id", "tickets"),
        _ref("handovers", "household_id", "households"),
        _ref("handovers", "resident_id", "residents"),
        _ref("handovers", "accepted_by", "workers"),
        sa.PrimaryKeyConstraint("id", name="pk_handovers"),
        sa.UniqueConstraint("session_id", name="uq_handovers_session_id"),
    )
    op.create_index("ix_handovers_status_due_at", "handovers", ["status", "due_at"])
    op.create_index("ix_handovers_ticket_id", "handovers", ["ticket_id"])
    op.create_index("ix_handovers_household_id", "handovers", ["household_id"])
    op.create_table(
        "handover_rings",
        sa.Column("id", ID, nullable=False),
        sa.Column("handover_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("worker_id", ID, nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("dialled_at", MOMENT, nullable=False),
        sa.Column("rang_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("proven_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        _ref("handover_rings", "handover_id", "handovers"),
        _ref("handover_rings", "worker_id", "workers"),
        sa.PrimaryKeyConstraint("id", name="pk_handover_rings"),
        sa.UniqueConstraint("handover_id", "number", name="uq_handover_rings_handover_id_number"),
    )
    op.create_index("ix_handover_rings_worker_id", "handover_rings", ["worker_id"])
    under_way = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_handover_rings_under_way",
        "handover_rings",
        ["handover_id"],
        unique=True,
        sqlite_where=under_way,
        postgresql_where=under_way,
    )
    op.create_table(
        "handover_words",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("handover_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.String(length=12), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        _ref("handover_words", "handover_id", "handovers"),
        sa.PrimaryKeyConstraint("id", name="pk_handover_words"),
    )
    op.create_index("ix_handover_words_handover_id", "handover_words", ["handover_id"])
    op.create_table(
        "worker_pins",
        sa.Column("worker_id", ID, nullable=False),
        sa.Column("pin_hash", sa.String(length=255), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        _ref("worker_pins", "worker_id", "workers"),
        sa.PrimaryKeyConstraint("worker_id", name="pk_worker_pins"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("worker_pins", "handover_words", "handover_rings", "handovers"):
        op.drop_table(table)
