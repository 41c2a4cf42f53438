"""A second reading of the yanhu-ip policy, in plain Python, that shares nothing with the engine or the pack.

`deciding.decide` answers from it, for a valid request, what each measure and the totals must come to, in fen.
It is slow and literal on purpose: each row of the policy is one function below, each general rule one step.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any as Json

from tests.yanhu.truth import All, Any, Leaf, Node, Truth, conjunction, disjunction

ENTERPRISES = ("enterprise", "state_owned_enterprise")
NAMED_PEARS_AND_CO = ("hongxiangsu_pear", "zaoheibao_grape", "linkui_peach", "greenhouse_winter_jujube")
RATED = ("national", "provincial")


def fen(value: Json) -> int | None:
    return None if value is None else int(Decimal(str(value)) * 100)


def item_key(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Pd")


def first_anniversary(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 2, 28)


@dataclass
class Line:
    """One item: its condition, its own figure (low, high; high None = unbounded), what ended it."""

    item: str
    condition: All
    figure: tuple[int, int | None] = (0, 0)
    figure_asks: list[str] = field(default_factory=list)
    """Facts the figure lacks."""
    project: str | None = None
    ends: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    paid_awards: int = 0

    @property
    def truth(self) -> Truth:
        return False if self.ends else self.condition.truth


@dataclass
class Row:
    """One row of the policy as it applies to one request, before the general rules."""

    kind: str
    require: list[Node]
    amount: int = 0
    """Fixed: the figure; up_to: the ceiling; calculated: unused."""
    high: int | None = None
    """Fixed by level: the most, while the level is unknown."""
    list_name: str | None = None
    lines: list[Line] | None = None
    """None while the list is unknown."""
    inner: bool = False
    limit: tuple[str, ...] = ()
    """once | once_per_year | level, <code> | annual_cap"""
    flags: list[str] = field(default_factory=list)


class Request:
    """A valid request body, read fact by fact; None is unknown."""

    def __init__(self, body: Json) -> None:
        self.body = body
        self.as_of = date.fromisoformat(body["as_of"])
        self.year: int = body.get("year") or self.as_of.year
        self.history: list[Json] = body.get("history") or []
        self.funding: list[Json] = body.get("other_funding") or []
        self.assume: dict[str, Json] = body.get("assume") or {}

    def get(self, name: str) -> Json:
        place: Json = self.body if name.startswith("applicant.") else self.body.get("facts")
        for part in name.split("."):
            place = place.get(part) if isinstance(place, dict) else None
        return self.assume.get(name) if place is None else place

    def items(self, name: str) -> list[Json] | None:
        listed = (self.body.get("facts") or {}).get(name)
        if listed is None:
            return None
        filled = []
        for i, item in enumerate(listed):
            known = {k: v for k, v in item.items() if v is not None}
            prefix = f"{name}[{i}]."
            assumed = {k[len(prefix) :]: v for k, v in self.assume.items() if k.startswith(prefix)}
            filled.append({**assumed, **known})
        return filled

    def past(self, measure: str, *, this_year: bool = False) -> list[Json]:
        rows = [h for h in self.history if h["measure"] == measure]
        return [h for h in rows if h["year"] == self.year] if this_year else rows

    def supported(self, project: str) -> bool:
        names = [f.get("project") for f in self.funding if f["source"] == "district"]
        names += [(h.get("keys") or {}).get("project") for h in self.history]
        names += [h.get("item") for h in self.history if h["measure"] == "navigation"]
        return item_key(project) in [item_key(n) for n in names if n]


class Reader:
    """Makes the leaves of one measure."""

    def __init__(self, measure: str, request: Request) -> None:
        self.measure = measure
        self.request = request

    def leaf(self, name: str, test: Json, value: Json = None) -> Leaf:
        value = self.request.get(name) if "[" not in name else value
        word = name.rsplit(".", 1)[-1]
        return Leaf(f"{self.measure}.{word}", name, None if value is None else bool(test(value)))

    def is_in(self, name: str, codes: tuple[str, ...]) -> Leaf:
        return self.leaf(name, lambda v: v in codes)

    def yes(self, name: str) -> Leaf:
        return self.leaf(name, lambda v: v is True)

    def at_least(self, name: str, least: int) -> Leaf:
        return self.leaf(name, lambda v: v >= least)

    def on_item(self, list_name: str, position: int, item: Json, word: str, test: Json) -> Leaf:
        return self.leaf(f"{list_name}[{position}].{word}", test, item.get(word))


def patent_grants(r: Reader) -> Row:
    legs = (
        r.at_least("patents.granted", 10),
        r.at_least("patents.invention_granted", 5),
        r.at_least("patents.high_value_granted", 1),
    )
    return Row("fixed", [Any(legs)], 20_000_000, limit=("once_per_year",))


def patent_award_match(r: Reader) -> Row:
    row = Row("calculated", [], list_name="patent_awards", inner=True)
    listed = r.request.items("patent_awards")
    row.lines = None if listed is None else [match_line(r, i, item) for i, item in enumerate(listed)]
    return row


def match_line(r: Reader, i: int, item: Json) -> Line:
    prize = fen(item.get("amount"))
    condition = All(
        (
            r.on_item("patent_awards", i, item, "level", lambda v: v in RATED),
            r.on_item("patent_awards", i, item, "first_unit", lambda v: v is True),
            r.on_item("patent_awards", i, item, "amount", lambda v: (fen(v) or 0) > 0),
        )
    )
    asks = [] if prize is not None else [f"patent_awards[{i}].amount"]
    return Line(item["award_id"], condition, (prize or 0, prize), asks, item.get("project"))


def navigation(r: Reader) -> Row:
    row = Row("fixed", [], list_name="navigation_projects", inner=True)
    if (
        r.request.get("applicant.kind") != "industrial_park"
        and r.request.get("applicant.high_tech") is not True
    ):
        row.flags.append("navigation.subject")
    listed = r.request.items("navigation_projects")
    row.lines = None if listed is None else [navigation_line(r, i, item) for i, item in enumerate(listed)]
    return row


def navigation_line(r: Reader, i: int, item: Json) -> Line:
    rating = item.get("excellence")
    due = {"national": 30_000_000, "provincial": 20_000_000, "none": 0, None: 0}[rating]
    high = 30_000_000 if rating is None else due
    condition = All((r.on_item("navigation_projects", i, item, "excellence", lambda v: v in RATED),))
    asks = [f"navigation_projects[{i}].excellence"] if rating is None else []
    line = Line(item["project"], condition, (due, high), asks, item["project"])
    earlier = [h for h in r.request.past("navigation") if item_key(h["item"]) == item_key(item["project"])]
    if earlier and sum(fen(h["amount"]) or 0 for h in earlier) < due:
        line.flags.append("navigation.level_raised")
    return line


def open_licensing(r: Reader) -> Row:
    large_state_owned = All(
        (r.is_in("applicant.kind", ("state_owned_enterprise",)), r.is_in("applicant.size", ("large",)))
    )
    research = r.is_in("applicant.kind", ("research_institute", "university"))
    subject = Any((large_state_owned, research), "open-licensing.subject")
    transfers = r.at_least("open_licensing.transfers_to_district_smes", 10)
    return Row("up_to", [subject, transfers], 10_000_000, limit=("once",))


def alliance_founding(r: Reader) -> Row:
    def a_year_or_more(since: str) -> bool:
        return r.request.as_of >= first_anniversary(date.fromisoformat(since))

    require: list[Node] = [
        r.is_in("applicant.kind", ("ip_alliance",)),
        r.yes("alliance.follows_guide"),
        r.yes("alliance.filed"),
        r.leaf("alliance.operating_since", a_year_or_more),
    ]
    return Row("fixed", require, 30_000_000, limit=("once",))


def alliance_appraisal(r: Reader) -> Row:
    require: list[Node] = [
        r.is_in("applicant.kind", ("ip_alliance",)),
        r.yes("alliance.appraised_outstanding"),
    ]
    return Row("fixed", require, 20_000_000, limit=("once_per_year",))


def pledge_financing(r: Reader) -> Row:
    require: list[Node] = [
        r.is_in("applicant.kind", ENTERPRISES),
        r.is_in("applicant.size", ("micro", "small", "medium")),
        r.yes("applicant.technology_innovative"),
        r.leaf("pledge_financing.provincial_subsidy_received", lambda v: v is False),
    ]
    row = Row("calculated", require, list_name="pledge_loans", limit=("annual_cap",))
    listed = r.request.items("pledge_loans")
    row.lines = None if listed is None else [pledge_line(r, i, item) for i, item in enumerate(listed)]
    return row


def pledge_line(r: Reader, i: int, item: Json) -> Line:
    condition = All(
        (
            r.on_item(
                "pledge_loans", i, item, "collateral", lambda v: v in ("patent", "trademark", "copyright")
            ),
            r.on_item("pledge_loans", i, item, "lender", lambda v: v in ("bank", "financial_institution")),
            r.on_item("pledge_loans", i, item, "repaid_on_time", lambda v: v is True),
        )
    )
    words = ("interest", "guarantee_fee", "appraisal_fee")
    costs = [fen(item.get(word)) for word in words]
    low = sum(cost or 0 for cost in costs)
    asks = [f"pledge_loans[{i}].{w}" for w, c in zip(words, costs, strict=True) if c is None]
    return Line(item["loan_id"], condition, (low, None if asks else low), asks)


def gi_trademark(r: Reader) -> Row:
    row = Row("calculated", [], list_name="gi_trademarks", inner=True)
    listed = r.request.items("gi_trademarks")
    row.lines = None if listed is None else []
    for i, item in enumerate(listed or []):
        fees = fen(item.get("fees"))
        asks = [f"gi_trademarks[{i}].fees"] if fees is None else []
        line = Line(item["application_no"], All(()), (fees or 0, fees), asks)
        if item.get("product") not in NAMED_PEARS_AND_CO:
            line.flags.append("gi-trademark.product")
        assert row.lines is not None
        row.lines.append(line)
    return row


def brand_station(r: Reader) -> Row:
    require: list[Node] = [r.is_in("applicant.kind", ("brand_station",)), r.yes("brand_station.outstanding")]
    return Row("unspecified", require, limit=("once_per_year",))


def exhibition_award(r: Reader) -> Row:
    require: list[Node] = [r.is_in("applicant.kind", ENTERPRISES)]
    row = Row("up_to", require, 5_000_000, list_name="exhibition_awards", limit=("once_per_year",))
    events = ("china_trademark_festival", "international_expo")
    listed = r.request.items("exhibition_awards")
    row.lines = None if listed is None else []
    for i, item in enumerate(listed or []):
        condition = All(
            (
                r.on_item("exhibition_awards", i, item, "event", lambda v: v in events),
                r.on_item("exhibition_awards", i, item, "own_brand", lambda v: v is True),
                r.on_item("exhibition_awards", i, item, "won", lambda v: v is True),
            )
        )
        assert row.lines is not None
        row.lines.append(Line(str(i), condition))
    return row


def brand_plan(r: Reader) -> Row:
    require: list[Node] = [r.is_in("applicant.kind", ENTERPRISES), r.yes("brand_plan.newly_recognised")]
    return Row("fixed", require, 5_000_000, limit=("once",))


def education_school(r: Reader) -> Row:
    level = "education_school.demonstration_level"
    require: list[Node] = [r.is_in("applicant.kind", ("school",)), r.is_in(level, RATED)]
    return Row("unspecified", require, limit=("level", level))


def service_outlet(r: Reader) -> Row:
    level = "service_outlet.recognised_level"
    figure = {"national": 10_000_000, "provincial": 5_000_000}.get(r.request.get(level), 0)
    high = 10_000_000 if r.request.get(level) is None else figure
    return Row("fixed", [r.is_in(level, RATED)], figure, high, limit=("level", level))


def service(*conditions: tuple[str, tuple[Json, ...]]) -> Json:
    return lambda r: Row("service", [r.is_in(name, codes) for name, codes in conditions])


ROWS: dict[str, Json] = {
    "patent-grants": patent_grants,
    "patent-award-match": patent_award_match,
    "navigation": navigation,
    "open-licensing": open_licensing,
    "alliance-founding": alliance_founding,
    "alliance-appraisal": alliance_appraisal,
    "pledge-financing": pledge_financing,
    "gi-trademark": gi_trademark,
    "brand-station": brand_station,
    "exhibition-award": exhibition_award,
    "brand-plan": brand_plan,
    "education-school": education_school,
    "service-outlet": service_outlet,
    "overseas-filing": service(("applicant.kind", ENTERPRISES)),
    "brand-fairs": service(("applicant.kind", ENTERPRISES), ("exhibition.own_brand", (True,))),
    "talent": service(("applicant.kind", ("university", "school"))),
    "trusteeship": service(("applicant.kind", ENTERPRISES), ("applicant.size", ("micro", "small"))),
    "service-platform": service(("applicant.kind", ("service_agency",))),
}
__all__ = ["ROWS", "Line", "Reader", "Request", "Row", "conjunction", "disjunction", "fen", "item_key"]
