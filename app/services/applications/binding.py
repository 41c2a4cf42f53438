"""Which version of a policy, under which notice, an application is decided by, and whether its window is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.policy import Words
from app.services.refusals import Refusal
from app.services.register_policies import kept_version

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncConnection

    from app.rules.policy import Policy
    from app.services.office import Office
    from app.services.published_policies import PublishedPolicy
    from app.store.applications import ApplicationRow

_COMPILED: dict[str, PublishedPolicy] = {}
"""Versions that are no longer among the served packs, by digest: few, and compiled once."""
_MOST_COMPILED = 64


async def bound_to(
    office: Office, connection: AsyncConnection, row: ApplicationRow, day: date
) -> PublishedPolicy:
    """The version that the application is bound to, or before its first submit the one in force on the day.

    Raises NoSuchPolicy and NotInForce.
    """
    if row.policy_digest is None:
        return office.policies.in_force(row.policy, day).for_year(row.year, day)
    version = await by_digest(office, connection, row.policy_digest)
    # Decided as on its last day where the version has ended: its parameters are those of that day too.
    return version.bound(row.notice, row.year, min(day, version.policy.in_force_to or day))


async def by_digest(office: Office, connection: AsyncConnection, digest: str) -> PublishedPolicy:
    """A version as it was kept, whatever the files say now.

    Raises PolicyNotKept for one that the database does not hold: it was tampered with; and PolicyChanged.
    """
    served = next((one for one in office.policies if one.policy.digest == digest), None)
    if served is not None:
        return served
    found = _COMPILED.get(digest)
    if found is None:
        found = await kept_version(connection, digest)
        if len(_COMPILED) >= _MOST_COMPILED:
            _COMPILED.clear()
        _COMPILED[digest] = found
    return found


def check_year(policy: Policy, year: int, day: date) -> None:
    """Raises `outside-window` unless the year is that of an open notice, or without notices the day's own."""
    if not policy.notices:
        if year != day.year:
            raise Refusal(
                Words(f"只受理 {day.year} 年度的申请", f"Applications are taken for {day.year} only"),
                kind="outside-window",
                year=day.year,
                window=None,
            )
        return
    notice = policy.notice(year, day)
    if notice is None:
        open_years = [one.year for one in policy.notices if one.published <= day]
        raise Refusal(
            Words(f"{year} 年度尚无申报通知", f"There is no notice for {year}"),
            kind="outside-window",
            years=open_years,
            window=None,
        )
    if notice.window is not None and not notice.window[0] <= day <= notice.window[1]:
        first, last = notice.window
        raise Refusal(
            Words(f"申报期为 {first} 至 {last}", f"Applications are taken from {first} to {last}"),
            kind="outside-window",
            year=year,
            window={"from": first.isoformat(), "to": last.isoformat()},
        )
