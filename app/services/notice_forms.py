"""A year's notice as the catalogue shows it, and what it changes of a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.money import format_yuan
from app.services.measure_forms import parameter_form, requirement_forms, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.rules.policy import Measure, Notice, Policy


def notice_form(notice: Notice) -> dict[str, Any]:
    """What the notice says of itself, and which measures it does not open."""
    window = notice.window
    return {
        "year": notice.year,
        "published": notice.published.isoformat(),
        "window": None if window is None else {"from": window[0].isoformat(), "to": window[1].isoformat()},
        "closed": [measure.id for measure in notice.policy.measures if measure.id in notice.closed],
        "materials": [{"text": words(one.says), "measures": list(one.measures)} for one in notice.materials],
    }


def reviews(measure: Measure, notices: Iterable[Notice]) -> list[dict[str, Any]]:
    """The notes for legal review of one measure."""
    return [
        {"year": notice.year, "text": words(notice.review[measure.id])}
        for notice in notices
        if measure.id in notice.review
    ]


def changes(measure: Measure, policy: Policy, notices: Iterable[Notice]) -> Iterator[dict[str, Any]]:
    """What each notice changes of one measure; nothing for those that leave it as it is."""
    for notice in notices:
        noticed = notice.policy.measure(measure.id)
        assert noticed is not None
        closed = measure.id in notice.closed
        maximum = notice.maximum.get(measure.id)
        if noticed is measure and not closed and maximum is None:
            continue
        parameters = [
            parameter_form(one)
            for name, one in noticed.parameters.items()
            if name in measure.parameters and one != measure.parameters[name]
        ]
        # Added requirements stand behind the measure's own; that it is closed stands before them.
        own = len(measure.require) + (closed and measure.evaluated)
        yield {
            "year": notice.year,
            "closed": closed,
            "parameters": parameters,
            "requirements": requirement_forms(noticed.require[own:], measure, policy),
            "maximum": None if maximum is None else format_yuan(maximum),
        }
