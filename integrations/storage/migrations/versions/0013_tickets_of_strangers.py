"""A ticket may stand without a household: whoever raised it is not in the registry, and left a number and a name."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

COLUMNS = ("caller_phone", "caller_name")


def upgrade() -> None:
    """No household is needed; who called is kept sealed."""
    _rebuilt(nullable=True)


def downgrade() -> None:
    """The table as it was; tickets without a household cannot stay in it."""
    op.execute(
        "UPDATE handovers SET ticket_id = NULL WHERE ticket_id IN (SELECT id FROM tickets WHERE household_id IS NULL)"
    )
    op.execute("DELETE FROM tickets WHERE household_id IS NULL")
    if op.get_bind().dialect.name == "postgresql":  # a table whose rows are still to be checked is not altered
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _rebuilt(nullable=False)


def _rebuilt(*, nullable: bool) -> None:
    """SQLite builds the table anew; what points at its rows is taken off and put back, or their deletion counts."""
    copied = op.get_bind().dialect.name == "sqlite"
    if copied:
        op.execute("CREATE TEMPORARY TABLE handed_over AS SELECT id, ticket_id FROM handovers")
        op.execute("UPDATE handovers SET ticket_id = NULL")
    with op.batch_alter_table("tickets") as tickets:
        tickets.alter_column("household_id", existing_type=sa.String(32), nullable=nullable)
        for name in COLUMNS:
            if nullable:
                tickets.add_column(sa.Column(name, sa.LargeBinary(), nullable=True))
            else:
                tickets.drop_column(name)
    if copied:
        op.execute(
            "UPDATE handovers SET ticket_id = (SELECT ticket_id FROM handed_over WHERE handed_over.id = handovers.id)"
        )
        op.execute("DROP TABLE handed_over")
