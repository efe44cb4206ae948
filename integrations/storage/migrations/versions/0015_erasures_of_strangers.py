"""Talks of people whom the registry does not know may be deleted too; while that is under way, their events may."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

OF_RESIDENT = (
    "EXISTS (SELECT 1 FROM erasures JOIN sessions ON sessions.resident_id = erasures.resident_id "
    "WHERE sessions.id = OLD.session_id AND erasures.finished_at IS NULL)"
)
OF_STRANGER = (
    "EXISTS (SELECT 1 FROM stranger_erasures WHERE stranger_erasures.session_id = OLD.session_id "
    "AND stranger_erasures.finished_at IS NULL)"
)
SQLITE = (
    "CREATE TRIGGER events_not_deleted BEFORE DELETE ON events WHEN NOT {} "
    "BEGIN SELECT RAISE(ABORT, 'events is append-only'); END"
)
POSTGRES = (
    "CREATE OR REPLACE FUNCTION linyin_event_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF {} THEN RETURN OLD; END IF; RAISE EXCEPTION 'events is append-only'; END $$"
)


def upgrade() -> None:
    """Create the table, and let the trigger know it."""
    op.create_table(
        "stranger_erasures",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("session_id", sa.String(32), nullable=False),
        sa.Column("ticket_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["tickets.id"],
            name=op.f("fk_stranger_erasures_ticket_id_tickets"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stranger_erasures")),
    )
    op.create_index(op.f("ix_stranger_erasures_session_id"), "stranger_erasures", ["session_id"])
    op.create_index(op.f("ix_stranger_erasures_ticket_id"), "stranger_erasures", ["ticket_id"])
    _allow(f"({OF_RESIDENT} OR {OF_STRANGER})")


def downgrade() -> None:
    """The trigger as it was, and no table."""
    _allow(OF_RESIDENT)
    op.drop_index(op.f("ix_stranger_erasures_ticket_id"), table_name="stranger_erasures")
    op.drop_index(op.f("ix_stranger_erasures_session_id"), table_name="stranger_erasures")
    op.drop_table("stranger_erasures")


def _allow(when: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TRIGGER events_not_deleted")
        connection.exec_driver_sql(SQLITE.format(when))
    else:
        connection.exec_driver_sql(POSTGRES.format(when))
