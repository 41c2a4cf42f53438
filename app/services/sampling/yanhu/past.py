"""What the organisations were paid before, and by whom: some of it for the very things that they ask for now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.rules.columns.schema import history_keys
from app.services.sampling.draws import known
from app.services.sampling.yanhu.rights import numbered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.policy import Policy
    from app.services.sampling.draws import Draws
    from app.services.sampling.yanhu.organisations import Organisations

PAID = {
    "patent-grants": (400, 200_000_00),
    "patent-award-match": (80, 30_000_00),
    "navigation": (60, 200_000_00),
    "open-licensing": (20, 100_000_00),
    "alliance-founding": (20, 300_000_00),
    "alliance-appraisal": (15, 200_000_00),
    "pledge-financing": (180, 150_000_00),
    "gi-trademark": (60, 12_000_00),
    "brand-station": (15, 20_000_00),
    "exhibition-award": (50, 30_000_00),
    "brand-plan": (50, 50_000_00),
    "education-school": (15, 20_000_00),
    "service-outlet": (35, 50_000_00),
}
"""How often history has an award of a measure, and its usual amount in fen."""
ITEMS = {"patent-award-match": "ZJ", "navigation": "XM", "gi-trademark": "SB"}
BY_LEVEL = ("education-school", "service-outlet")
ENTRIES, OF_OTHERS = (70, 22, 6, 2), (985, 12, 2, 1)
"""How many awards have those who ask for something now, and those who do not."""
FUNDS, OF_OTHERS_FUNDS = (75, 20, 5), (990, 8, 2)


def asked(columns: Mapping[str, pl.Series]) -> pl.Series:
    """The measure that an organisation most plainly asks for now, null where it asks for none; rare ones first."""
    facts = pl.DataFrame([column.alias(name) for name, column in columns.items()])
    lists = {"navigation": "navigation_projects", "patent-award-match": "patent_awards"}
    lists |= {"pledge-financing": "pledge_loans", "gi-trademark": "gi_trademarks"}
    lists |= {"exhibition-award": "exhibition_awards"}
    asks = {measure: pl.col(name).list.len() > 0 for measure, name in lists.items()}
    asks["alliance-founding"] = pl.col("alliance.filed")
    asks["education-school"] = pl.col("education_school.demonstration_level") != "none"
    asks["service-outlet"] = pl.col("service_outlet.recognised_level") != "none"
    asks["open-licensing"] = pl.col("open_licensing.transfers_to_district_smes") > 0
    asks["patent-grants"] = pl.col("patents.granted") > 0
    asks["brand-plan"] = pl.col("brand_plan.newly_recognised")
    first = pl.coalesce(pl.when(test).then(pl.lit(measure)) for measure, test in asks.items())
    return facts.select(first.alias("asked")).to_series()


def history_of(policy: Policy, of: Organisations, asks: pl.Series, year: int) -> pl.Series:
    """Awards of this year and of the years before, under measures that the policy still has."""
    paid = {m.id: PAID[m.id] for m in policy.measures if m.id in PAID}
    of_measure = {measure: amount for measure, (_, amount) in paid.items()}
    asks = known(asks, ~asks.is_in(list(paid)).fill_null(value=False))
    keys = history_keys(policy)

    def fields(draws: Draws, _: pl.Series) -> list[pl.Series]:
        any_measure = draws.weighted("measure", {measure: weight for measure, (weight, _) in paid.items()})
        own = asks.gather(draws.rows - of.first)
        measure = own.zip_with(own.is_not_null() & draws.chance("own", 0.75), any_measure)
        amount = measure.replace_strict(list(of_measure), list(of_measure.values()), return_dtype=pl.Int64)
        share = draws.weighted("share", {"1": 70, "2": 20, "3": 10}).cast(pl.Int64)
        columns = [
            measure.alias("measure"),
            (year - draws.among("year", (35, 40, 15, 10)).cast(pl.Int64)).alias("year"),
            (amount // share).alias("amount"),
            _item(draws, measure).alias("item"),
            _loans(draws, measure).alias("items"),
        ]
        project = numbered("XM", draws.rows, draws.below("project", 2))
        unnamed = (measure != "patent-award-match") | draws.chance("project:none", 0.4)
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(draws))
        given = {"project": known(project, unnamed)}
        if keys:
            struct = pl.DataFrame([given.get(key, nothing).alias(key) for key in keys])
            columns.append(struct.select(pl.struct(pl.all()).alias("keys")).to_series())
        return columns

    sizes = of.draws.among("history:size", ENTRIES).zip_with(
        asks.is_not_null(), of.draws.among("history:others", OF_OTHERS)
    )
    return of.draws.lists("history", sizes.cast(pl.Int64), fields)


def _item(draws: Draws, measure: pl.Series) -> pl.Series:
    """The item's id, as it is asked for now or as somebody typed it then; the level; or nothing."""
    position = draws.below("item", 2)
    level = draws.weighted("item:level", {"national": 30, "provincial": 70})
    found = known(level, ~measure.is_in(BY_LEVEL))
    for name, prefix in ITEMS.items():
        own = numbered(prefix, draws.rows, position)
        typed = own.str.to_lowercase().str.replace_all("-", "－", literal=True)
        found = typed.zip_with(draws.chance(f"{name}:typed", 0.15), own).zip_with(measure == name, found)
    return found


def _loans(draws: Draws, measure: pl.Series) -> pl.Series:
    """The loans that a subsidy counted."""
    loan = numbered("DK", draws.rows, draws.below("loan", 2))
    lists = pl.DataFrame({"loan": loan}).select(pl.concat_list("loan")).to_series()
    return known(lists, (measure != "pledge-financing") | draws.chance("loan:none", 0.3))


def funding_of(of: Organisations, asks: pl.Series) -> pl.Series:
    """Support from elsewhere, some of it by the district for a project of one's own."""

    def fields(draws: Draws, _: pl.Series) -> list[pl.Series]:
        sources = {"district": 45, "municipal": 20, "provincial": 25, "national": 5, "other": 5}
        project = numbered("XM", draws.rows, draws.below("project", 2))
        return [
            draws.weighted("source", sources).alias("source"),
            known(project, draws.chance("project:none", 0.4)).alias("project"),
            (draws.between("amount", 1, 200) * 1_000_00).alias("amount"),
        ]

    sizes = of.draws.among("funding:size", FUNDS).zip_with(
        asks.is_in(["navigation", "patent-award-match"]).fill_null(value=False),
        of.draws.among("funding:others", OF_OTHERS_FUNDS),
    )
    return of.draws.lists("other_funding", sizes.cast(pl.Int64), fields)
