"""Answers and populations made by hand, in the form that the engine gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from app.rules.columns.schema import population_schema
from app.services.packs import read_pack
from app.services.published_policies import PublishedPolicy
from app.settings import PACKAGED_POLICIES

if TYPE_CHECKING:
    from collections.abc import Sequence

POLICY = PublishedPolicy.of(read_pack(PACKAGED_POLICIES / "yanhu-ip")).policy
GRANTS, LICENSING, TALENT = "patent-grants", "open-licensing", "talent"
"""A fixed award, one that an official decides, a service."""
VERDICT = pl.Enum(["eligible", "ineligible", "undetermined"])
_MEASURE = pl.Struct(
    {
        "verdict": VERDICT,
        "amount": pl.Int64(),
        "ceiling": pl.Int64(),
        "potential": pl.Int64(),
        "reasons": pl.List(pl.String()),
        "missing": pl.List(pl.String()),
    }
)
_TOTALS = pl.Struct({"amount": pl.Int64(), "discretionary_ceiling": pl.Int64(), "potential": pl.Int64()})


class One(NamedTuple):
    """One applicant: what it gets in fen (None: undetermined), what an official may add, and who it is."""

    grants: int | None = 0
    licensing: int | None = 0
    """The ceiling where it is eligible, 0 where not."""
    size: str | None = "small"
    kind: str | None = "enterprise"
    talent: bool = False


def answers(some: Sequence[One]) -> pl.DataFrame:
    rows = [
        {
            "ref": f"F-{at}",
            "uscc": "91140802MA0GT0018G",
            GRANTS: _measure(_verdict(one.grants), one.grants, None),
            LICENSING: _measure(
                _verdict(one.licensing),
                None if one.licensing else 0,
                10_000_000 if one.licensing is None else one.licensing or None,
            ),
            TALENT: _measure("eligible" if one.talent else "ineligible", None, None),
            "totals": {
                "amount": one.grants or 0,
                "discretionary_ceiling": one.licensing or 0,
                "potential": 0,
            },
        }
        for at, one in enumerate(some)
    ]
    measures = dict.fromkeys((GRANTS, LICENSING, TALENT), _MEASURE)
    return pl.DataFrame(rows, schema={"ref": pl.String(), "uscc": pl.String(), **measures, "totals": _TOTALS})


def population(some: Sequence[One]) -> pl.DataFrame:
    rows = [
        {"ref": f"F-{at}", "applicant": {"size": one.size, "kind": one.kind}} for at, one in enumerate(some)
    ]
    return pl.DataFrame(rows, schema=population_schema(POLICY))


def rows_of(some: Sequence[One], first: int = 1) -> pl.Series:
    return pl.Series(range(first, first + len(some)), dtype=pl.Int64)


def _verdict(figure: int | None) -> str:
    return "undetermined" if figure is None else "eligible" if figure else "ineligible"


def _measure(verdict: str, amount: int | None, ceiling: int | None) -> dict[str, Any]:
    return {"verdict": verdict, "amount": amount, "ceiling": ceiling, "reasons": [], "missing": []}
