"""How alembic runs here: over a connection that the caller opened."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=context.config.attributes.get("tables"))
with context.begin_transaction():
    context.run_migrations()
