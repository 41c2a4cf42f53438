"""What a match goes by: which measures can be offered, for which years, until when."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from app.rules.procedure.offers import OFFERED_KINDS
from app.services.applications.binding import check_year
from app.services.instants import SHANGHAI
from app.services.refusals import Refusal

if TYPE_CHECKING:
    from datetime import date

    from app.rules.policy import Policy
    from app.services.published_policies import PublishedPolicy


def offerable(published: PublishedPolicy) -> tuple[str, ...]:
    """The measures that the text itself gives, in catalogue order; those under legal review are for officers."""
    review = () if published.notice is None else published.notice.review
    return tuple(
        measure.id
        for measure in published.policy.measures
        if measure.award.kind in OFFERED_KINDS and measure.id not in review and measure.allotment is None
    )


def is_open(policy: Policy, year: int, day: date) -> bool:
    """Whether applications of the year are taken on the day: what is offered must be possible to ask for."""
    try:
        check_year(policy, year, day)
    except Refusal:
        return False
    return True


def open_years(policy: Policy, day: date) -> tuple[int, ...]:
    """The years for which the register is matched on the day."""
    years = [notice.year for notice in policy.notices] if policy.notices else [day.year]
    return tuple(year for year in years if is_open(policy, year, day))


def end_of_offer(published: PublishedPolicy, day: date, days: int) -> datetime:
    """The instant at which an offer of the day ends: the last day is counted whole, and is in the window."""
    last = day + timedelta(days=days)
    if published.notice is not None and published.notice.window is not None:
        last = min(last, published.notice.window[1])
    return datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
