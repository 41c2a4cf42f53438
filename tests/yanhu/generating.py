"""Random requests for yanhu-ip: facts around each boundary or unknown, histories and funding that collide."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.yanhu.asking import ABSENT, USCC
from tests.yanhu.oracle import ROWS

KINDS = [
    *("enterprise", "state_owned_enterprise", "research_institute", "university", "school"),
    *("industrial_park", "ip_alliance", "brand_station", "service_agency", "association", "other"),
]
PROJECTS = ["P1", "p-1", "Ｐ 2", "P3"]
ITEMS = ["I1", "I2", "i-3"]
AMOUNTS = ["0.01", "0.03", "1000.00", "99999.99", "200000.00"]


def maybe(values: list[Any]) -> st.SearchStrategy[Any]:
    """A value, null or nothing at all; known about four times in five."""
    return st.one_of(
        st.sampled_from(values), st.sampled_from(values), st.sampled_from([*values, None, ABSENT])
    )


def record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields).map(lambda d: {k: v for k, v in d.items() if v is not ABSENT})


YES_NO = maybe([True, False])
MONEY = maybe(["0.00", "0.01", "0.03", 1, "39999.99", "400000.00", "400000.01", 1234.56])
LEVELS = maybe(["national", "provincial", "none"])


def named(key: str, ids: list[str], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A list of items with different ids, or an unknown list."""
    chosen = st.lists(st.sampled_from(ids), unique=True, max_size=3)
    known = chosen.flatmap(lambda names: st.tuples(*(record(**{key: st.just(n)}, **fields) for n in names)))
    return st.one_of(known.map(list), known.map(list), st.sampled_from([None, ABSENT]))


def grants() -> st.SearchStrategy[dict[str, Any]]:
    return record(
        granted=maybe([9, 10, 11]), invention_granted=maybe([0, 4, 5, 6]), high_value_granted=maybe([0, 1])
    )


FACTS = record(
    patents=st.one_of(grants(), grants(), st.sampled_from([None, ABSENT])),
    patent_awards=named(
        "award_id",
        ITEMS,
        level=maybe(["national", "provincial", "municipal", "other"]),
        first_unit=YES_NO,
        amount=MONEY,
        project=st.sampled_from([*PROJECTS, None, ABSENT]),
    ),
    navigation_projects=named("project", ["P1", "Ｐ 2", "P3"], excellence=LEVELS),
    open_licensing=record(transfers_to_district_smes=maybe([0, 9, 10, 11])),
    alliance=record(
        follows_guide=YES_NO,
        filed=YES_NO,
        operating_since=maybe(["2024-02-29", "2024-03-01", "2023-02-28", "2025-11-23", "2020-01-01"]),
        appraised_outstanding=YES_NO,
    ),
    pledge_financing=record(provincial_subsidy_received=maybe([*[False] * 5, True])),
    pledge_loans=named(
        "loan_id",
        ITEMS,
        collateral=maybe(["patent", "patent", "trademark", "copyright", "other"]),
        lender=maybe(["bank", "bank", "bank", "financial_institution", "other"]),
        interest=MONEY,
        guarantee_fee=MONEY,
        appraisal_fee=MONEY,
        repaid_on_time=maybe([*[True] * 5, False]),
    ),
    gi_trademarks=named("application_no", ITEMS, product=maybe(["linkui_peach", "other"]), fees=MONEY),
    brand_station=record(outstanding=YES_NO),
    exhibition_awards=st.one_of(
        st.lists(
            record(
                event=maybe(["china_trademark_festival", "international_expo", "other"]),
                own_brand=YES_NO,
                won=YES_NO,
            ),
            max_size=3,
        ),
        st.sampled_from([None, ABSENT]),
    ),
    brand_plan=record(newly_recognised=YES_NO),
    education_school=record(demonstration_level=LEVELS),
    service_outlet=record(recognised_level=LEVELS),
    exhibition=record(own_brand=YES_NO),
)

APPLICANT = record(
    name=st.just("测试单位"),
    uscc=st.just(USCC),
    kind=maybe([*["enterprise"] * 9, "ip_alliance", "ip_alliance", *KINDS]),
    size=maybe(["small", "small", "small", "micro", "medium", "large"]),
    technology_innovative=maybe([True, True, True, True, False]),
    high_tech=YES_NO,
    credit=record(joint_punishment=maybe([*[False] * 7, True])),
)
YEARS = st.sampled_from([2024, 2025, 2026])


def _paid(measure: str) -> st.SearchStrategy[dict[str, Any]]:
    item: st.SearchStrategy[Any] = st.none()
    more: dict[str, st.SearchStrategy[Any]] = {}
    if measure == "navigation":
        item = st.sampled_from(PROJECTS)
    elif measure in ("patent-award-match", "gi-trademark"):
        item = st.sampled_from(ITEMS)
        more["keys"] = st.sampled_from([ABSENT, {"project": "p3"}])
    elif measure in ("education-school", "service-outlet"):
        item = st.sampled_from(["national", "provincial"])
    elif measure == "pledge-financing":
        item = st.sampled_from([None, "i1"])
        more["items"] = st.sampled_from([ABSENT, ["I2"], ["I3", "I9"]])
    return record(measure=st.just(measure), year=YEARS, amount=st.sampled_from(AMOUNTS), item=item, **more)


MONEY_MEASURES = list(ROWS)[:13]
HISTORY = st.lists(st.sampled_from(MONEY_MEASURES).flatmap(_paid), max_size=4)
FUNDING = st.lists(
    record(
        source=st.sampled_from(["district", "provincial"]),
        project=st.sampled_from([*PROJECTS, None]),
        amount=st.sampled_from(AMOUNTS),
    ),
    max_size=2,
)


def _consistent(body: dict[str, Any]) -> dict[str, Any]:
    """Keep what is stated within the relations: neither part above all grants."""
    counts = (body.get("facts") or {}).get("patents") or {}
    total = counts.get("granted")
    for part in ("invention_granted", "high_value_granted"):
        if total is not None and (counts.get(part) or 0) > total:
            counts[part] = total
    return body


REQUESTS = record(
    as_of=st.sampled_from(["2024-02-29", "2025-02-27", "2025-02-28", "2026-11-22", "2026-11-23"]),
    year=st.one_of(YEARS, st.just(ABSENT)),
    applicant=APPLICANT,
    facts=FACTS,
    history=HISTORY,
    other_funding=FUNDING,
).map(_consistent)
