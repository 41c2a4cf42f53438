"""Small populations that anybody can check by counting."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

USCC = "91140802MA0GT0018G"
AS_OF = "2026-11-23"
SIZES = ("micro", "small", "medium", "large", None)


def firm(number: int, *, granted: int | None = 0, **more: Any) -> dict[str, Any]:
    """A request whose facts are all known to grant nothing, but for what is given."""
    patents = {"granted": granted, "invention_granted": 0, "high_value_granted": 0}
    return {
        "ref": f"F-{number}",
        "applicant": {
            "name": f"企业{number}",
            "uscc": USCC,
            "kind": more.pop("kind", "enterprise"),
            "size": more.pop("size", SIZES[number % len(SIZES)]),
            "technology_innovative": True,
            "credit": {"joint_punishment": False},
        },
        "facts": {
            "patents": patents,
            "patent_awards": [],
            "navigation_projects": [],
            "pledge_financing": {"provincial_subsidy_received": False},
            "pledge_loans": [],
            "gi_trademarks": [],
            "exhibition_awards": [],
            "exhibition": {"own_brand": False},
            "brand_plan": {"newly_recognised": False},
            "service_outlet": {"recognised_level": "none"},
            "open_licensing": {"transfers_to_district_smes": 0},
            **more,
        },
    }


def loan(interest: str, number: int = 1) -> dict[str, Any]:
    """A loan that counts."""
    return {
        "loan_id": f"L{number}",
        "collateral": "patent",
        "lender": "bank",
        "interest": interest,
        "guarantee_fee": "0.00",
        "appraisal_fee": "0.00",
        "repaid_on_time": True,
    }


def firms(count: int) -> list[dict[str, Any]]:
    """Grants from 0 to 14 and unknown in turn, every tenth with a loan of its own size."""
    found = []
    for number in range(count):
        granted = None if number % 16 == 15 else number % 16
        loans = [loan(f"{1_000 + number}.01")] if number % 10 == 0 else []
        found.append(firm(number, granted=granted, pledge_loans=loans))
    return found


def ndjson(rows: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def written(place: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """A file of them."""
    place.write_bytes(ndjson(rows))
    return place
