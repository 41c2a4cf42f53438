"""Which policies a command decides by: those that are published, or those of the folder; and saying so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple, NoReturn

import typer
from rich.markup import escape

from app.ending import WRONG_INPUT, fail
from app.records_cli import with_database
from app.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

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
    folder: Path | None
    """None: the database."""

    def tell(self, console: Console, policy: Policy) -> None:
        """Which text decides: id, version, digest and where it is from."""
        place = "as published" if self.folder is None else f"from {self.folder}"
        told = f"{policy.id} {policy.version} {policy.digest}, {place}"
        console.print(escape(told), soft_wrap=True, highlight=False)

    def lacks(self, policy_id: str) -> NoReturn:
        """There is no such policy among them."""
        where = "that is published" if self.folder is None else f"in {self.folder}"
        no_such_policy(policy_id, self.policies.ids, where)

    def in_force_or_latest(self, policy_id: str) -> Policy:
        """The version in force today, else the one that came into force last. Raises NoSuchPolicy."""
        from app.services.legal_day import legal_day
        from app.services.published_policies import NotInForce

        try:
            return self.policies.in_force(policy_id, legal_day()).policy
        except NotInForce:
            return self.policies.latest(policy_id).policy


def no_such_policy(policy_id: str, known: Iterable[str], where: str) -> NoReturn:
    """End the command, with the nearest right name."""
    from app.rules.language.lexing import nearest

    near = nearest(policy_id, tuple(known))
    hint = f" Did you mean {near}?" if near else ""
    fail(f"There is no policy {policy_id!r} {where}.{hint}", WRONG_INPUT)


def policies_of(published: bool | None) -> Source:
    """As the option says. Raises PackErrors, LedgerKeysMoved and NoPolicies; what the database refuses ends it."""
    from app.services.published_policies import PublishedPolicies

    settings = read_settings()
    if published is None:
        published = settings.database_url is not None
    if published:
        return Source(published_now(), None)
    return Source(PublishedPolicies.in_folder(settings.policies), settings.policies)


def published_now() -> PublishedPolicies:
    """What the service answers by at this moment: one moment for the whole command."""
    from app.services.published_policies import PublishedPolicies
    from app.services.publishing.following import followed

    image = PublishedPolicies.in_folder(read_settings().policies)
    return with_database(lambda engine: followed(engine, image)).now
