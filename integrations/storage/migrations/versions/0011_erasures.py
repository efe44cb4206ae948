"""Whose data were deleted; while that is under way, the events of their sessions may be deleted, and no others."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ERASING = (
    "EXISTS (SELECT 1 FROM erasures JOIN sessions ON sessions.resident_id = erasures.resident_id "
    "WHERE sessions.id = OLD.session_id AND erasures.finished_at IS NULL)"
)
OLD_SQLITE = (
    "CREATE TRIGGER events_not_deleted BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events is append-only'); END"
)
NEW_SQLITE = (
    f"CREATE TRIGGER events_not_deleted BEFORE DELETE ON events WHEN NOT {ERASING} "
    "BEGIN SELECT RAISE(ABORT, 'events is append-only'); END"
)
NEW_FUNCTION = (
    "CREATE FUNCTION linyin_event_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF {ERASING} THEN RETURN OLD; END IF; RAISE EXCEPTION 'events is append-only'; END $$"
)
POSTGRES = "CREATE TRIGGER events_not_deleted BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION {}()"


def upgrade() -> None:
    """Create the table, and let the trigger know it."""
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("resident_id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_erasures_resident_id_residents"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_resident_id"), "erasures", ["resident_id"])
    if op.get_bind().dialect.name == "sqlite":
        _run("DROP TRIGGER events_not_deleted", NEW_SQLITE)
    else:
        drop = "DROP TRIGGER events_not_deleted ON events"
        _run(NEW_FUNCTION, drop, POSTGRES.format("linyin_event_delete"))


def downgrade() -> None:
    """The trigger as it was, and no table."""
    if op.get_bind().dialect.name == "sqlite":
        _run("DROP TRIGGER events_not_deleted", OLD_SQLITE)
    else:
        drop = "DROP TRIGGER events_not_deleted ON events"
        _run(drop, POSTGRES.format("linyin_append_only"), "DROP FUNCTION linyin_event_delete()")
    op.drop_index(op.f("ix_erasures_resident_id"), table_name="erasures")
    op.drop_table("erasures")


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)
