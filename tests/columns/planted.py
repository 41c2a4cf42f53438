"""Applicants at the boundaries of yanhu-ip's other measures, worked out by hand from the law."""

from __future__ import annotations

from datetime import date

from tests.columns.planting import (
    ELIGIBLE,
    Planted,
    alliance,
    granted,
    left_open,
    paid,
    patents,
    refused,
)

ALLIANCE = {"kind": "ip_alliance", "size": None}
OWNED = {"kind": "state_owned_enterprise", "size": "large"}
LEGS = ("granted", "invention_granted", "high_value_granted")
OF_ALLIANCE = ("kind", "follows_guide", "filed", "operating_since")
TRANSFERS = {"open_licensing": {"transfers_to_district_smes": 10}}
OUTLET = {"service_outlet": {"recognised_level": "provincial"}}
SHOWN = {"event": "international_expo", "own_brand": True, "won": True}
PUNISHED, UNSURE = ({"credit": {"joint_punishment": given}} for given in (True, None))

GRANTS = [
    refused("one below each of three", "patent-grants", patents(9, 4, 0), LEGS),
    granted("ten grants", "patent-grants", patents(10, 0, 0), "200000", LEGS[:1]),
    granted("five inventions", "patent-grants", patents(9, 5, 0), "200000", LEGS[1:2]),
    granted("one of high value", "patent-grants", patents(9, 4, 1), "200000", LEGS[2:]),
    granted("all three, one award", "patent-grants", patents(11, 6, 2), "200000", LEGS[:1]),
    granted("a leg that holds, two unknown", "patent-grants", patents(10, None, None), "200000", LEGS[:1]),
    left_open(
        "one leg left open",
        "patent-grants",
        patents(9, None, 0),
        "200000",
        LEGS[1:2],
        ["patents.invention_granted"],
    ),
    left_open(
        "nothing known of patents", "patent-grants", {}, "200000", LEGS, [f"patents.{leg}" for leg in LEGS]
    ),
    refused(
        "punished", "patent-grants", patents(10, 0, 0), ["exclusion.joint-punishment"], applicant=PUNISHED
    ),
    refused(
        "punished and below",
        "patent-grants",
        patents(9, 4, 0),
        [*LEGS, "exclusion.joint-punishment"],
        applicant=PUNISHED,
    ),
    left_open(
        "perhaps punished",
        "patent-grants",
        patents(10, 0, 0),
        "200000",
        ["exclusion.joint-punishment"],
        ["applicant.credit.joint_punishment"],
        applicant=UNSURE,
    ),
    refused("perhaps punished, and below anyway", "patent-grants", patents(9, 4, 0), LEGS, applicant=UNSURE),
    refused(
        "paid this year",
        "patent-grants",
        patents(10, 0, 0),
        ["limit.once_per_year"],
        history=[paid("patent-grants", 2026)],
    ),
    granted(
        "paid last year",
        "patent-grants",
        patents(10, 0, 0),
        "200000",
        LEGS[:1],
        history=[paid("patent-grants", 2025)],
    ),
    refused(
        "paid this year, nothing known",
        "patent-grants",
        {},
        ["limit.once_per_year"],
        history=[paid("patent-grants", 2026)],
    ),
]

ALLIANCES = [
    granted(
        "from a leap day, complete on the last of February",
        "alliance-founding",
        alliance(date(2024, 2, 29)),
        "300000",
        OF_ALLIANCE,
        applicant=ALLIANCE,
        as_of=date(2025, 2, 28),
    ),
    refused(
        "from a leap day, a day before",
        "alliance-founding",
        alliance(date(2024, 2, 29)),
        ["operating_since"],
        applicant=ALLIANCE,
        as_of=date(2025, 2, 27),
    ),
    granted(
        "from the last of February to a leap day",
        "alliance-founding",
        alliance(date(2023, 2, 28)),
        "300000",
        OF_ALLIANCE,
        applicant=ALLIANCE,
        as_of=date(2024, 2, 29),
    ),
    granted(
        "a year to the day",
        "alliance-founding",
        alliance(date(2025, 11, 23)),
        "300000",
        OF_ALLIANCE,
        applicant=ALLIANCE,
    ),
    refused(
        "a year but a day",
        "alliance-founding",
        alliance(date(2025, 11, 24)),
        ["operating_since"],
        applicant=ALLIANCE,
    ),
    refused(
        "not yet begun",
        "alliance-founding",
        alliance(date(2027, 1, 1)),
        ["operating_since"],
        applicant=ALLIANCE,
    ),
    left_open(
        "beginning unknown",
        "alliance-founding",
        alliance(None),
        "300000",
        ["operating_since"],
        ["alliance.operating_since"],
        applicant=ALLIANCE,
    ),
    refused(
        "founded with support long ago",
        "alliance-founding",
        alliance(date(2020, 1, 1)),
        ["limit.once"],
        applicant=ALLIANCE,
        history=[paid("alliance-founding", 2021)],
    ),
]

OTHERS = [
    Planted(
        "large and owned by the state",
        "open-licensing",
        TRANSFERS,
        ELIGIBLE,
        ceiling="100000",
        potential="100000",
        reasons=["subject", "transfers_to_district_smes"],
        applicant=OWNED,
    ),
    refused(
        "owned by the state, not large",
        "open-licensing",
        TRANSFERS,
        ["subject"],
        applicant=OWNED | {"size": "medium"},
    ),
    refused(
        "nine transfers",
        "open-licensing",
        {"open_licensing": {"transfers_to_district_smes": 9}},
        ["transfers_to_district_smes"],
        applicant={"kind": "university"},
    ),
    granted(
        "fees to the fen",
        "gi-trademark",
        {"gi_trademarks": [{"application_no": "SB-1", "fees": 123_456}]},
        "1234.56",
        ["gi_trademarks"],
    ),
    refused(
        "no fees",
        "gi-trademark",
        {"gi_trademarks": [{"application_no": "SB-1", "fees": 0}]},
        ["gi_trademarks"],
    ),
    Planted(
        "one prize among two",
        "exhibition-award",
        {"exhibition_awards": [SHOWN, SHOWN | {"won": False}]},
        ELIGIBLE,
        ceiling="50000",
        potential="50000",
        reasons=["kind", "exhibition_awards"],
    ),
    granted("provincial outlet", "service-outlet", OUTLET, "50000", ["recognised_level"]),
    refused(
        "this level paid before",
        "service-outlet",
        OUTLET,
        ["limit.once_per_item"],
        history=[paid("service-outlet", 2024, item="provincial")],
    ),
    granted(
        "another level paid before",
        "service-outlet",
        OUTLET,
        "50000",
        ["recognised_level"],
        history=[paid("service-outlet", 2024, item="national")],
    ),
    Planted(
        "left to the bureau",
        "education-school",
        {"education_school": {"demonstration_level": "national"}},
        ELIGIBLE,
        reasons=["kind", "demonstration_level"],
        applicant={"kind": "school", "size": None},
    ),
    Planted(
        "a service to a micro enterprise",
        "trusteeship",
        {},
        ELIGIBLE,
        reasons=["kind", "size"],
        applicant={"size": "micro"} | PUNISHED,
    ),
]
