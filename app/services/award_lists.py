"""Awards over all applications, as far as the caller may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.money import format_yuan
from app.rules.procedure.ledger import AwardState
from app.services.applications.forms import award_form
from app.services.office import sight_of
from app.store import award_lists
from app.store.acting import acting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.procedure.callers import Caller
    from app.services.office import Office
    from app.store.award_lists import ListedAward, Sum

_PAID = (AwardState.PAID, AwardState.OWED, AwardState.RECOVERED, AwardState.WRITTEN_OFF)
_ACCOUNTS = ("reserved", "payable", "paid", "owed", "recovered", "written_off")


async def listed(
    office: Office, caller: Caller, filters: Mapping[str, Any], after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of awards, newest first, and the id to go on after; None on the last page."""
    narrowed = dict(filters)
    uscc = narrowed.pop("uscc", None)
    async with acting(office.engine, sight_of(caller)) as connection:
        organisations = (
            None if uscc is None else await award_lists.organisations_of(connection, caller.mode, uscc)
        )
        if organisations is not None and not organisations:
            return [], None
        rows = await award_lists.page(
            connection, caller.mode, caller.platform, narrowed, organisations, after, limit + 1
        )
    page = rows[:limit]
    return [_form(one) for one in page], page[-1].award.id if len(rows) > limit else None


def _form(one: ListedAward) -> dict[str, Any]:
    award = one.award
    return {
        **award_form(award),
        "application": award.application,
        "platform": award.platform,
        "applicant": {"name": one.applicant["name"], "uscc": one.applicant["uscc"]},
        "policy": award.policy,
        "year": award.year,
    }


async def summary(office: Office, caller: Caller, policy: str, year: int) -> dict[str, Any]:
    """What the awards of a policy and year come to: by measure, and in all."""
    async with acting(office.engine, sight_of(caller)) as connection:
        found = await award_lists.sums(connection, caller.mode, caller.platform, policy, year)
    measures: dict[str, list[Sum]] = {}
    for one in found:
        measures.setdefault(one.measure, []).append(one)
    return {
        "policy": policy,
        "year": year,
        "currency": "CNY",
        "measures": [{"measure": measure, **_totals(of)} for measure, of in measures.items()],
        "totals": _totals(found),
    }


def _totals(sums: list[Sum]) -> dict[str, Any]:
    """How many awards are in each state, and the money in each account."""
    fen = dict.fromkeys(_ACCOUNTS, 0)
    states: dict[str, int] = {}
    for one in sums:
        states[one.state] = states.get(one.state, 0) + one.awards
        if one.state == AwardState.RESERVED:
            fen["reserved"] += one.amount
        elif one.state in (AwardState.PAYABLE, AwardState.PAYING):
            fen["payable"] += one.amount
        elif one.state in _PAID:
            fen["paid"] += one.amount - one.clawed_back
            fen["owed"] += one.clawed_back - one.recovered - one.written_off
            fen["recovered"] += one.recovered
            fen["written_off"] += one.written_off
    used = sum(fen.values()) - fen["recovered"]
    return {
        "awards": states,
        **{account: format_yuan(amount) for account, amount in fen.items()},
        "used": format_yuan(used),
    }
