"""The database's history (Alembic); every step goes both ways."""
