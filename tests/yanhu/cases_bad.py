"""Requests that must be refused: what is sent, and the status, pointer and code that must come back."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import Any

from tests.yanhu.asking import ask, award, loan, past, pledge, project, trademark

GOOD = ask("patent-grants", {"patents": {"granted": 10, "invention_granted": 5, "high_value_granted": 1}})
DROP = object()


@dataclass(frozen=True)
class Bad:
    name: str
    content: bytes
    status: int
    pointer: str | None = None
    code: str | None = None
    content_type: str | None = "application/json"
    query: str = ""


def put(pointer: str, value: Any, base: dict[str, Any] = GOOD) -> bytes:
    """The good request with one place set (made if need be), or dropped."""
    body = copy.deepcopy(base)
    place: Any = body
    *way, last = pointer.strip("/").split("/")
    for part in way:
        place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
    if value is DROP:
        del place[last]
    elif isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return json.dumps(body, ensure_ascii=True).encode()


def bad(name: str, pointer: str, value: Any, code: str, at: str | None = None) -> Bad:
    return Bad(name, put(pointer, value), 422, at or pointer, code)


def listed(name: str, facts: dict[str, Any], at: str, code: str) -> Bad:
    return Bad(name, json.dumps(ask("patent-grants", facts)).encode(), 422, at, code)


GRANTED = "/facts/patents/granted"
AWARD = "/facts/patent_awards/0"
COUNTS = [
    bad("a bool for a count", GRANTED, True, "type"),
    bad("text for a count", GRANTED, "10", "type"),
    bad("a decimal for a count", GRANTED, 10.5, "type"),
    Bad(
        "ten point nought for a count",
        put(GRANTED, 1).replace(b'"granted": 1,', b'"granted": 10.0,'),
        422,
        GRANTED,
        "type",
    ),
    bad("a list for a count", GRANTED, [10], "type"),
    bad("a negative count", GRANTED, -1, "range"),
    bad("a count past 10^9", GRANTED, 1_000_000_001, "range"),
    bad("inventions above all grants", "/facts/patents/invention_granted", 11, "relation"),
    bad("high value above all grants", "/facts/patents/high_value_granted", 11, "relation"),
    bad("a misspelt fact", "/facts/patents/grantd", 3, "unknown_field"),
    bad("a misspelt group", "/facts/patent", {"granted": 3}, "unknown_field"),
    bad("a group that is a number", "/facts/patents", 3, "type"),
    bad("a group that is a list", "/facts/patents", [], "type"),
]
WHO = [
    bad("no name", "/applicant/name", DROP, "required"),
    bad("a null name", "/applicant/name", None, "required"),
    bad("an empty name", "/applicant/name", "", "length"),
    bad("a name of spaces", "/applicant/name", "   ", "length"),
    bad("a name of 201 characters", "/applicant/name", "字" * 201, "length"),
    bad("a name with NUL", "/applicant/name", "a\u0000b", "text"),
    bad("a name with a control character", "/applicant/name", "a\u0007b", "text"),
    bad("a name with a lone surrogate", "/applicant/name", "a\ud800b", "text"),
    bad("a number for a name", "/applicant/name", 5, "type"),
    bad("no uscc", "/applicant/uscc", DROP, "required"),
    bad("a wrong check character", "/applicant/uscc", "91140802MA0GT0018A", "check_character"),
    bad("fifteen digits", "/applicant/uscc", "140802000000001", "format"),
    bad("an O for a 0", "/applicant/uscc", "9114O802MA0GT0018G", "format"),
    bad("an unknown kind", "/applicant/kind", "company", "choice"),
    bad("a kind in capitals", "/applicant/kind", "Enterprise", "choice"),
    bad("a number for a kind", "/applicant/kind", 3, "type"),
    bad("text for a boolean", "/applicant/technology_innovative", "yes", "type"),
    bad("a number for a boolean", "/applicant/credit/joint_punishment", 0, "type"),
    bad("a division of five digits", "/applicant/division", "14080", "format"),
    bad("a misspelt applicant fact", "/applicant/sise", "small", "unknown_field"),
    bad("no applicant", "/applicant", DROP, "required"),
    bad("a null applicant", "/applicant", None, "required"),
    bad("an applicant that is a list", "/applicant", [], "type"),
]
TOP = [
    bad("an unknown field", "/measure", ["patent-grants"], "unknown_field"),
    bad("a ref outside a batch", "/ref", "r1", "unknown_field"),
    bad("an unknown measure", "/measures/0", "patent-grant", "choice"),
    bad("a service without a condition", "/measures/0", "inventor-rewards", "choice"),
    bad("no measures", "/measures", [], "length"),
    Bad(
        "a measure twice",
        put("/measures", ["patent-grants", "patent-grants"]),
        422,
        "/measures/1",
        "duplicate_id",
    ),
    bad("a year before 2000", "/year", 1999, "range"),
    bad("a year after 2100", "/year", 2101, "range"),
    bad("a year as text", "/year", "2026", "type"),
    bad("no such day", "/as_of", "2026-02-30", "format"),
    bad("a time for a day", "/as_of", "2026-11-23T00:00:00Z", "format"),
    bad("Arabic digits in a day", "/as_of", "٢٠٢٦-11-23", "format"),
    bad("a day before every version", "/as_of", "2022-12-31", "range"),
    bad("a number for a day", "/as_of", 20261123, "type"),
    bad("facts that are a list", "/facts", [], "type"),
]
MONEY = [
    listed("three decimals", {"patent_awards": [award(amount="1.001")]}, f"{AWARD}/amount", "format"),
    listed(
        "three decimals of a number", {"patent_awards": [award(amount=1.001)]}, f"{AWARD}/amount", "format"
    ),
    listed("money below zero", {"patent_awards": [award(amount="-1.00")]}, f"{AWARD}/amount", "range"),
    listed(
        "money past 10^12", {"patent_awards": [award(amount="1000000000000.01")]}, f"{AWARD}/amount", "range"
    ),
    listed("money with separators", {"patent_awards": [award(amount="50,000")]}, f"{AWARD}/amount", "format"),
    listed("money of NaN text", {"patent_awards": [award(amount="NaN")]}, f"{AWARD}/amount", "format"),
    listed("an exponent in text", {"patent_awards": [award(amount="1e400000")]}, f"{AWARD}/amount", "format"),
    listed("a bool for money", {"patent_awards": [award(amount=True)]}, f"{AWARD}/amount", "type"),
    listed(
        "an award without id", {"patent_awards": [{"level": "national"}]}, f"{AWARD}/award_id", "required"
    ),
    listed("an item that is text", {"patent_awards": ["A1"]}, AWARD, "type"),
    listed("a list that is a group", {"patent_awards": {"award_id": "A1"}}, "/facts/patent_awards", "type"),
    listed(
        "a misspelt field",
        {"patent_awards": [{**award(), "lvl": "national"}]},
        f"{AWARD}/lvl",
        "unknown_field",
    ),
    listed(
        "one id twice",
        {"patent_awards": [award(), award()]},
        "/facts/patent_awards/1/award_id",
        "duplicate_id",
    ),
    listed(
        "one id spelt twice",
        {"patent_awards": [award("A-1"), award("ａ 1")]},
        "/facts/patent_awards/1/award_id",
        "duplicate_id",
    ),
    listed(
        "a project twice",
        {"navigation_projects": [project(), project()]},
        "/facts/navigation_projects/1/project",
        "duplicate_id",
    ),
    listed("a loan twice", pledge(loan(), loan()), "/facts/pledge_loans/1/loan_id", "duplicate_id"),
    listed(
        "a rating unknown to the law",
        {"navigation_projects": [project(excellence="city")]},
        "/facts/navigation_projects/0/excellence",
        "choice",
    ),
    listed(
        "a lender unknown to the law", pledge(loan(lender="friend")), "/facts/pledge_loans/0/lender", "choice"
    ),
    listed(
        "1,001 items",
        {"gi_trademarks": [trademark(f"T{i}") for i in range(1001)]},
        "/facts/gi_trademarks",
        "length",
    ),
    listed(
        "a date of no calendar",
        {"alliance": {"operating_since": "2023-02-29"}},
        "/facts/alliance/operating_since",
        "format",
    ),
]


def with_history(name: str, row: Any, at: str, code: str) -> Bad:
    return Bad(name, json.dumps({**GOOD, "history": [row]}).encode(), 422, f"/history/0{at}", code)


def without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k != key}


FUNDS = {"source": "district", "amount": "1.00"}
PAST = [
    with_history("history of no measure", past("patents"), "/measure", "choice"),
    with_history("history of a service", past("talent"), "/measure", "choice"),
    with_history("history without a year", without(past("patent-grants"), "year"), "/year", "required"),
    with_history(
        "history without an amount", without(past("patent-grants"), "amount"), "/amount", "required"
    ),
    with_history("history of nothing", past("patent-grants", "0"), "/amount", "range"),
    with_history("an unnamed navigation payment", past("navigation"), "/item", "required"),
    with_history("an unnamed prize", past("patent-award-match"), "/item", "required"),
    with_history("an unnamed mark", past("gi-trademark"), "/item", "required"),
    with_history("an unnamed level", past("service-outlet"), "/item", "required"),
    with_history("a level unknown to the law", past("service-outlet", item="city"), "/item", "choice"),
    with_history(
        "a misspelt field of history", {**past("patent-grants"), "yaer": 2025}, "/yaer", "unknown_field"
    ),
    bad(
        "funding without a source",
        "/other_funding",
        [without(FUNDS, "source")],
        "required",
        "/other_funding/0/source",
    ),
    bad(
        "funding from nowhere",
        "/other_funding",
        [{**FUNDS, "source": "uncle"}],
        "choice",
        "/other_funding/0/source",
    ),
    bad(
        "funding without an amount",
        "/other_funding",
        [without(FUNDS, "amount")],
        "required",
        "/other_funding/0/amount",
    ),
]
ASSUME = [
    bad(
        "assuming what is no fact",
        "/assume",
        {"patents.grantd": 3},
        "unknown_field",
        "/assume/patents.grantd",
    ),
    bad("assuming a list", "/assume", {"patent_awards": []}, "type", "/assume/patent_awards"),
    Bad(
        "assuming an item's id",
        json.dumps(
            {
                **ask("patent-award-match", {"patent_awards": [award()]}),
                "assume": {"patent_awards[0].project": "P"},
            }
        ).encode(),
        422,
        "/assume/patent_awards[0].project",
        "unknown_field",
    ),
    bad("assuming a group", "/assume", {"patents": {}}, "type", "/assume/patents"),
    bad("assuming null", "/assume", {"patents.granted": None}, "type", "/assume/patents.granted"),
    bad("assuming the wrong type", "/assume", {"patents.granted": "3"}, "type", "/assume/patents.granted"),
]
PLAIN = json.dumps(GOOD).encode()
JSON_ITSELF = [
    Bad("an empty body", b"", 400),
    Bad("not JSON", b"{", 400),
    Bad("NaN", PLAIN.replace(b'"granted": 10', b'"granted": NaN'), 400),
    Bad("Infinity", PLAIN.replace(b'"granted": 10', b'"granted": -Infinity'), 400),
    Bad("a key twice", PLAIN.replace(b'"granted": 10', b'"granted": 10, "granted": 11'), 400),
    Bad("invalid UTF-8", PLAIN.replace(b'"small"', b'"\xff\xfe"'), 400),
    Bad("UTF-16", json.dumps(GOOD).encode("utf-16"), 400),
    Bad("100,000 brackets", b"[" * 100_000, 400),
    Bad("33 levels", PLAIN.replace(b'"granted": 10', b'"granted": ' + b"[" * 33 + b"]" * 33), 400),
    Bad("an integer of 5,000 digits", PLAIN.replace(b'"granted": 10', b'"granted": ' + b"9" * 5000), 400),
    Bad("something after the end", PLAIN + b"{}", 400),
    Bad("a comment", PLAIN + b"// no", 400),
    Bad("a comma too many", PLAIN.replace(b'"granted": 10,', b'"granted": 10,,'), 400),
    Bad("a body that is a list", b"[]", 422, "", "type"),
    Bad("a body that is text", b'"hello"', 422, "", "type"),
    Bad("a body that is null", b"null", 422, ""),
    Bad("an integer of 30 digits", put(GRANTED, int("9" * 30)), 422, GRANTED, "range"),
    Bad(
        "money of exponent 400000",
        put(GRANTED, 1).replace(b'"granted": 1,', b'"granted": 1e400000,'),
        422,
        GRANTED,
    ),
    Bad("over one MiB", PLAIN + b" " * (1 << 20), 413),
    Bad("a form", PLAIN, 415, content_type="application/x-www-form-urlencoded"),
    Bad("text", PLAIN, 415, content_type="text/plain"),
    Bad("no content type", PLAIN, 415, content_type=None),
    Bad("another charset", PLAIN, 415, content_type="application/json; charset=gbk"),
    Bad("an unknown query parameter", PLAIN, 422, query="?tarce=true"),
    Bad("a trace that is no boolean", PLAIN, 422, query="?trace=perhaps"),
]
BAD: list[Bad] = [*COUNTS, *WHO, *TOP, *MONEY, *PAST, *ASSUME, *JSON_ITSELF]
SEVERAL = json.dumps(
    {
        **GOOD,
        "year": 1,
        "applicant": {"name": "", "uscc": "x", "kind": "y"},
        "facts": {"patents": {"granted": -1, "wrong": 1}},
    }
).encode()
SEVERAL_AT = [
    "/year",
    "/applicant/name",
    "/applicant/uscc",
    "/applicant/kind",
    "/facts/patents/granted",
    "/facts/patents/wrong",
]
