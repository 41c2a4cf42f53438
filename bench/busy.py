"""Busy enterprises: several hundred different requests, so that no cache of whole answers can help anyone."""

from __future__ import annotations

import random
from typing import Any

USCC = "91140802MA0GT0018G"
FOUR = ("patent-grants", "navigation", "pledge-financing", "service-outlet")


def requests(count: int = 400, seed: int = 20261124) -> list[dict[str, Any]]:
    """`count` full requests of ten items each, no two alike; a seed gives the same ones to every contender."""
    chance = random.Random(seed)
    return [_enterprise(chance, number) for number in range(count)]


def _enterprise(chance: random.Random, number: int) -> dict[str, Any]:
    granted = chance.randint(0, 30)
    return {
        "as_of": "2026-11-23",
        "year": 2026,
        "applicant": {
            "name": f"盐湖示例企业 {number}",
            "uscc": USCC,
            "kind": chance.choice(["enterprise", "enterprise", "state_owned_enterprise", "industrial_park"]),
            "size": chance.choice(["micro", "small", "medium", "large"]),
            "technology_innovative": chance.random() < 0.9,
            "high_tech": chance.random() < 0.5,
            "credit": {"joint_punishment": chance.random() < 0.02},
        },
        "facts": {
            "patents": {
                "granted": granted,
                "invention_granted": chance.randint(0, granted),
                "high_value_granted": chance.randint(0, min(granted, 2)),
            },
            "patent_awards": [_award(chance, number, i) for i in range(2)],
            "navigation_projects": [
                {
                    "project": f"NAV-{number}-{i}",
                    "excellence": chance.choice(["national", "provincial", "none"]),
                }
                for i in range(3)
            ],
            "open_licensing": {"transfers_to_district_smes": chance.randint(0, 20)},
            "alliance": {
                "follows_guide": True,
                "filed": chance.random() < 0.5,
                "operating_since": f"{chance.randint(2020, 2026)}-0{chance.randint(1, 9)}-15",
                "appraised_outstanding": chance.random() < 0.5,
            },
            "pledge_financing": {"provincial_subsidy_received": chance.random() < 0.1},
            "pledge_loans": [_loan(chance, number, i) for i in range(3)],
            "gi_trademarks": [
                {
                    "application_no": f"GI-{number}",
                    "product": chance.choice(["linkui_peach", "other"]),
                    "fees": f"{chance.randint(0, 9000)}.00",
                }
            ],
            "brand_station": {"outstanding": False},
            "exhibition_awards": [
                {"event": chance.choice(["international_expo", "other"]), "own_brand": True, "won": True}
            ],
            "brand_plan": {"newly_recognised": chance.random() < 0.5},
            "education_school": {"demonstration_level": "none"},
            "service_outlet": {"recognised_level": chance.choice(["national", "provincial", "none"])},
            "exhibition": {"own_brand": True},
            "ip_management": {"certified": chance.random() < 0.5},
        },
        "history": [
            {"measure": "pledge-financing", "year": 2026, "amount": f"{chance.randint(1, 150_000)}.00"}
        ],
    }


def _award(chance: random.Random, number: int, index: int) -> dict[str, Any]:
    return {
        "award_id": f"A-{number}-{index}",
        "name": "山西省专利奖",
        "level": chance.choice(["national", "provincial", "municipal"]),
        "category": chance.choice(["patent", "design"]),
        "first_unit": chance.random() < 0.8,
        "amount": f"{chance.choice([30_000, 50_000, 100_000])}.00",
    }


def _loan(chance: random.Random, number: int, index: int) -> dict[str, Any]:
    return {
        "loan_id": f"L-{number}-{index}",
        "collateral": chance.choice(["patent", "trademark", "copyright", "other"]),
        "lender": chance.choice(["bank", "financial_institution", "other"]),
        "interest": f"{chance.randint(0, 200_000)}.{chance.randint(0, 99):02d}",
        "guarantee_fee": f"{chance.randint(0, 9_000)}.50",
        "appraisal_fee": f"{chance.randint(0, 9_000)}.00",
        "repaid_on_time": chance.random() < 0.9,
    }
