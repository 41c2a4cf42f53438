"""Which policies a command decides by: those that are published, or those of the folder; and saying so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.markup import escape

from app.records_cli import with_database
from app.settings import read_settings

if TYPE_CHECKING:
    from rich.console import Console

    from app.rules.policy import Policy
    from app.services.published_policies import PublishedPolicies

PublishedOption = Annotated[
    bool | None,
    typer.Option(
        "--published/--folder",
        help="Decide by what is published in the database, or by the packs of the folder alone.",
        show_default="published where DUIXIAN_DATABASE_URL is set",
    ),
]


class Source(NamedTuple):
    """The policies, and where they are from."""

    policies: PublishedPolicies
    place: str

    def tell(self, console: Console, policy: Policy) -> None:
        """Which text decides: id, version, digest and where it is from."""
        told = f"{policy.id} {policy.version} {policy.digest}, {self.place}"
        console.print(escape(told), soft_wrap=True, highlight=False)


def policies_of(published: bool | None) -> Source:
    """As the option says. Raises PackErrors, LedgerKeysMoved and NoPolicies; what the database refuses ends it."""
    from app.services.published_policies import PublishedPolicies

    settings = read_settings()
    if published is None:
        published = settings.database_url is not None
    if published:
        return Source(published_now(), "as published")
    return Source(PublishedPolicies.in_folder(settings.policies), f"from {settings.policies}")


def published_now() -> PublishedPolicies:
    """What the service answers by at this moment: one moment for the whole command."""
    from app.services.published_policies import PublishedPolicies
    from app.services.publishing.following import followed

    image = PublishedPolicies.in_folder(read_settings().policies)
    return with_database(lambda engine: followed(engine, image)).now
