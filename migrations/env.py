"""Runs the steps on the connection that `app.store.migrating` hands over, in one transaction."""

from alembic import context

from app.store import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    compare_server_default=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
