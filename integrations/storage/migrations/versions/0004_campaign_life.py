"""Rehearsals, trial calls, messages, follow-up series, imports that can be undone, whose number is dialled."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

PLAIN_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables and columns."""
    op.create_table(
        "imports",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=True),
        sa.Column("counts", PLAIN_JSON, nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_at"), "imports", ["at"], unique=False)
    op.create_table(
        "import_changes",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("import_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("row_id", sa.String(length=32), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
            name=op.f("fk_import_changes_import_id_imports"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_changes")),
    )
    op.create_index(op.f("ix_import_changes_import_id_kind"), "import_changes", ["import_id", "kind"], unique=False)
    op.create_table(
        "series",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("questionnaire", sa.String(length=64), nullable=False),
        sa.Column("days", PLAIN_JSON, nullable=False),
        sa.Column("policy", PLAIN_JSON, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["questionnaire"],
            ["questionnaires.hash"],
            name=op.f("fk_series_questionnaire_questionnaires"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("key", name=op.f("uq_series_key")),
    )
    op.create_table(
        "rehearsals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.Column("predicted", PLAIN_JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_rehearsals_campaign_id_campaigns"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsals")),
    )
    op.create_index(op.f("ix_rehearsals_campaign_id"), "rehearsals", ["campaign_id"], unique=False)
    op.create_table(
        "rehearsal_calls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("rehearsal_id", sa.String(length=32), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("persona", sa.String(length=24), nullable=False),
        sa.Column("disposition", sa.String(length=24), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("lines", PLAIN_JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["rehearsal_id"],
            ["rehearsals.id"],
            name=op.f("fk_rehearsal_calls_rehearsal_id_rehearsals"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsal_calls")),
    )
    op.create_index(op.f("ix_rehearsal_calls_rehearsal_id"), "rehearsal_calls", ["rehearsal_id"], unique=False)
    op.create_table(
        "enrolments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("series_id", sa.String(length=32), nullable=False),
        sa.Column("resident_id", sa.String(length=32), nullable=False),
        sa.Column("household_id", sa.String(length=32), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts.id"],
            name=op.f("fk_enrolments_contact_id_contacts"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["households.id"],
            name=op.f("fk_enrolments_household_id_households"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents.id"],
            name=op.f("fk_enrolments_resident_id_residents"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["series.id"],
            name=op.f("fk_enrolments_series_id_series"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint(
            "series_id", "resident_id", "event_on", name=op.f("uq_enrolments_series_id_resident_id_event_on")
        ),
    )
    op.create_index(op.f("ix_enrolments_resident_id"), "enrolments", ["resident_id"], unique=False)
    op.create_index(
        op.f("ix_enrolments_series_id_state_due_on"), "enrolments", ["series_id", "state", "due_on"], unique=False
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_messages_campaign_id_campaigns"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contacts.id"],
            name=op.f("fk_messages_contact_id_contacts"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("code", name=op.f("uq_messages_code")),
        sa.UniqueConstraint("contact_id", "channel", name=op.f("uq_messages_contact_id_channel")),
    )
    op.create_index(op.f("ix_messages_campaign_id"), "messages", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_messages_status_answer_by"), "messages", ["status", "answer_by"], unique=False)
    op.create_table(
        "trial_calls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("questionnaire", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.String(length=32), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("leased_by", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dialled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disposition", sa.String(length=24), nullable=True),
        sa.Column("session_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_trial_calls_campaign_id_campaigns"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire"],
            ["questionnaires.hash"],
            name=op.f("fk_trial_calls_questionnaire_questionnaires"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_trial_calls_session_id_sessions"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_calls")),
    )
    op.create_index(op.f("ix_trial_calls_status_due_at"), "trial_calls", ["status", "due_at"], unique=False)
    op.add_column("attempts", sa.Column("channel", sa.String(length=8), nullable=False, server_default="voice"))
    op.add_column("campaigns", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("campaigns", sa.Column("approved_by", sa.String(length=32), nullable=True))
    op.add_column("campaigns", sa.Column("launched_by", sa.String(length=32), nullable=True))
    op.add_column("campaigns", sa.Column("series_id", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_campaigns_series_id"), "campaigns", ["series_id"], unique=False)
    op.add_column("households", sa.Column("import_id", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_households_import_id"), "households", ["import_id"], unique=False)
    op.add_column("outbox", sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("residents", sa.Column("calling_hours", PLAIN_JSON, nullable=True))
    op.add_column("residents", sa.Column("family_phone", sa.LargeBinary(), nullable=True))
    op.add_column("residents", sa.Column("family_phone_idx", sa.String(length=64), nullable=True))
    op.add_column("residents", sa.Column("import_id", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_residents_family_phone_idx"), "residents", ["family_phone_idx"], unique=False)
    op.create_index(op.f("ix_residents_import_id"), "residents", ["import_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_campaigns_series_id", "campaigns")
    op.drop_index("ix_households_import_id", "households")
    op.drop_index("ix_residents_family_phone_idx", "residents")
    op.drop_index("ix_residents_import_id", "residents")
    op.drop_column("residents", "import_id")
    op.drop_column("residents", "family_phone_idx")
    op.drop_column("residents", "family_phone")
    op.drop_column("residents", "calling_hours")
    op.drop_column("outbox", "given_up_at")
    op.drop_column("households", "import_id")
    op.drop_column("campaigns", "series_id")
    op.drop_column("campaigns", "launched_by")
    op.drop_column("campaigns", "approved_by")
    op.drop_column("campaigns", "priority")
    op.drop_column("attempts", "channel")
    op.drop_table("trial_calls")
    op.drop_table("messages")
    op.drop_table("enrolments")
    op.drop_table("rehearsal_calls")
    op.drop_table("rehearsals")
    op.drop_table("series")
    op.drop_table("import_changes")
    op.drop_table("imports")
