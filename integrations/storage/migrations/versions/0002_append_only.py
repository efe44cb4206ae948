"""Events and the audit chain are append-only: the database itself refuses to change or delete them.

One thing may change: the sealed payload of an event while a change of key is under way, nothing else of it.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

SAME = "NEW.{0} = OLD.{0}"
ROTATING = "EXISTS (SELECT 1 FROM key_rotations WHERE finished_at IS NULL)"
ONLY_PAYLOAD = " AND ".join(SAME.format(name) for name in ("id", "session_id", "turn", "ordinal", "at", "type"))

SQLITE = (
    "CREATE TRIGGER audit_not_updated BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
    "CREATE TRIGGER audit_not_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
    f"CREATE TRIGGER events_not_updated BEFORE UPDATE ON events WHEN NOT ({ROTATING} AND {ONLY_PAYLOAD}) "
    "BEGIN SELECT RAISE(ABORT, 'events is append-only'); END",
    "CREATE TRIGGER events_not_deleted BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events is append-only'); END",
)
SQLITE_BACK = tuple(
    f"DROP TRIGGER {name}"
    for name in ("audit_not_updated", "audit_not_deleted", "events_not_updated", "events_not_deleted")
)

POSTGRES = (
    "CREATE FUNCTION linyin_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
    "CREATE FUNCTION linyin_event_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF {ROTATING} AND {ONLY_PAYLOAD} THEN RETURN NEW; END IF; "
    "RAISE EXCEPTION 'events is append-only'; END $$",
    "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION linyin_append_only()",
    "CREATE TRIGGER audit_not_truncated BEFORE TRUNCATE ON audit EXECUTE FUNCTION linyin_append_only()",
    "CREATE TRIGGER events_not_updated BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION linyin_event_update()",
    "CREATE TRIGGER events_not_deleted BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION linyin_append_only()",
    "CREATE TRIGGER events_not_truncated BEFORE TRUNCATE ON events EXECUTE FUNCTION linyin_append_only()",
)
POSTGRES_BACK = (
    "DROP TRIGGER audit_append_only ON audit",
    "DROP TRIGGER audit_not_truncated ON audit",
    "DROP TRIGGER events_not_updated ON events",
    "DROP TRIGGER events_not_deleted ON events",
    "DROP TRIGGER events_not_truncated ON events",
    "DROP FUNCTION linyin_event_update()",
    "DROP FUNCTION linyin_append_only()",
)


def upgrade() -> None:
    """Create the triggers."""
    _run(SQLITE, POSTGRES)


def downgrade() -> None:
    """Drop the triggers."""
    _run(SQLITE_BACK, POSTGRES_BACK)


def _run(sqlite: tuple[str, ...], postgres: tuple[str, ...]) -> None:
    connection = op.get_bind()
    for statement in sqlite if connection.dialect.name == "sqlite" else postgres:
        connection.exec_driver_sql(statement.replace("%", "%%") if connection.dialect.name != "sqlite" else statement)
