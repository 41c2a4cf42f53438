"""Where the database is: the one of the settings, or the own one of a service that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.settings import Settings


def database_address(settings: Settings) -> str:
    """The given database, or the one in DUIXIAN_DATA. Raises OSError where there is neither."""
    if settings.database_url is not None:
        return settings.database_url
    # Only where it is needed: an installation with a database of its own has no server in it.
    from app.embedded import EmbeddedPostgres  # noqa: PLC0415

    return EmbeddedPostgres(settings.data).url()
