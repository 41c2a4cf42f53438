"""Organisations: found by code, locked by id, whatever row security hides from a platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class Organisation(NamedTuple):
    id: str
    name: str
    made: bool
    """Whether it was made just now."""


async def of_code(
    connection: AsyncConnection, mode: str, uscc: str, *, name: str, kind: str | None, new_id: str
) -> Organisation:
    """The organisation that has the (normalised) code, made if there is none."""
    row = (
        await connection.execute(
            text("SELECT id, name, made FROM organisation_of_code(:mode, :uscc, :name, :kind, :new_id)"),
            {"mode": mode, "uscc": uscc, "name": name, "kind": kind, "new_id": new_id},
        )
    ).one()
    return Organisation(*row)


async def lock(connection: AsyncConnection, mode: str, organisation: str) -> None:
    """Lock the organisation until the transaction ends: every writer of awards and records does, first."""
    await connection.execute(text("SELECT lock_organisation(:mode, :id)"), {"mode": mode, "id": organisation})
