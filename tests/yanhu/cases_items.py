"""Measures that count items, worked by hand: lines, figures in fen, caps, projects paid before."""

from __future__ import annotations

from typing import Any

from tests.yanhu.asking import ABSENT, Case, ask, award, case, loan, past, pledge, prize, project, trademark
from tests.yanhu.cases_requirements import LIMIT_FREE, PUNISHMENT, no, open_, yes

M, N, L, T, X = "patent-award-match", "navigation", "pledge-financing", "gi-trademark", "exhibition-award"
AWARDS, PROJECTS, LOANS, MARKS, PRIZES = (
    f"{M}.patent_awards",
    f"{N}.navigation_projects",
    f"{L}.pledge_loans",
    f"{T}.gi_trademarks",
    f"{X}.exhibition_awards",
)


def awards(*items: dict[str, Any]) -> dict[str, Any]:
    return {"patent_awards": list(items)}


def match(name: str, items: list[dict[str, Any]], expect: dict[str, Any], **more: Any) -> Case:
    return case(name, M, awards(*items), expect, **more)


ONE = {"lines": {"A1": ["eligible", "50000.00"]}}
OUT = {"lines": {"A1": ["ineligible", "0.00"]}}
WAIT = {"lines": {"A1": ["undetermined", None]}}


def district(name: str | None, source: str = "district") -> list[dict[str, Any]]:
    return [{"source": source, "project": name, "amount": "100.00"}]


MATCH = [
    match("a provincial prize", [award()], yes("50000.00", codes=[AWARDS], **ONE, due={"A1": "25000.00"})),
    match(
        "a national prize with cash", [award(level="national", amount="1")], yes("1.00", due={"A1": "0.50"})
    ),
    match("a design award alike", [award(category="design")], yes("50000.00")),
    match("the category does not matter", [award(category=ABSENT)], yes("50000.00")),
    match(
        "a municipal prize", [award(level="municipal")], no(AWARDS, **OUT, line_codes={"A1": [f"{M}.level"]})
    ),
    match("a prize without cash", [award(amount="0")], no(AWARDS, **OUT, line_codes={"A1": [f"{M}.amount"]})),
    match(
        "all that fails on the line",
        [award(level="other", first_unit=False, amount=0)],
        no(AWARDS, line_codes={"A1": [f"{M}.level", f"{M}.first_unit", f"{M}.amount"]}),
    ),
    match("an empty list is known to be empty", [], no(AWARDS, lines={}, limits=[], values={AWARDS: 0})),
    case("no list", M, {}, open_("patent_awards", potential=None, lines={}, codes=[AWARDS])),
    match("one odd fen", [award(amount="0.01")], yes("0.01", due={"A1": "0.01"})),
    match("three fen", [award(amount="0.03")], yes("0.03", due={"A1": "0.02"})),
    match("an odd sum", [award(amount="50000.01")], yes("50000.01", due={"A1": "25000.01"})),
    match("money by value", [award(amount=1e4)], yes("10000.00")),
    match("a number with two decimals", [award(amount=1234.56)], yes("1234.56", due={"A1": "617.28"})),
    match(
        "two prizes, one counts",
        [award(), award("A2", first_unit=False)],
        yes(
            "50000.00",
            lines={"A1": ["eligible", "50000.00"], "A2": ["ineligible", "0.00"]},
            values={AWARDS: 1},
        ),
    ),
    match(
        "two prizes count",
        [award(), award("A2", amount="30000.50")],
        yes("80000.50", due={"A1": "25000.00", "A2": "15000.25"}, values={AWARDS: 2}),
    ),
    match(
        "level unknown",
        [award(level=ABSENT)],
        open_("patent_awards[0].level", potential="50000.00", codes=[AWARDS], **WAIT, due={}),
    ),
    match(
        "amount unknown",
        [award(amount=None)],
        open_("patent_awards[0].amount", potential=None, **WAIT, line_codes={"A1": [f"{M}.amount"]}),
    ),
    match(
        "all of the line unknown",
        [{"award_id": "A1"}],
        open_(
            "patent_awards[0].level",
            "patent_awards[0].first_unit",
            "patent_awards[0].amount",
            potential=None,
        ),
    ),
    match("unknown beside a failure", [award(level=ABSENT, first_unit=False)], no(AWARDS, **OUT)),
    match(
        "eligible with a line still open",
        [award(), award("A2", level=None, amount="7")],
        yes("50000.00", potential="50007.00", missing=["patent_awards[1].level"], due={"A1": "25000.00"}),
    ),
    match(
        "eligible with a line without bound",
        [award("A0", amount=ABSENT), award()],
        yes("50000.00", potential=None, missing=["patent_awards[0].amount"]),
    ),
    match(
        "punished: no lines",
        [award()],
        no("exclusion.joint-punishment", lines={}, limits=[]),
        who={"punished": True},
    ),
    match(
        "punishment unknown: lines stand, no obligation",
        [award()],
        open_(PUNISHMENT, potential="50000.00", codes=["exclusion.joint-punishment"], **ONE, due={}),
        who={"punished": ABSENT},
    ),
    match(
        "the item was paid",
        [award()],
        no(
            AWARDS,
            **OUT,
            line_codes={"A1": ["limit.once_per_item"]},
            limits=[["once_per_item", "A1", 1, 1, 0, 1]],
        ),
        history=[past(M, item="A1", year=2021)],
    ),
    match(
        "the paid item by its key, not its spelling",
        [award("a-１ 2")],
        no(AWARDS, line_codes={"a-１ 2": ["limit.once_per_item"]}),
        history=[past(M, item="A12")],
    ),
    match("another item was paid", [award()], yes("50000.00", limits=[]), history=[past(M, item="A9")]),
    match(
        "paid and second unit",
        [award(first_unit=False)],
        no(AWARDS, line_codes={"A1": [f"{M}.first_unit", "limit.once_per_item"]}),
        history=[past(M, item="A1")],
    ),
    match(
        "the project has district money",
        [award(project="P1")],
        no(AWARDS, **OUT, line_codes={"A1": ["exclusion.same-project"]}),
        other_funding=district("P1"),
    ),
    match(
        "provincial money is no bar",
        [award(project="P1")],
        yes("50000.00"),
        other_funding=district("P1", "provincial"),
    ),
    match("another project's money", [award(project="P1")], yes("50000.00"), other_funding=district("P2")),
    match(
        "district money without a project",
        [award(project="P1")],
        yes("50000.00"),
        other_funding=district(None),
    ),
    match("no project, no exclusion", [award()], yes("50000.00"), other_funding=district("P1")),
    match(
        "the project was paid as navigation",
        [award(project="nav 7")],
        no(AWARDS, line_codes={"A1": ["exclusion.same-project"]}),
        history=[past(N, item="NAV-7")],
    ),
    match(
        "the project by the key of a past prize",
        [award(project="P1"), award("A2", project="P2")],
        yes("50000.00", lines={"A1": ["ineligible", "0.00"], "A2": ["eligible", "50000.00"]}),
        history=[past(M, item="A7", keys={"project": "P1"})],
    ),
    match(
        "two prizes of one project: a flag on the later",
        [award(project="P1"), award("A2", project="p-1")],
        yes("100000.00", line_flags={"A1": [], "A2": ["same_project"]}),
    ),
    match(
        "assume fills a field of an item",
        [award(level=ABSENT)],
        yes("50000.00"),
        assume={"patent_awards[0].level": "national"},
    ),
]

PARK = {"kind": "industrial_park"}


def nav(name: str, items: list[dict[str, Any]], expect: dict[str, Any], **more: Any) -> Case:
    more.setdefault("who", PARK)
    return case(name, N, {"navigation_projects": items}, expect, **more)


NAVIGATION = [
    nav("national", [project()], yes("300000.00", flags=[], lines={"NAV-1": ["eligible", "300000.00"]})),
    nav("provincial", [project("P", "provincial")], yes("200000.00")),
    nav("both", [project(), project("P", "provincial")], yes("500000.00")),
    nav(
        "not excellent",
        [project(excellence="none")],
        no(PROJECTS, line_codes={"NAV-1": [f"{N}.excellence"]}, lines={"NAV-1": ["ineligible", "0.00"]}),
    ),
    nav(
        "unknown rating",
        [project(excellence=None)],
        open_("navigation_projects[0].excellence", potential="300000.00"),
    ),
    nav("no list", [], no(PROJECTS)),
    nav(
        "a plain enterprise is flagged, not barred",
        [project()],
        yes("300000.00", flags=["navigation.subject"]),
        who={},
    ),
    nav("a high-tech enterprise", [project()], yes("300000.00", flags=[]), who={"high_tech": True}),
    nav(
        "kind unknown, not high-tech",
        [project()],
        yes("300000.00", flags=["navigation.subject"]),
        who={"kind": ABSENT, "high_tech": False},
    ),
    nav(
        "paid as national",
        [project()],
        no(
            PROJECTS,
            line_codes={"NAV-1": ["exclusion.same-project", "limit.once_per_item"]},
            line_flags={"NAV-1": []},
        ),
        history=[past(N, "300000.00", item="NAV-1", year=2022)],
    ),
    nav(
        "paid as provincial, now national",
        [project()],
        no(PROJECTS, line_flags={"NAV-1": ["navigation.level_raised"]}),
        history=[past(N, "200000.00", item="NAV-1", year=2022)],
    ),
    nav(
        "district money for the project",
        [project(), project("NAV-2")],
        yes("300000.00", line_codes={"NAV-1": ["exclusion.same-project"]}, values={PROJECTS: 1}),
        other_funding=district("nav1"),
    ),
    nav(
        "paid under a prize's project",
        [project()],
        no(PROJECTS, line_codes={"NAV-1": ["exclusion.same-project"]}),
        history=[past(M, item="A1", keys={"project": "NAV-1"})],
    ),
    Case(
        "one project under two measures",
        ask(f"{M} {N}", {**awards(award(project="NAV-1")), "navigation_projects": [project()]}, PARK),
        {
            M: yes("50000.00", line_flags={"A1": []}),
            N: yes("300000.00", line_flags={"NAV-1": ["same_project"]}),
            "totals": {"amount": "350000.00", "potential": "350000.00"},
        },
    ),
]


def cap(used: str = "0.00", remaining: str = "200000.00", cut: str = "0.00") -> list[Any]:
    return ["annual_cap", None, "200000.00", used, remaining, cut]


def borrowed(name: str, loans: list[dict[str, Any]], expect: dict[str, Any], **more: Any) -> Case:
    return case(name, L, pledge(*loans, subsidy=more.pop("subsidy", False)), expect, **more)


HEAD = [f"{L}.kind", f"{L}.size", f"{L}.technology_innovative", f"{L}.provincial_subsidy_received"]
PLEDGE = [
    borrowed(
        "half of the costs",
        [loan(interest="1", guarantee_fee="2.02", appraisal_fee="3")],
        yes("3.01", counted={"L1": "6.02"}, codes=[*HEAD, LOANS], limits=[cap()]),
    ),
    borrowed("half a fen rounds up", [loan(interest="0.01")], yes("0.01")),
    borrowed("rounded once, of the total", [loan(interest="0.01"), loan("L2", interest="0.01")], yes("0.01")),
    borrowed("three halves", [loan(interest="0.03")], yes("0.02")),
    borrowed("at the cap", [loan(interest="400000")], yes("200000.00", codes=[*HEAD, LOANS], limits=[cap()])),
    borrowed(
        "a fen over the cap",
        [loan(interest="400000.01")],
        yes("200000.00", codes=[*HEAD, LOANS, "limit.annual_cap"], limits=[cap(cut="0.01")]),
    ),
    borrowed(
        "cut by what was paid",
        [loan(interest="300000")],
        yes("80000.00", limits=[cap("120000.00", "80000.00", "70000.00")]),
        history=[past(L, "120000.00")],
    ),
    borrowed(
        "cap used up",
        [loan()],
        no("limit.annual_cap", limits=[cap("200000.00", "0.00", "30000.00")]),
        history=[past(L, "150000.00"), past(L, "50000.00")],
    ),
    borrowed(
        "cap used up last year", [loan()], yes("30000.00", limits=[cap()]), history=[past(L, "200000", 2025)]
    ),
    borrowed(
        "cap used up beside unknown loans",
        [loan(lender=None)],
        no("limit.annual_cap"),
        history=[past(L, "200000")],
    ),
    borrowed(
        "requirement and cap both fail",
        [loan()],
        no(HEAD[3], "limit.annual_cap", limits=[cap("200000.00", "0.00")], lines={}),
        history=[past(L, "200000")],
        subsidy=True,
    ),
    borrowed(
        "subsidy unknown",
        [loan()],
        open_("pledge_financing.provincial_subsidy_received", potential="30000.00"),
        subsidy=None,
    ),
    borrowed("subsidised: no lines, no limits", [loan()], no(HEAD[3], lines={}, limits=[]), subsidy=True),
    borrowed("large", [loan()], no(HEAD[1]), who={"size": "large"}),
    borrowed("medium", [loan()], yes("30000.00"), who={"size": "medium"}),
    borrowed(
        "micro state-owned",
        [loan()],
        yes("30000.00"),
        who={"kind": "state_owned_enterprise", "size": "micro"},
    ),
    borrowed("a school of small size", [loan()], no(HEAD[0]), who={"kind": "school"}),
    borrowed("not innovative", [loan()], no(HEAD[2]), who={"technology_innovative": False}),
    borrowed(
        "everything about the applicant fails",
        [loan()],
        no(*HEAD),
        subsidy=True,
        who={"kind": "other", "size": "large", "technology_innovative": False},
    ),
    borrowed(
        "pledged otherwise",
        [loan(collateral="other")],
        no(LOANS, counted={"L1": "0.00"}, line_codes={"L1": [f"{L}.collateral"]}),
    ),
    borrowed("lent otherwise", [loan(lender="other")], no(LOANS, line_codes={"L1": [f"{L}.lender"]})),
    borrowed(
        "repaid late", [loan(repaid_on_time=False)], no(LOANS, line_codes={"L1": [f"{L}.repaid_on_time"]})
    ),
    borrowed(
        "copyright at a financial institution",
        [loan(collateral="copyright", lender="financial_institution")],
        yes("30000.00"),
    ),
    borrowed("a trademark", [loan(collateral="trademark")], yes("30000.00")),
    borrowed(
        "one of two counts",
        [loan(), loan("L2", repaid_on_time=False)],
        yes("30000.00", counted={"L1": "60000.00", "L2": "0.00"}, values={LOANS: 1}),
    ),
    borrowed("no loans", [], no(LOANS, limits=[])),
    case(
        "loans unknown",
        L,
        {"pledge_financing": {"provincial_subsidy_received": False}},
        open_("pledge_loans", potential="200000.00", limits=[cap()]),
    ),
    borrowed("costs of nothing", [loan(interest="0")], no(f"{L}.amount", counted={"L1": "0.00"})),
    borrowed(
        "a fee unknown, above zero already",
        [loan(guarantee_fee=ABSENT)],
        yes(
            "30000.00",
            potential="200000.00",
            missing=["pledge_loans[0].guarantee_fee"],
            lines={"L1": ["undetermined", None]},
            counted={"L1": None},
        ),
    ),
    borrowed(
        "a fee unknown, nothing else",
        [loan(interest=0, guarantee_fee=None)],
        open_("pledge_loans[0].guarantee_fee", potential="200000.00"),
    ),
    borrowed(
        "unknown costs that the cap makes idle",
        [loan(interest="400000", guarantee_fee=None)],
        yes("200000.00", missing=[]),
    ),
    borrowed(
        "one loan open",
        [loan(), loan("L2", lender=ABSENT, interest="1000")],
        yes("30000.00", potential="30500.00", missing=["pledge_loans[1].lender"], values={LOANS: 1}),
    ),
    borrowed(
        "a loan open that the cap makes idle",
        [loan(interest="500000"), loan("L2", lender=ABSENT)],
        yes("200000.00", missing=[]),
    ),
    borrowed(
        "a loan counted before this year by item",
        [loan()],
        no(LOANS, line_codes={"L1": ["limit.once_per_item"]}, counted={"L1": "0.00"}),
        history=[past(L, "10.00", item="L1")],
    ),
    borrowed(
        "a loan counted before by items",
        [loan(), loan("L2", interest="2")],
        yes("1.00", limits=[["once_per_item", "L1", 1, 1, 0, 1], cap("10.00", "199990.00")]),
        history=[past(L, "10.00", items=["l1", "L9"])],
    ),
    borrowed(
        "a loan counted last year counts again",
        [loan()],
        yes("30000.00"),
        history=[past(L, "10.00", 2025, items=["L1"])],
    ),
    borrowed(
        "punishment unknown with loans",
        [loan(lender=None)],
        open_("pledge_loans[0].lender", PUNISHMENT, potential="30000.00"),
        who={"punished": ABSENT},
    ),
]


def marks(name: str, items: list[dict[str, Any]], expect: dict[str, Any], **more: Any) -> Case:
    return case(name, T, {"gi_trademarks": items}, expect, **more)


OTHER = {"line_flags": {"T1": ["gi-trademark.product"]}}
MARKS_CASES = [
    marks("fees are borne", [trademark()], yes("3000.00", line_flags={"T1": []}, codes=[MARKS])),
    marks("two marks", [trademark(), trademark("T2", fees="0.01")], yes("3000.01")),
    marks("another product is flagged", [trademark(product="other")], yes("3000.00", **OTHER)),
    marks("product unknown is flagged, not asked", [trademark(product=ABSENT)], yes("3000.00", **OTHER)),
    marks(
        "fees unknown",
        [trademark(fees=None)],
        open_("gi_trademarks[0].fees", potential=None, codes=[MARKS], line_codes={"T1": [f"{T}.fees"]}),
    ),
    marks("fees of nothing", [trademark(fees=0)], no(MARKS, line_codes={"T1": [f"{T}.amount"]})),
    marks(
        "paid before",
        [trademark()],
        no(MARKS, line_codes={"T1": ["limit.once_per_item"]}),
        history=[past(T, item="T1", year=2020)],
    ),
    marks("paid before, fees unknown", [trademark(fees=None)], no(MARKS), history=[past(T, item="t-1")]),
    marks(
        "one known, one open",
        [trademark(), trademark("T2", fees=None)],
        yes("3000.00", potential=None, missing=["gi_trademarks[1].fees"]),
    ),
    marks("no marks", [], no(MARKS, lines={})),
    *[
        marks(f"{product} is named", [trademark(product=product)], yes("3000.00", line_flags={"T1": []}))
        for product in ("hongxiangsu_pear", "zaoheibao_grape", "greenhouse_winter_jujube")
    ],
]


def shown(name: str, items: list[dict[str, Any]] | None, expect: dict[str, Any], **more: Any) -> Case:
    return case(name, X, {} if items is None else {"exhibition_awards": items}, expect, **more)


UP_TO: dict[str, Any] = {
    "verdict": "eligible",
    "amount": None,
    "ceiling": "50000.00",
    "potential": "50000.00",
    "missing": [],
}
UP_TO_OPEN = {"potential": "50000.00", "ceiling": "50000.00"}
EXHIBITIONS = [
    shown(
        "won abroad", [prize()], {**UP_TO, "codes": [f"{X}.kind", PRIZES], "lines": {"0": ["eligible", None]}}
    ),
    shown("won at the festival", [prize(event="china_trademark_festival")], UP_TO),
    shown(
        "another event", [prize(event="other")], no(PRIZES, ceiling=None, line_codes={"0": [f"{X}.event"]})
    ),
    shown(
        "not the own brand, not won",
        [prize(own_brand=False, won=False)],
        no(PRIZES, line_codes={"0": [f"{X}.own_brand", f"{X}.won"]}),
    ),
    shown(
        "one unknown among others",
        [prize(won=None), prize(event="other")],
        open_("exhibition_awards[0].won", **UP_TO_OPEN, codes=[PRIZES]),
    ),
    shown(
        "one certain settles it",
        [prize(won=None), prize()],
        {**UP_TO, "lines": {"0": ["undetermined", None], "1": ["eligible", None]}, "values": {PRIZES: 1}},
    ),
    shown("list unknown", None, open_("exhibition_awards", **UP_TO_OPEN, limits=[LIMIT_FREE])),
    shown("an ip alliance", [prize()], no(f"{X}.kind", lines={}), who={"kind": "ip_alliance"}),
    shown("state-owned", [prize()], UP_TO, who={"kind": "state_owned_enterprise"}),
    shown("paid this year", [prize()], no("limit.once_per_year"), history=[past(X)]),
    shown("paid last year", [prize()], UP_TO, history=[past(X, year=2025)]),
    shown("kind unknown", [prize()], open_("applicant.kind", **UP_TO_OPEN), who={"kind": ABSENT}),
]

CASES = [*MATCH, *NAVIGATION, *PLEDGE, *MARKS_CASES, *EXHIBITIONS]
