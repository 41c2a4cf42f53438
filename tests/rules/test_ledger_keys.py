"""Ledger keys: which a pack may hold, and which may follow on which between versions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from app.rules.ledger_keys import LedgerKeysMoved, check_ledger_keys
from app.rules.loading import load_policy
from tests.rules.loading.packs import GRANT, HEAD, MATCH, PACK, check

if TYPE_CHECKING:
    from app.rules.policy import Policy

STATED = "ledger: {key: small.old-grant}"


def test_a_measure_may_succeed_keys_with_or_without_one_of_its_own() -> None:
    text = PACK[GRANT].replace(STATED, "ledger: {succeeds: [small.old-grant, '2019-grants.a']}")
    grant = load_policy({**PACK, GRANT: text}).measure("grant")
    assert grant is not None
    assert (grant.ledger_key, grant.succeeds) == ("small.grant", ("small.old-grant", "2019-grants.a"))
    plain = load_policy(PACK).measure("match")
    assert plain is not None
    assert (plain.ledger_key, plain.succeeds) == ("small.match", ())


@pytest.mark.parametrize(
    ("new", "suggestion", "says"),
    [
        ("ledger: {key: ¦Small.grant}", None, "a ledger key is"),
        ("ledger: {key: ¦small..grant}", None, "a ledger key is"),
        ("ledger: {key: ¦small.grant-}", None, "a ledger key is"),
        ("ledger: {key: ¦small_grant}", None, "a ledger key is"),
        ("ledger: {¦kee: small.grant}", "key", "unknown key"),
        ("ledger: {keys: [¦level]}", "staff.level", "unknown name"),
        ("ledger: {succeeds: ¦small.old-grant}", None, "expected a list"),
        ("ledger: {succeeds: [small.old-grant, ¦small.old-grant]}", None, "twice"),
        ("ledger: {succeeds: [¦small old]}", None, "a ledger key is"),
        ("ledger: {key: ¦small.match}", None, "that of the measure 'match' already"),
        ("ledger: {succeeds: [a, ¦small.match]}", None, "is that of 'match'"),
    ],
)
def test_a_mistake_is_told_where_it_stands(new: str, suggestion: str | None, says: str) -> None:
    check(GRANT, STATED, new, suggestion, says)


def test_a_key_has_one_heir() -> None:
    files = {**PACK, GRANT: PACK[GRANT].replace(STATED, "ledger: {succeeds: [small.older]}")}
    old = "title: {zh: 配套, en: Match}\n"
    check(MATCH, old, f"{old}ledger: {{succeeds: [¦small.older]}}\n", None, "is that of 'grant'", files)


def version(year: int, *measures: tuple[str, str], head: str = PACK[HEAD]) -> Policy:
    """The pack as it came into force in a year, its first measures with these ids and these ledger blocks."""
    texts = iter((PACK[GRANT].replace(f"{STATED}\n", ""), PACK[MATCH]))
    files = {path: text for path, text in PACK.items() if path not in (HEAD, GRANT, MATCH)}
    for name, ledger in measures:
        files[f"measures/{name}.yaml"] = f"{next(texts)}{ledger and f'ledger: {ledger}'}\n"
    names = ", ".join(name for name, _ in measures)
    head = head.replace("grant, match,", f"{names},").replace("version: 2024.1", f"version: v{year}")
    files[HEAD] = head.replace("{from: 2024-01-01, to: 2026-12-31}", f"{{from: {year}-01-01}}")
    policy = load_policy(files)
    assert policy.in_force_from == date(year, 1, 1)
    return policy


FIRST = version(2024, ("grant", ""), ("match", ""))


def moves(*policies: Policy) -> tuple[str, ...]:
    try:
        check_ledger_keys(policies)
    except LedgerKeysMoved as moved:
        return moved.moves
    return ()


@pytest.mark.parametrize(
    "later",
    [
        [version(2025, ("grant", ""), ("match", ""))],
        [version(2025, ("grant", "{key: new, succeeds: [small.grant]}"), ("match", ""))],
        # Declared once is enough: the key stays after that.
        [
            version(2025, ("grant", "{key: new, succeeds: [small.grant]}")),
            version(2026, ("grant", "{key: new}")),
        ],
        # A measure that goes on under another id: with the old key, or with its own.
        [version(2025, ("prize", "{key: small.grant, succeeds: [small.grant]}"), ("match", ""))],
        [version(2025, ("prize", "{succeeds: [small.grant]}"), ("match", ""))],
        # Two measures made one.
        [version(2025, ("both", "{succeeds: [small.grant, small.match]}"))],
        [version(2025, ("match", ""))],
    ],
)
def test_versions_that_go_on_from_each_other(later: list[Policy]) -> None:
    assert moves(FIRST, *later) == ()
    assert moves(*reversed(later), FIRST) == ()


@pytest.mark.parametrize(
    ("later", "says"),
    [
        (
            [version(2025, ("grant", "{key: new}"))],
            "measure grant: the ledger key was small.grant and is new",
        ),
        ([version(2025, ("grant", "{key: new, succeeds: [other]}"))], "was small.grant and is new"),
        ([version(2025, ("prize", "{key: small.grant}"))], "small.grant is that of the measure grant"),
        # Not even long after: money was paid under it.
        (
            [version(2025, ("match", "")), version(2026, ("prize", "{key: small.grant}"))],
            "v2026, measure prize: the ledger key small.grant is that of the measure grant",
        ),
        # A key that was succeeded belongs to the heir.
        (
            [
                version(2025, ("prize", "{succeeds: [small.grant]}")),
                version(2026, ("prize", ""), ("grant", "")),
            ],
            "measure grant: the ledger key small.grant is that of the measure prize",
        ),
    ],
)
def test_versions_that_would_pay_twice(later: list[Policy], says: str) -> None:
    (move,) = moves(*later, FIRST)
    assert says in move


def test_a_policy_issued_under_another_id_is_of_the_same_family() -> None:
    head = PACK[HEAD].replace("id: small\n", "id: small-2\nfamily: small\n")
    assert moves(FIRST, version(2025, ("grant", ""), head=head)) == ()
    (move,) = moves(FIRST, version(2025, ("grant", "{key: new}"), head=head))
    assert "was small.grant" in move


def test_no_key_serves_two_families() -> None:
    head = PACK[HEAD].replace("id: small\n", "id: other\n")
    assert moves(FIRST, version(2025, ("grant", ""), head=head)) == ()
    for ledger in ("{key: small.grant}", "{key: small.grant, succeeds: [small.grant]}"):
        (move,) = moves(FIRST, version(2025, ("grant", ledger), head=head))
        assert "of the family small" in move
