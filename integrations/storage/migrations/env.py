"""How Alembic runs a migration here: on the connection it is given, inside that connection's transaction."""

from alembic import context
from sqlalchemy import Connection

from integrations.storage.models import Row

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Row.metadata, render_as_batch=True)
context.run_migrations()
