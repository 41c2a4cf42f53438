"""Patents, awards, navigation projects, loans and marks: most organisations have none, a few have many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from app.services.sampling.draws import known

if TYPE_CHECKING:
    from datetime import date

    from app.services.sampling.draws import Draws
    from app.services.sampling.yanhu.organisations import Organisations

PRIZES = pl.Series([0, 10_000_00, 30_000_00, 50_000_00, 100_000_00, 33_333_33, 1])
"""Fen; national awards carry none."""
WHOLE_COSTS = 400_000_00
"""Costs whose half is the most that a year's subsidies come to."""
GRANT_EDGES = (9, 10, 11)
INVENTION_EDGES = (4, 5, 6)


def patents(of: Organisations) -> dict[str, pl.Series]:
    """Counts in the year, parts never above the whole."""
    draws = of.draws
    active = of.is_any("university", "research_institute", "industrial_park")
    share = (
        pl.Series([650, 1_800, 4_500, 7_000])
        .gather(of.place)
        .zip_with(~active, pl.Series([8_000]).new_from_index(0, len(draws)))
    )
    some = draws.chance("patents:some", share)
    tail = draws.heavy("patents:granted", 8, 0.45)
    edge = draws.pick("patents:edge", pl.Series(GRANT_EDGES))
    granted = (edge.zip_with(draws.chance("patents:at", 0.12), tail)) * some.cast(pl.Int64)
    rare = draws.below("invention:a", granted + 1)
    rarer = draws.below("invention:b", rare + 1)
    edges = draws.pick("invention:edge", pl.Series(INVENTION_EDGES))
    invention = _least(edges.zip_with(draws.chance("invention:at", 0.1), rarer), granted)
    high_value = _least(draws.among("high_value", (90, 7, 2, 1)).cast(pl.Int64), invention)
    missing = draws.chance("patents:unknown", 0.12)
    return {
        f"patents.{name}": known(column, missing | draws.chance(f"{name}:unknown", 0.02))
        for name, column in (
            ("granted", granted),
            ("invention_granted", invention),
            ("high_value_granted", high_value),
        )
    }


def _least(one: pl.Series, other: pl.Series) -> pl.Series:
    return one.zip_with(one < other, other)


def numbered(prefix: str, numbers: pl.Series, positions: pl.Series) -> pl.Series:
    """`XM-0000017-2`: the second of the 17th organisation's, the same wherever it is named."""
    return f"{prefix}-" + (numbers + 1).cast(pl.String).str.zfill(7) + "-" + (positions + 1).cast(pl.String)


def _sizes(of: Organisations, name: str, weights: tuple[int, ...], unknown: float) -> pl.Series:
    sizes = of.draws.among(f"{name}:size", weights).cast(pl.Int64)
    return known(sizes, of.draws.chance(f"{name}:unknown", unknown))


def patent_awards(of: Organisations, as_of: date) -> pl.Series:
    def fields(draws: Draws, positions: pl.Series) -> list[pl.Series]:
        level = draws.weighted("level", {"national": 6, "provincial": 50, "municipal": 34, "other": 10})
        category = draws.weighted("category", {"patent": 85, "design": 15})
        amount = draws.pick("amount", PRIZES)
        owners = draws.rows
        name = draws.pick(
            "name", pl.Series(["专利奖一等奖", "专利奖二等奖", "专利奖优秀奖", "外观设计优秀奖"])
        )
        return [
            numbered("ZJ", owners, positions).alias("award_id"),
            (f"{as_of.year - 1} 年度" + name).alias("name"),
            known(level, draws.chance("level:unknown", 0.06)).alias("level"),
            known(category, draws.chance("category:unknown", 0.1)).alias("category"),
            known(draws.chance("first", 0.78), draws.chance("first:unknown", 0.1)).alias("first_unit"),
            known(amount, draws.chance("amount:unknown", 0.08)).alias("amount"),
            known(_project(draws, owners), draws.chance("project:none", 0.5)).alias("project"),
        ]

    return of.draws.lists("patent_awards", _sizes(of, "patent_awards", (962, 30, 6, 2), 0.15), fields)


def navigation_projects(of: Organisations) -> pl.Series:
    def fields(draws: Draws, positions: pl.Series) -> list[pl.Series]:
        excellence = draws.weighted("excellence", {"national": 12, "provincial": 38, "none": 50})
        return [
            numbered("XM", draws.rows, positions).alias("project"),
            known(excellence, draws.chance("excellence:unknown", 0.08)).alias("excellence"),
        ]

    sizes = _sizes(of, "navigation_projects", (985, 12, 3), 0.15)
    return of.draws.lists("navigation_projects", sizes, fields)


def pledge_loans(of: Organisations) -> pl.Series:
    """Loans of enterprises; others know that they have none."""

    def fields(draws: Draws, positions: pl.Series) -> list[pl.Series]:
        interest = draws.between("interest", 1, 300) * 1_234_56 + draws.below("interest:fen", 100)
        exact = WHOLE_COSTS + draws.between("interest:edge", -1, 1)
        interest = exact.zip_with(draws.chance("interest:at", 0.05), interest)
        fee = draws.between("guarantee", 1, 40) * 500_00
        fee = (fee * 0).zip_with(draws.chance("guarantee:none", 0.5), fee)
        appraisal = (fee * 0).zip_with(draws.chance("appraisal:none", 0.4), fee // 3 + 1)
        collateral = draws.weighted(
            "collateral", {"patent": 55, "trademark": 25, "copyright": 10, "other": 10}
        )
        lender = draws.weighted("lender", {"bank": 85, "financial_institution": 10, "other": 5})
        return [
            numbered("DK", draws.rows, positions).alias("loan_id"),
            known(collateral, draws.chance("collateral:unknown", 0.03)).alias("collateral"),
            known(lender, draws.chance("lender:unknown", 0.03)).alias("lender"),
            known(interest, draws.chance("interest:unknown", 0.05)).alias("interest"),
            known(fee, draws.chance("guarantee:unknown", 0.08)).alias("guarantee_fee"),
            known(appraisal, draws.chance("appraisal:unknown", 0.08)).alias("appraisal_fee"),
            known(draws.chance("repaid", 0.9), draws.chance("repaid:unknown", 0.1)).alias("repaid_on_time"),
        ]

    sizes = _sizes(of, "pledge_loans", (925, 55, 15, 5), 0.15)
    return of.draws.lists("pledge_loans", (sizes * 0).zip_with(~of.enterprise, sizes), fields)


def gi_trademarks(of: Organisations) -> pl.Series:
    products = {
        "hongxiangsu_pear": 40, "zaoheibao_grape": 20, "linkui_peach": 15, "greenhouse_winter_jujube": 15, "other": 10,
    }  # fmt: skip

    def fields(draws: Draws, positions: pl.Series) -> list[pl.Series]:
        fees = draws.between("fees", 2, 90) * 500_00 + draws.below("fees:fen", 3)
        fees = (fees * 0).zip_with(draws.chance("fees:none", 0.04), fees)
        product = draws.weighted("product", products)
        return [
            numbered("SB", draws.rows, positions).alias("application_no"),
            known(product, draws.chance("product:unknown", 0.08)).alias("product"),
            known(fees, draws.chance("fees:unknown", 0.1)).alias("fees"),
        ]

    growers = of.form.is_in(["cooperative", "association"])
    often = of.draws.among("gi:growers", (900, 80, 20)).cast(pl.Int64)
    sizes = often.zip_with(growers, of.draws.among("gi:others", (994, 5, 1)).cast(pl.Int64))
    sizes = known(sizes, of.draws.chance("gi:unknown", 0.12))
    return of.draws.lists("gi_trademarks", sizes, fields)


def _project(draws: Draws, owners: pl.Series) -> pl.Series:
    """A project of one's own, now and then as somebody else writes it."""
    project = numbered("XM", owners, draws.below("project", 2))
    return project.str.replace("XM-", "ｘｍ ", literal=True).zip_with(
        draws.chance("project:spelling", 0.1), project
    )
