"""What the public may see of awards under notice: who, for what and how much, and until when to object."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from app.rules.money import format_yuan
from app.rules.procedure.masking import mask_name
from app.services.applications.binding import by_digest
from app.services.applications.official_name import official_name
from app.services.instants import day_of, now
from app.store import public_notices
from app.store.acting import EVERYTHING, Sight, acting

if TYPE_CHECKING:
    from app.rules.policy import Words
    from app.services.office import Office
    from app.store.public_notices import NoticeRow, PublicAward

_SOLE_TRADER = "92"
"""How the codes of sole traders begin; the names of most hold a person's."""


async def listed(office: Office, after: str | None, limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """A page of live notices that are open today, the first to end first, and the position to go on from."""
    start = None if after is None else _position(after)
    async with acting(office.engine, Sight("live", EVERYTHING)) as connection:
        rows = await public_notices.page(connection, "live", day_of(now()), start, limit + 1)
        page = rows[:limit]
        awards = await public_notices.awards_of(connection, [row.id for row in page])
        titles: dict[tuple[str, str], Words] = {}
        for digest in {row.policy_digest for row in page}:
            policy = (await by_digest(office, connection, digest)).policy
            titles |= {(digest, measure.id): measure.title for measure in policy.measures}
    items = [
        _form(row, [_award(one, row, titles) for one in awards if one.application == row.id]) for row in page
    ]
    last = page[-1] if len(rows) > limit else None
    return items, None if last is None else f"{last.public_last_day.isoformat()} {last.id}"


def _position(text: str) -> tuple[date, str]:
    day, _, application = text.partition(" ")
    return date.fromisoformat(day), application


def _form(row: NoticeRow, awards: list[dict[str, Any]]) -> dict[str, Any]:
    name = official_name(row.organisation, row.applicant["name"])
    return {
        "application": row.id,
        "organisation": mask_name(name) if row.uscc.startswith(_SOLE_TRADER) else name,
        "policy": row.policy,
        "year": row.year,
        "awards": awards,
        "from": row.public_from.isoformat(),
        "last_day": row.public_last_day.isoformat(),
    }


def _award(one: PublicAward, row: NoticeRow, titles: dict[tuple[str, str], Words]) -> dict[str, Any]:
    title = titles[row.policy_digest, one.measure]
    return {
        "measure": one.measure,
        "title": {"zh": title.zh, "en": title.en},
        "amount": format_yuan(one.amount),
    }
