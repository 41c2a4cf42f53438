"""What is known of the other measures: alliances, stations, schools, outlets, fairs, licences."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from app.rules.dates import shift
from app.services.sampling.draws import known

if TYPE_CHECKING:
    from app.services.sampling.draws import Draws
    from app.services.sampling.yanhu.organisations import Organisations

FIRST_ALLIANCES = date(2017, 3, 1)
TRANSFER_EDGES = (9, 10, 11)


def standing(of: Organisations, as_of: date) -> dict[str, pl.Series]:
    """Facts by name; each group is known of those whom it concerns, and of some others."""
    draws = of.draws
    concerned = {
        "open_licensing": of.is_any("research_institute", "university", "state_owned_enterprise"),
        "alliance": of.is_any("ip_alliance"),
        "brand_station": of.is_any("brand_station"),
        "education_school": of.is_any("school"),
    }
    found = {
        "open_licensing.transfers_to_district_smes": _transfers(draws),
        "alliance.follows_guide": draws.chance("follows_guide", 0.9),
        "alliance.filed": draws.chance("filed", 0.8),
        "alliance.operating_since": _since(draws, as_of),
        "alliance.appraised_outstanding": draws.chance("appraised", 0.2),
        "brand_station.outstanding": draws.chance("outstanding", 0.15),
        "education_school.demonstration_level": draws.weighted(
            "demonstration", {"national": 1, "provincial": 4, "none": 95}
        ),
    }
    for name, column in found.items():
        strangers = ~concerned[name.split(".", 1)[0]] & draws.chance(f"{name}:elsewhere", 0.9)
        found[name] = known(column, strangers | draws.chance(f"{name}:unknown", 0.06))
    return found | _of_anyone(of) | {"exhibition_awards": _exhibition_awards(of)}


def _of_anyone(of: Organisations) -> dict[str, pl.Series]:
    draws = of.draws
    agencies = of.is_any("service_agency")
    outlet = draws.weighted("outlet:agency", {"national": 3, "provincial": 12, "none": 85}).zip_with(
        agencies, draws.weighted("outlet", {"national": 1, "provincial": 4, "none": 995})
    )
    found = {
        "pledge_financing.provincial_subsidy_received": draws.chance("subsidised", 0.05),
        "brand_plan.newly_recognised": draws.chance("brand_plan", 0.006),
        "service_outlet.recognised_level": outlet,
        "exhibition.own_brand": draws.chance("own_brand", 0.07),
        "ip_management.certified": draws.chance("certified", 0.02),
    }
    return {name: known(column, draws.chance(f"{name}:unknown", 0.1)) for name, column in found.items()}


def _transfers(draws: Draws) -> pl.Series:
    edge = draws.pick("transfers:edge", pl.Series(TRANSFER_EDGES))
    return edge.zip_with(draws.chance("transfers:at", 0.2), draws.heavy("transfers", 5) - 1)


def _since(draws: Draws, as_of: date) -> pl.Series:
    """Any day since the first alliances, a fifth of them a year before the day that counts, give or take a day."""
    before = draws.below("since", (as_of - FIRST_ALLIANCES).days)
    edge = (as_of - shift(as_of, -1, "year")).days + draws.between("since:edge", -1, 1)
    ago = edge.zip_with(draws.chance("since:at", 0.2), before)
    return (_days(as_of) - ago).cast(pl.Int32).cast(pl.Date)


def _days(day: date) -> int:
    """Days since 1970, as Polars counts them."""
    return (day - date(1970, 1, 1)).days


def _exhibition_awards(of: Organisations) -> pl.Series:
    def fields(draws: Draws, _: pl.Series) -> list[pl.Series]:
        event = draws.weighted(
            "event", {"china_trademark_festival": 45, "international_expo": 40, "other": 15}
        )
        return [
            known(event, draws.chance("event:unknown", 0.05)).alias("event"),
            known(draws.chance("own", 0.85), draws.chance("own:unknown", 0.1)).alias("own_brand"),
            known(draws.chance("won", 0.6), draws.chance("won:unknown", 0.1)).alias("won"),
        ]

    sizes = of.draws.among("exhibition:size", (978, 17, 5)).cast(pl.Int64)
    return of.draws.lists(
        "exhibition_awards", known(sizes, of.draws.chance("exhibition:unknown", 0.15)), fields
    )
