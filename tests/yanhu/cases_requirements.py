"""Measures without items: each boundary, each unknown, each limit, worked by hand from the clauses."""

from __future__ import annotations

from typing import Any

from tests.yanhu.asking import ABSENT, Case, applicant, ask, case, past

NO: dict[str, Any] = {"verdict": "ineligible", "amount": "0.00", "potential": "0.00", "missing": []}
PUNISHMENT = "applicant.credit.joint_punishment"


def yes(amount: str, **more: Any) -> dict[str, Any]:
    return {
        "verdict": "eligible",
        "amount": amount,
        "potential": amount,
        "ceiling": None,
        "missing": [],
        **more,
    }


def open_(*missing: str, potential: str | None, **more: Any) -> dict[str, Any]:
    return {
        "verdict": "undetermined",
        "amount": None,
        "missing": list(missing),
        "potential": potential,
        **more,
    }


def no(*codes: str, **more: Any) -> dict[str, Any]:
    return {**NO, "codes": list(codes), **more}


def patents(granted: Any = 0, invention: Any = 0, high: Any = 0) -> dict[str, Any]:
    counts = {"granted": granted, "invention_granted": invention, "high_value_granted": high}
    return {"patents": {k: v for k, v in counts.items() if v is not ABSENT}}


G = "patent-grants"
GRANTS = [f"{G}.granted", f"{G}.invention_granted", f"{G}.high_value_granted"]
COUNTS = ["patents.granted", "patents.invention_granted", "patents.high_value_granted"]
LIMIT_USED = ["once_per_year", None, 1, 1, 0, 1]
LIMIT_FREE = ["once_per_year", None, 1, 0, 1, 0]

PATENT_GRANTS = [
    case("ten granted", G, patents(10), yes("200000.00", codes=GRANTS[:1], limits=[LIMIT_FREE])),
    case("nine granted", G, patents(9), no(*GRANTS, shortfall={GRANTS[0]: 1, GRANTS[1]: 5, GRANTS[2]: 1})),
    case("five inventions", G, patents(5, 5), yes("200000.00", codes=GRANTS[1:2])),
    case("four inventions", G, patents(4, 4), no(*GRANTS)),
    case("one high value", G, patents(1, 0, 1), yes("200000.00", codes=GRANTS[2:])),
    case("nothing granted", G, patents(), no(*GRANTS, limits=[])),
    case("the first leg that holds speaks", G, patents(10, 5, 1), yes("200000.00", codes=GRANTS[:1])),
    case("a later leg suffices", G, patents(ABSENT, 5), yes("200000.00", codes=GRANTS[1:2])),
    case(
        "one leg unknown", G, patents(9, 4, ABSENT), open_(COUNTS[2], potential="200000.00", codes=GRANTS[2:])
    ),
    case("no group at all", G, {}, open_(*COUNTS, potential="200000.00", codes=GRANTS)),
    case("the group is null", G, {"patents": None}, open_(*COUNTS, potential="200000.00")),
    case("the leaves are null", G, patents(None, None, None), open_(*COUNTS, potential="200000.00")),
    case(
        "paid this year",
        G,
        patents(10),
        no("limit.once_per_year", limits=[LIMIT_USED]),
        history=[past(G, "200000")],
    ),
    case("paid last year", G, patents(10), yes("200000.00"), history=[past(G, "200000", 2025)]),
    case("paid next year", G, patents(10), yes("200000.00"), history=[past(G, "200000", 2027)]),
    case("another year is asked", G, patents(10), yes("200000.00"), history=[past(G)], year=2025),
    case("used limit beside unknown counts", G, {}, no("limit.once_per_year"), history=[past(G)]),
    case(
        "used limit beside unknown punishment",
        G,
        patents(10),
        no("limit.once_per_year"),
        history=[past(G)],
        who={"punished": ABSENT},
    ),
    case(
        "requirement and limit both fail",
        G,
        patents(9),
        no(*GRANTS, "limit.once_per_year", limits=[LIMIT_USED]),
        history=[past(G)],
    ),
    case(
        "everything fails at once",
        G,
        patents(9),
        no(*GRANTS, "exclusion.joint-punishment", "limit.once_per_year"),
        history=[past(G)],
        who={"punished": True},
    ),
    case(
        "paid twice this year",
        G,
        patents(10),
        no("limit.once_per_year", limits=[["once_per_year", None, 1, 2, 0, 1]]),
        history=[past(G), past(G)],
    ),
    case(
        "punishment unknown",
        G,
        patents(10),
        open_(PUNISHMENT, potential="200000.00", codes=["exclusion.joint-punishment"], limits=[LIMIT_FREE]),
        who={"punished": ABSENT},
    ),
    case("punishment null", G, patents(10), open_(PUNISHMENT, potential="200000.00"), who={"punished": None}),
    case(
        "punishment and counts unknown",
        G,
        {},
        open_(*COUNTS, PUNISHMENT, potential="200000.00", codes=[*GRANTS, "exclusion.joint-punishment"]),
        who={"punished": ABSENT},
    ),
    case("punishment unknown, counts fail", G, patents(9), no(*GRANTS), who={"punished": ABSENT}),
    case(
        "punished, counts unknown",
        G,
        {},
        no("exclusion.joint-punishment", clauses={"exclusion.joint-punishment": "六"}),
        who={"punished": True},
    ),
    case(
        "the reason carries value and what is required",
        G,
        patents(9, 4),
        {
            "values": {GRANTS[0]: 9, GRANTS[1]: 4, GRANTS[2]: 0},
            "required": {
                GRANTS[0]: {"operator": ">=", "value": 10},
                GRANTS[2]: {"operator": ">=", "value": 1},
            },
            "pointers": {GRANTS[0]: "/facts/patents/granted"},
            "facts": {GRANTS[1]: "patents.invention_granted"},
        },
    ),
    case("any organisation", G, patents(10), yes("200000.00"), who={"kind": ABSENT, "size": ABSENT}),
]

OPEN = "open-licensing"
SUBJECT, TRANSFERS = f"{OPEN}.subject", f"{OPEN}.transfers_to_district_smes"


def transfers(n: Any = 10) -> dict[str, Any]:
    return {"open_licensing": {"transfers_to_district_smes": n}}


CEILING = {
    "verdict": "eligible",
    "amount": None,
    "ceiling": "100000.00",
    "potential": "100000.00",
    "missing": [],
}
OPEN_CEILING = {"ceiling": "100000.00", "potential": "100000.00"}
LARGE_SOE = {"kind": "state_owned_enterprise", "size": "large"}

OPEN_LICENSING = [
    case("large state-owned", OPEN, transfers(), {**CEILING, "codes": [SUBJECT, TRANSFERS]}, who=LARGE_SOE),
    case("a university of any size", OPEN, transfers(), CEILING, who={"kind": "university", "size": ABSENT}),
    case(
        "a research institute",
        OPEN,
        transfers(11),
        CEILING,
        who={"kind": "research_institute", "size": "micro"},
    ),
    case(
        "medium state-owned",
        OPEN,
        transfers(),
        no(SUBJECT, ceiling=None),
        who={"kind": "state_owned_enterprise", "size": "medium"},
    ),
    case("large but private", OPEN, transfers(), no(SUBJECT), who={"size": "large"}),
    case("nine transfers", OPEN, transfers(9), no(TRANSFERS, shortfall={TRANSFERS: 1}), who=LARGE_SOE),
    case("both fail", OPEN, transfers(0), no(SUBJECT, TRANSFERS)),
    case(
        "size unknown",
        OPEN,
        transfers(),
        open_("applicant.size", **OPEN_CEILING, codes=[SUBJECT]),
        who={"kind": "state_owned_enterprise", "size": ABSENT},
    ),
    case(
        "kind unknown, small: only research could qualify",
        OPEN,
        transfers(),
        open_("applicant.kind", **OPEN_CEILING),
        who={"kind": ABSENT},
    ),
    case(
        "kind and size unknown",
        OPEN,
        transfers(),
        open_("applicant.kind", "applicant.size", **OPEN_CEILING),
        who={"kind": ABSENT, "size": ABSENT},
    ),
    case("wrong kind beside an absent group", OPEN, {}, no(SUBJECT)),
    case(
        "transfers unknown",
        OPEN,
        {},
        open_("open_licensing.transfers_to_district_smes", **OPEN_CEILING, codes=[TRANSFERS]),
        who=LARGE_SOE,
    ),
    case(
        "granted once in another year, for life",
        OPEN,
        transfers(),
        no("limit.once", limits=[["once", None, 1, 1, 0, 1]]),
        who=LARGE_SOE,
        history=[past(OPEN, year=2019)],
    ),
]

F = "alliance-founding"
ALLIANCE = {"kind": "ip_alliance", "size": ABSENT}


def alliance(since: Any = "2020-01-01", guide: Any = True, filed: Any = True) -> dict[str, Any]:
    return {"alliance": {"follows_guide": guide, "filed": filed, "operating_since": since}}


SINCE = f"{F}.operating_since"


def founded(name: str, since: str, as_of: str, *, met: bool, last: str | None = None) -> Case:
    expect = yes("300000.00") if met else no(SINCE, values={SINCE: since})
    if last:
        expect["required"] = {SINCE: {"operator": "<=", "value": last}}
    return case(name, F, alliance(since), expect, who=ALLIANCE, as_of=as_of, year=int(as_of[:4]))


ALLIANCE_CASES = [
    founded("a year on the day", "2025-11-23", "2026-11-23", met=True, last="2025-11-23"),
    founded("a day short of a year", "2025-11-24", "2026-11-23", met=False, last="2025-11-23"),
    founded(
        "from 29 February, complete on the 28th", "2024-02-29", "2025-02-28", met=True, last="2024-02-29"
    ),
    founded("from 29 February, not on the 27th", "2024-02-29", "2025-02-27", met=False, last="2024-02-27"),
    founded("from 28 February into a leap year", "2023-02-28", "2024-02-28", met=True, last="2023-02-28"),
    founded("from 1 March to 29 February", "2023-03-01", "2024-02-29", met=False, last="2023-02-28"),
    founded("a future date", "2027-01-01", "2026-11-23", met=False),
    founded("today", "2026-11-23", "2026-11-23", met=False),
    case(
        "wrong kind and not filed",
        F,
        alliance(filed=False),
        no(f"{F}.kind", f"{F}.filed"),
    ),
    case("does not follow the guide", F, alliance(guide=False), no(f"{F}.follows_guide"), who=ALLIANCE),
    case(
        "date unknown",
        F,
        alliance(None),
        open_("alliance.operating_since", potential="300000.00", codes=[SINCE]),
        who=ALLIANCE,
    ),
    case(
        "all unknown in the clause's order",
        F,
        {},
        open_(
            "applicant.kind",
            "alliance.follows_guide",
            "alliance.filed",
            "alliance.operating_since",
            PUNISHMENT,
            potential="300000.00",
        ),
        who={"kind": ABSENT, "punished": ABSENT},
    ),
    case(
        "founded and paid before", F, alliance(), no("limit.once"), who=ALLIANCE, history=[past(F, year=2023)]
    ),
    case(
        "appraised outstanding",
        "alliance-appraisal",
        {"alliance": {"appraised_outstanding": True}},
        yes("200000.00", codes=["alliance-appraisal.kind", "alliance-appraisal.appraised_outstanding"]),
        who=ALLIANCE,
    ),
    case(
        "appraised, not outstanding",
        "alliance-appraisal",
        {"alliance": {"appraised_outstanding": False}},
        no("alliance-appraisal.appraised_outstanding"),
        who=ALLIANCE,
    ),
    case(
        "appraised again next year",
        "alliance-appraisal",
        {"alliance": {"appraised_outstanding": True}},
        yes("200000.00"),
        who=ALLIANCE,
        history=[past("alliance-appraisal", year=2025)],
    ),
    case(
        "appraisal paid this year",
        "alliance-appraisal",
        {"alliance": {"appraised_outstanding": True}},
        no("limit.once_per_year"),
        who=ALLIANCE,
        history=[past("alliance-appraisal")],
    ),
    case(
        "appraisal unknown",
        "alliance-appraisal",
        {},
        open_("alliance.appraised_outstanding", potential="200000.00"),
        who=ALLIANCE,
    ),
]

UNSPECIFIED = {"amount": None, "ceiling": None, "potential": None, "missing": []}
S, B, P, E = "service-outlet", "brand-station", "brand-plan", "education-school"
LEVEL = "service_outlet.recognised_level"


def outlet(level: Any) -> dict[str, Any]:
    return {"service_outlet": {"recognised_level": level}}


def school(level: Any) -> dict[str, Any]:
    return {"education_school": {"demonstration_level": level}}


SCHOOL = {"kind": "school", "size": ABSENT}
ENDED_LEVEL = {"limits": [["once_per_item", "provincial", 1, 1, 0, 1]]}

LEVELS = [
    case("national outlet", S, outlet("national"), yes("100000.00", limits=[])),
    case("provincial outlet", S, outlet("provincial"), yes("50000.00")),
    case("no outlet", S, outlet("none"), no(f"{S}.recognised_level")),
    case("outlet unknown", S, {}, open_(LEVEL, potential="100000.00", codes=[f"{S}.recognised_level"])),
    case(
        "the same level was paid",
        S,
        outlet("provincial"),
        no("limit.once_per_item", **ENDED_LEVEL),
        history=[past(S, item="provincial", year=2020)],
    ),
    case(
        "the other level was paid",
        S,
        outlet("national"),
        yes("100000.00", limits=[]),
        history=[past(S, item="provincial")],
    ),
    case(
        "level unknown and one paid",
        S,
        {},
        {"verdict": "undetermined", "missing": [LEVEL], "limits": []},
        history=[past(S, item="provincial")],
    ),
    case(
        "punished and the level paid",
        S,
        outlet("provincial"),
        no("exclusion.joint-punishment", "limit.once_per_item", **ENDED_LEVEL),
        who={"punished": True},
        history=[past(S, item="provincial")],
    ),
    case(
        "outlet, punishment unknown",
        S,
        outlet("provincial"),
        open_(PUNISHMENT, potential="50000.00"),
        who={"punished": ABSENT},
    ),
    case("national school", E, school("national"), {"verdict": "eligible", **UNSPECIFIED}, who=SCHOOL),
    case("school of no level", E, school("none"), no(f"{E}.demonstration_level"), who=SCHOOL),
    case("not a school", E, school("national"), no(f"{E}.kind")),
    case(
        "school level unknown",
        E,
        {},
        open_("education_school.demonstration_level", potential=None),
        who=SCHOOL,
    ),
    case(
        "school paid at this level",
        E,
        school("provincial"),
        no("limit.once_per_item", **ENDED_LEVEL),
        who=SCHOOL,
        history=[past(E, item="provincial", year=2024)],
    ),
    case(
        "school raised a level",
        E,
        school("national"),
        {"verdict": "eligible", **UNSPECIFIED},
        who=SCHOOL,
        history=[past(E, item="provincial", year=2024)],
    ),
    case(
        "outstanding station",
        B,
        {"brand_station": {"outstanding": True}},
        {"verdict": "eligible", **UNSPECIFIED, "limits": [LIMIT_FREE]},
        who={"kind": "brand_station"},
    ),
    case(
        "station not outstanding",
        B,
        {"brand_station": {"outstanding": False}},
        no(f"{B}.outstanding"),
        who={"kind": "brand_station"},
    ),
    case("not a station", B, {}, no(f"{B}.kind")),
    case(
        "station unknown",
        B,
        {},
        open_("brand_station.outstanding", potential=None, ceiling=None),
        who={"kind": "brand_station"},
    ),
    case(
        "station paid this year",
        B,
        {"brand_station": {"outstanding": True}},
        no("limit.once_per_year"),
        who={"kind": "brand_station"},
        history=[past(B)],
    ),
    case("newly recognised brand", P, {"brand_plan": {"newly_recognised": True}}, yes("50000.00")),
    case("state-owned brand", P, {"brand_plan": {"newly_recognised": True}}, yes("50000.00"), who=LARGE_SOE),
    case("a school's brand", P, {"brand_plan": {"newly_recognised": True}}, no(f"{P}.kind"), who=SCHOOL),
    case("not recognised", P, {"brand_plan": {"newly_recognised": False}}, no(f"{P}.newly_recognised")),
    case(
        "recognised once, in 2023",
        P,
        {"brand_plan": {"newly_recognised": True}},
        no("limit.once"),
        history=[past(P, year=2023)],
    ),
    case(
        "kind unknown for the brand",
        P,
        {"brand_plan": {"newly_recognised": True}},
        open_("applicant.kind", potential="50000.00"),
        who={"kind": ABSENT},
    ),
]

SERVICE = {"amount": None, "ceiling": None, "potential": None, "kind": "service"}


def offered(name: str, measure: str, verdict: str, facts: dict[str, Any], *missing: str, **who: Any) -> Case:
    return case(name, measure, facts, {"verdict": verdict, **SERVICE, "missing": list(missing)}, who=who)


SERVICES = [
    offered("filing abroad, punished all the same", "overseas-filing", "eligible", {}, punished=True),
    offered("filing abroad, a school", "overseas-filing", "ineligible", {}, kind="school"),
    offered(
        "filing abroad, kind unknown", "overseas-filing", "undetermined", {}, "applicant.kind", kind=ABSENT
    ),
    offered("filing abroad, punishment unknown", "overseas-filing", "eligible", {}, punished=ABSENT),
    offered("fairs with an own brand", "brand-fairs", "eligible", {"exhibition": {"own_brand": True}}),
    offered("fairs without", "brand-fairs", "ineligible", {"exhibition": {"own_brand": False}}),
    offered("fairs unknown", "brand-fairs", "undetermined", {}, "exhibition.own_brand"),
    offered("talent at a university", "talent", "eligible", {}, kind="university"),
    offered("talent at a school", "talent", "eligible", {}, kind="school"),
    offered("talent elsewhere", "talent", "ineligible", {}),
    offered("trusteeship of a micro firm", "trusteeship", "eligible", {}, size="micro"),
    offered("trusteeship of a small firm", "trusteeship", "eligible", {}, size="small"),
    offered("trusteeship of a medium firm", "trusteeship", "ineligible", {}, size="medium"),
    offered("trusteeship of a small school", "trusteeship", "ineligible", {}, kind="school"),
    offered("trusteeship unknown", "trusteeship", "undetermined", {}, "applicant.size", size=ABSENT),
    offered("an agency", "service-platform", "eligible", {}, kind="service_agency"),
    offered("not an agency", "service-platform", "ineligible", {}),
]

WHOLE = [
    Case(
        "as_of alone sets the year",
        {**{k: v for k, v in ask(G, patents(10)).items() if k != "year"}, "history": [past(G)]},
        {G: no("limit.once_per_year")},
    ),
    case(
        "assume fills an unknown count",
        G,
        patents(9, 4, ABSENT),
        yes("200000.00"),
        assume={"patents.high_value_granted": 1},
    ),
    Case(
        "what was known stays and is not listed",
        ask(G, patents(9, 4), assume={"patents.granted": 10}),
        {G: no(*GRANTS), "assumptions": {"list": []}},
    ),
    Case(
        "assumptions come sorted",
        ask(G, {}, {"punished": ABSENT}, assume={"patents.granted": 3, PUNISHMENT: False}),
        {
            G: open_(*COUNTS[1:], potential="200000.00"),
            "assumptions": {
                "list": [{"fact": PUNISHMENT, "value": False}, {"fact": "patents.granted", "value": 3}]
            },
        },
    ),
    Case(
        "answers stand in catalogue order",
        ask("service-outlet patent-grants", {**patents(10), **outlet("national")}),
        {
            G: yes("200000.00"),
            S: yes("100000.00"),
            "totals": {"amount": "300000.00", "potential": "300000.00", "unbounded": []},
            "order": {"list": [G, S]},
        },
    ),
    Case(
        "totals keep ceilings and unbounded apart",
        ask(
            "open-licensing patent-grants education-school",
            {**transfers(), **patents(10)},
            {"kind": "university"},
        ),
        {
            "totals": {
                "amount": "200000.00",
                "discretionary_ceiling": "100000.00",
                "potential": "300000.00",
                "unbounded": [],
                "currency": "CNY",
            }
        },
    ),
    Case(
        "an unspecified award has no bound",
        ask("education-school", school("national"), {"kind": "school"}),
        {"totals": {"amount": "0.00", "potential": "0.00", "unbounded": [E]}},
    ),
    Case(
        "nothing but a name",
        {"as_of": "2026-11-23", "applicant": {"name": applicant()["name"], "uscc": applicant()["uscc"]}},
        {
            G: open_(*COUNTS, PUNISHMENT, potential="200000.00"),
            "patent-award-match": open_("patent_awards", PUNISHMENT, potential=None, lines={}),
            "navigation": open_("navigation_projects", PUNISHMENT, potential=None),
            "gi-trademark": open_("gi_trademarks", PUNISHMENT, potential=None),
            "overseas-filing": {"verdict": "undetermined", "missing": ["applicant.kind"]},
            "totals": {
                "amount": "0.00",
                "discretionary_ceiling": "0.00",
                # 200,000 + 100,000 + 300,000 + 200,000 + 200,000 + 50,000 + 50,000 + 100,000
                "potential": "1200000.00",
                "unbounded": ["patent-award-match", "navigation", "gi-trademark", B, E],
            },
        },
    ),
]

CASES = [*PATENT_GRANTS, *OPEN_LICENSING, *ALLIANCE_CASES, *LEVELS, *SERVICES, *WHOLE]
