"""Runs the steps on the connection that `app.store.migrating` hands over, in one transaction."""

from alembic import context

from app.store import METADATA


def is_ours(name: str | None, _kind: str, _parents: object) -> bool:
    """The queue's tables belong to its library."""
    return name is None or not name.startswith("procrastinate_")


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    compare_server_default=True,
    include_name=is_ours,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
