"""`duixian keys`: what cannot be asked over HTTP, as nobody has a key yet."""

from __future__ import annotations

import asyncio
import sys

import typer

from app.database_address import database_address
from app.settings import read_settings

keys_app = typer.Typer(help="API keys.", no_args_is_help=True)

_NOT_POSSIBLE = 1


@keys_app.command()
def create_admin() -> None:
    """Make a live administrator's key and print it, once. Make all others with it: POST /v1/keys."""
    from psycopg import OperationalError as NotThere
    from sqlalchemy.exc import SQLAlchemyError

    try:
        secret = asyncio.run(_make(database_address(read_settings())))
    except (SQLAlchemyError, NotThere, OSError) as error:
        sys.stderr.write(
            f"The database does not answer, or is not migrated ({type(error).__name__}). "
            "Set DUIXIAN_DATABASE_URL, or DUIXIAN_DATA of a service that runs.\n"
        )
        raise typer.Exit(_NOT_POSSIBLE) from None
    sys.stdout.write(secret + "\n")


async def _make(url: str) -> str:
    from app.services.first_key import another_admin_key
    from app.store.database import open_database

    engine = open_database(url, pool_size=1)
    try:
        return await another_admin_key(engine)
    finally:
        await engine.dispose()
