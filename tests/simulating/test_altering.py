"""A policy with other values of its parameters: read anew with every check, and never taken for a published one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from app.rules.altering import alter
from app.rules.input.mistakes import InputErrors
from app.rules.loading import load_policy
from tests.rules.loading.packs import GRANT, NOTICE, NOTICED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.policy import Policy

PLAIN = {path: text for path, text in NOTICED.items() if path != NOTICE}
DAY = date(2026, 11, 23)


def altered(values: Mapping[str, Any], files: Mapping[str, str] = PLAIN, year: int = 2026) -> Policy:
    return alter(files, values, year=year, as_of=DAY)


def value(policy: Policy, measure: str, name: str) -> object:
    found = policy.measure(measure)
    assert found is not None
    return found.parameters[name].value


@pytest.mark.parametrize("given", [8, "8", Decimal(8), Decimal("8E0")])
def test_one_value_changes_and_nothing_else_does(given: object) -> None:
    published, found = load_policy(PLAIN), altered({"grant.most": given})
    assert value(found, "grant", "most") == 8
    assert value(found, "grant", "amount") == 20_000_000
    for before, after in zip(published.measures, found.measures, strict=True):
        assert (before == after) == (before.id != "grant")
    assert (found.id, found.version, found.facts) == (published.id, published.version, published.facts)


def test_every_unit_is_read_as_the_pack_reads_it() -> None:
    found = altered({"grant.amount": Decimal("1234.50"), "match.ratio": "12.5%"})
    assert value(found, "grant", "amount") == 123_450
    assert value(found, "match", "ratio") == 12_500_000


def test_a_parameter_of_the_policy_changes_wherever_it_is_used() -> None:
    found = altered({"common": 31})
    assert (value(found, "grant", "common"), value(found, "gift", "common")) == (31, 31)


def test_what_the_years_notice_sets_is_altered_there_and_the_notice_still_holds() -> None:
    under = altered({"grant.most": 7}, NOTICED)
    assert value(under, "grant", "most") == 7
    assert value(under, "grant", "amount") == 15_000_000
    assert value(altered({"common": 7}, NOTICED), "gift", "common") == 7
    # A year without a notice has the pack's own.
    assert value(altered({"grant.most": 7}, NOTICED, 2025), "grant", "amount") == 20_000_000
    published = load_policy(NOTICED).notices[0].policy
    assert under.measure("match") == published.measure("match")
    assert altered({"match.ratio": "40%"}, NOTICED).measures == published.measures


def test_an_altered_policy_is_never_taken_for_a_published_one() -> None:
    digests = [load_policy(PLAIN).digest]
    digests += [altered({"grant.most": most}).digest for most in (8, 9, 10)]
    assert len(set(digests)) == 4
    assert all(digest.startswith("altered:sha256:") for digest in digests[1:])


@pytest.mark.parametrize(
    ("name", "given", "code", "says"),
    [
        ("grant.moost", 8, "unknown_field", "grant.most"),
        ("comon", 8, "unknown_field", "did you mean common?"),
        ("grant.common", 8, "unknown_field", "no parameter"),
        ("advice.most", 8, "unknown_field", "no parameter"),
        ("grant.most", "8%", "type", "must be a count"),
        ("grant.most", Decimal("8.5"), "type", "must be a count"),
        ("grant.most", -1, "type", "must be a count"),
        ("grant.most", "8 + 1", "type", "must be a count"),
        ("grant.most", "", "type", "must be a count"),
        ("grant.amount", Decimal("0.001"), "type", "must be a money"),
        ("match.ratio", 60, "type", "say 60%"),
        ("grant.most", 10**9 + 1, "range", "too large"),
        ("grant.most", Decimal("1e400000"), "range", "too large"),
        pytest.param("grant.most", 10**5000, "range", "too large", id="very large"),
        ("grant.most", "'; DROP", "text", "without quotes"),
        ("grant.most", "8\n9", "text", "printable"),
    ],
)
def test_what_cannot_stand_is_told_at_its_name(name: str, given: object, code: str, says: str) -> None:
    with pytest.raises(InputErrors) as refused:
        altered({"grant.most": 8, name: given})
    [error] = refused.value.errors
    assert (error.pointer, error.code) == (f"/parameters/{name}", code)
    assert says in error.message.en
    assert any("一" <= character <= "鿿" for character in error.message.zh)


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(InputErrors) as refused:
        altered({"grant.moost": 8, "grant.most": 9, "match.ratio": 1})
    assert [error.pointer for error in refused.value.errors] == [
        "/parameters/grant.moost",
        "/parameters/match.ratio",
    ]


def test_a_value_that_the_policy_cannot_hold_with_is_refused_by_the_loader() -> None:
    """A cap of nothing: of the right type, and no cap."""
    with pytest.raises(InputErrors) as refused:
        altered({"grant.most": 8, "grant.amount": 0})
    [error] = refused.value.errors
    assert (error.pointer, error.code) == ("/parameters/grant.amount", "range")
    assert "does not hold" in error.message.en


def test_comments_quotes_and_line_ends_around_a_value_do_not_matter() -> None:
    text = PLAIN[GRANT].replace("most: 10", "most:   '10'   # ten, 十").replace("\n", "\r\n")
    found = altered({"grant.most": 8, "grant.amount": 5}, {**PLAIN, GRANT: text})
    assert (value(found, "grant", "most"), value(found, "grant", "amount")) == (8, 500)
