"""Who the organisations are: kinds, codes, sizes, and the figures that make an enterprise one of its size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from app.services.sampling.codes import credit_codes
from app.services.sampling.draws import known
from app.services.sampling.yanhu.names import names_of
from app.services.sampling.yanhu.sizes import INDUSTRIES, SIZES, indicator

if TYPE_CHECKING:
    from app.services.sampling.draws import Draws

KINDS = {
    "enterprise": 8_700,
    "state_owned_enterprise": 90,
    "research_institute": 25,
    "university": 6,
    "school": 210,
    "industrial_park": 14,
    "ip_alliance": 12,
    "brand_station": 35,
    "service_agency": 70,
    "association": 190,
    "other": 648,
}
FORMS = {"company": 78, "sole_trader": 16, "cooperative": 6}
"""Of enterprises that the state does not own."""
FRONTS = {
    "company": "91",
    "sole_trader": "92",
    "cooperative": "93",
    "state_owned_enterprise": "91",
    "research_institute": "12",
    "university": "12",
    "school": "12",
    "industrial_park": "91",
    "ip_alliance": "51",
    "brand_station": "52",
    "service_agency": "91",
    "association": "51",
    "other": "54",
}
AUTHORITIES = {"140802": 85, "140800": 12, "140000": 3}
"""Where the code was given, not where the organisation is."""
SHIFT = 7_919
"""Registers of different seeds have different codes."""
GAPS = {
    "kind": 0.01,
    "size": 0.04,
    "innovative": 0.12,
    "high_tech": 0.08,
    "division": 0.02,
    "punished": 0.1,
    "statistics": 0.35,
}
"""How often a fact is unknown."""
SIZES_OF_OTHERS = (840, 130, 25, 5)
SIZES_OF_STATE_OWNED = (100, 350, 400, 150)


@dataclass(frozen=True, slots=True)
class Organisations:
    """One block of the register. `size` is of enterprises, null for everybody else."""

    draws: Draws
    kind: pl.Series
    form: pl.Series
    size: pl.Series
    industry: pl.Series
    """A place in INDUSTRIES."""

    @classmethod
    def of(cls, draws: Draws) -> Organisations:
        kind = draws.weighted("kind", KINDS).alias("kind")
        form = draws.weighted("form", FORMS).zip_with(kind == "enterprise", kind)
        industry = draws.among("industry", [industry.weight for industry in INDUSTRIES]).cast(pl.Int64)
        industry = industry.zip_with(form != "cooperative", industry * 0)
        owned = kind == "state_owned_enterprise"
        place = draws.among("size:owned", SIZES_OF_STATE_OWNED).zip_with(
            owned, draws.among("size", SIZES_OF_OTHERS)
        )
        size = (
            pl.Series(list(SIZES))
            .gather(place)
            .zip_with(form != "sole_trader", pl.Series(["micro"] * len(draws)))
        )
        return cls(
            draws, kind, form, known(size, ~kind.is_in(["enterprise", "state_owned_enterprise"])), industry
        )

    @property
    def first(self) -> int:
        """The number of the block's first organisation."""
        return int(self.draws.rows[0]) if len(self.draws) else 0

    @property
    def enterprise(self) -> pl.Series:
        return self.size.is_not_null()

    def is_any(self, *kinds: str) -> pl.Series:
        return self.kind.is_in(kinds)

    def columns(self, numbers: pl.Series, seed: int) -> dict[str, pl.Series]:
        """The facts of the applicant by name."""
        draws = self.draws
        unknown = {name: draws.chance(f"{name}:unknown", share) for name, share in GAPS.items()}
        unknown["size"] = unknown["size"] | draws.chance("size:gap", 0.02)
        innovative = draws.chance("innovative", pl.Series([400, 1_500, 3_500, 5_000]).gather(self.place))
        high_tech = innovative & draws.chance("high_tech", 0.3)
        fronts = self.form.replace_strict(list(FRONTS), list(FRONTS.values())) + draws.weighted(
            "front", AUTHORITIES
        )
        found = {
            "name": names_of(draws, self.kind, self.form, self.industry),
            "uscc": credit_codes(fronts, numbers, seed * SHIFT),
            "kind": known(self.kind, unknown["kind"]),
            "size": known(self.size, unknown["size"]),
            "technology_innovative": known(innovative & self.enterprise, unknown["innovative"]),
            "high_tech": known(high_tech & self.enterprise, unknown["high_tech"]),
            "division": known(
                draws.weighted("division", {"140802": 97, "140825": 2, "140881": 1}), unknown["division"]
            ),
            "credit.joint_punishment": known(draws.chance("punished", 0.008), unknown["punished"]),
        }
        return {
            f"applicant.{name}": column
            for name, column in (found | self._statistics(unknown["statistics"])).items()
        }

    @property
    def place(self) -> pl.Series:
        """The size as a number from 0; organisations without one are as small as they come."""
        return self.size.replace_strict(
            list(SIZES), range(len(SIZES)), default=0, return_dtype=pl.Int64
        ).fill_null(0)

    def _statistics(self, unknown: pl.Series) -> dict[str, pl.Series]:
        """Staff, revenue and assets of enterprises, as the size class demands."""
        codes = pl.Series([industry.code for industry in INDUSTRIES]).gather(self.industry)
        columns = {"industry": codes}
        columns |= {
            name: indicator(self.draws, name, self.industry, self.place)
            for name in ("employees", "revenue", "assets")
        }
        without = unknown | ~self.enterprise
        return {f"statistics.{name}": known(column, without) for name, column in columns.items()}
