"""What the register says of organisations, policy by policy: one row each, replaced as a whole."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, func, select, text

from app.store.tables.offers import organisation_facts as _facts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class FactsRow:
    """The facts of one organisation for one policy and year, as the policy's reader understood them."""

    mode: str
    organisation: str
    policy: str
    year: int
    """The year that they are of."""
    applicant: dict[str, Any]
    """Without name, code and credit, which the register and the records say."""
    facts: dict[str, Any]
    stated_on: date
    source: str
    digest: str
    """`sha256:` over all of the above but the organisation."""
    keys: tuple[str, ...]
    """The claims and projects that the items name, whoever may hold them."""
    recorded_by: str
    recorded_at: datetime


def ground_of(digest: str, name: str, kind: str | None) -> str:
    """`sha256:` over the digest of an organisation's facts, its name and its kind."""
    ground = f"{digest}\n{name}\n{kind or ''}"
    return f"sha256:{hashlib.sha256(ground.encode()).hexdigest()}"


_NAMES = tuple(field.name for field in fields(FactsRow))
_COLUMNS = tuple(_facts.c[name] for name in _NAMES)
_OWN = ("mode", "organisation", "policy")
# One statement for many rows: a file has a hundred thousand.
_PUT = text(
    f"INSERT INTO organisation_facts ({', '.join(_NAMES)}) SELECT {', '.join(_NAMES)}"  # noqa: S608 - our own column names
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (mode text, organisation text, policy text, year integer,"
    " applicant jsonb, facts jsonb, stated_on date, source text, digest text, keys text[], recorded_by text,"
    " recorded_at timestamptz) ON CONFLICT (mode, organisation, policy) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _NAMES if name not in _OWN)
)
_GROUND = text("SELECT register_ground(:mode, :organisation, :policy)")


async def put(connection: AsyncConnection, rows: Sequence[FactsRow]) -> None:
    """Keep them in place of what there was. The organisations are locked."""
    if rows:
        await connection.execute(_PUT, {"rows": orjson.dumps([asdict(row) for row in rows]).decode()})


async def remove(connection: AsyncConnection, mode: str, organisation: str, policy: str) -> None:
    await connection.execute(
        delete(_facts).where(
            _facts.c.mode == mode, _facts.c.organisation == organisation, _facts.c.policy == policy
        )
    )


async def of_organisations(
    connection: AsyncConnection, mode: str, organisations: Sequence[str], policy: str | None = None
) -> tuple[FactsRow, ...]:
    """The facts of these organisations, for one policy or all, in order of organisation and policy."""
    wanted = [_facts.c.mode == mode, _facts.c.organisation.in_(organisations)]
    if policy is not None:
        wanted.append(_facts.c.policy == policy)
    rows = await connection.execute(
        select(*_COLUMNS).where(*wanted).order_by(_facts.c.organisation, _facts.c.policy)
    )
    return tuple(_of(row) for row in rows)


async def ground(connection: AsyncConnection, mode: str, organisation: str, policy: str) -> str | None:
    """What an offer would rest on now, as `ground_of` has it; for a platform too, which does not see the facts."""
    found: str | None = await connection.scalar(
        _GROUND, {"mode": mode, "organisation": organisation, "policy": policy}
    )
    return found


async def count(connection: AsyncConnection, mode: str, policy: str, year: int) -> int:
    """How many organisations have facts for the policy and year."""
    wanted = (_facts.c.mode == mode, _facts.c.policy == policy, _facts.c.year == year)
    return int(await connection.scalar(select(func.count()).select_from(_facts).where(*wanted)) or 0)


async def behind(
    connection: AsyncConnection, mode: str, policy: str, year: int, position: str | None, most: int
) -> tuple[str, ...]:
    """The next organisations with facts for the policy and year, in order of id."""
    wanted = [_facts.c.mode == mode, _facts.c.policy == policy, _facts.c.year == year]
    if position is not None:
        wanted.append(_facts.c.organisation > position)
    found = await connection.scalars(
        select(_facts.c.organisation).where(*wanted).order_by(_facts.c.organisation).limit(most)
    )
    return tuple(found)


async def take_over(connection: AsyncConnection, mode: str, survivor: str, merged: str) -> None:
    """Two organisations became one: the survivor's own facts stay, and what it has none of comes over."""
    mine = await of_organisations(connection, mode, [survivor, merged])
    known = {row.policy for row in mine if row.organisation == survivor}
    for row in mine:
        if row.organisation != merged:
            continue
        if row.policy in known:
            await remove(connection, mode, merged, row.policy)
        else:
            await connection.execute(
                _facts.update()
                .where(
                    _facts.c.mode == mode,
                    _facts.c.organisation == merged,
                    _facts.c.policy == row.policy,
                )
                .values(organisation=survivor)
            )


def _of(row: Any) -> FactsRow:  # noqa: ANN401 - a row of SQLAlchemy
    values = row._asdict()
    return FactsRow(**{**values, "keys": tuple(values["keys"])})
