"""What makes an enterprise micro, small, medium or large: lower bounds by industry (MIIT 2011 No. 300), as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from app.services.sampling.draws import Draws

SIZES = ("micro", "small", "medium", "large")
_PEOPLE, _TEN_THOUSAND_YUAN = 1, 10_000 * 100
UNITS = {"employees": _PEOPLE, "revenue": _TEN_THOUSAND_YUAN, "assets": _TEN_THOUSAND_YUAN}
"""Of the bounds below, in people and fen."""
BEYOND = 20
"""A large enterprise reaches at most so many times the bound."""

Bounds = tuple[int, int, int]


class Industry(NamedTuple):
    """An industry of GB/T 4754, its share, and the least that makes it small, medium, large; None does not count."""

    code: str
    weight: int
    employees: Bounds | None
    revenue: Bounds | None
    assets: Bounds | None = None


INDUSTRIES = (
    Industry("A01", 90, None, (50, 500, 20_000)),
    Industry("C13", 70, (20, 300, 1_000), (300, 2_000, 40_000)),
    Industry("C26", 40, (20, 300, 1_000), (300, 2_000, 40_000)),
    Industry("C34", 60, (20, 300, 1_000), (300, 2_000, 40_000)),
    Industry("E47", 70, None, (300, 6_000, 80_000), (300, 5_000, 80_000)),
    Industry("F51", 210, (5, 20, 200), (1_000, 5_000, 40_000)),
    Industry("F52", 170, (10, 50, 300), (100, 500, 20_000)),
    Industry("G54", 40, (20, 300, 1_000), (200, 3_000, 30_000)),
    Industry("G59", 10, (20, 100, 200), (100, 1_000, 30_000)),
    Industry("H61", 20, (10, 100, 300), (100, 2_000, 10_000)),
    Industry("H62", 50, (10, 100, 300), (100, 2_000, 10_000)),
    Industry("I64", 10, (10, 100, 2_000), (100, 1_000, 100_000)),
    Industry("I65", 40, (10, 100, 300), (50, 1_000, 10_000)),
    Industry("K701", 15, None, (100, 1_000, 200_000), (2_000, 5_000, 10_000)),
    Industry("K702", 15, (100, 300, 1_000), (500, 1_000, 5_000)),
    Industry("L72", 60, (10, 100, 300), None, (100, 8_000, 120_000)),
    Industry("M75", 30, (10, 100, 300), None),
)
USUAL: dict[str, Bounds] = {
    "employees": (10, 100, 300),
    "revenue": (100, 1_000, 10_000),
    "assets": (100, 2_000, 20_000),
}
"""Of what does not count in an industry: it is there all the same."""


def indicator(draws: Draws, name: str, industry: pl.Series, size: pl.Series) -> pl.Series:
    """Staff, revenue or assets within the bounds of the size class, some of them on a bound or just below one.

    `industry` is a place in INDUSTRIES, `size` one in SIZES. Money is fen.
    """
    edges = [_edges(name, one) for one in INDUSTRIES]
    at = industry * len(SIZES) + size
    lows = pl.Series([low for one in edges for low in one[:-1]]).gather(at)
    highs = pl.Series([high for one in edges for high in one[1:]]).gather(at)
    unit = 1 if name == "employees" else 100_00
    spread = lows + draws.below(name, (highs - lows) // unit) * unit
    # Within a class, too, most are near its lower end.
    lower = (
        lows
        + (spread - lows) // pl.Series([1, 2, 4, 8]).gather(draws.below(f"{name}:skew", 4)) // unit * unit
    )
    edge = draws.among(f"{name}:edge", (96, 2, 2))
    return (highs - 1).zip_with(edge == 2, lows.zip_with(edge == 1, lower))


def _edges(name: str, industry: Industry) -> list[int]:
    given: Bounds | None = getattr(industry, name)
    small, medium, large = USUAL[name] if given is None else given
    return [edge * UNITS[name] for edge in (0, small, medium, large, large * BEYOND)]
