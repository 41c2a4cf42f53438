"""Awards that are paid in parts: instalments, several payees, what the text holds back, what can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.applications.desk import FIRM, Desk, decisions
from tests.applications.walking import DAY_AFTER, Walk, at, held
from tests.http.asking import refused
from tests.rules.limits.works import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACK = (
    HEAD.replace("ORDER", "reward, grant, prize")
    + """
measures:
  reward:
    clause: 一
    title: {zh: 奖, en: reward}
    award: {calculated: firm.spent}
    limits: [at most 500 per year]
    instalments:
      - {share: 30%}
      - {share: 30%, after: 12 months}
      - {rest: yes, when: firm.green, says: {zh: 凭验收报告, en: with the report of acceptance}}
  grant:
    clause: 二
    title: {zh: 补助, en: grant}
    award: {fixed: 100}
    payee:
      - {to: {zh: 研发团队, en: the team}, name: firm.place, share: 70%}
      - {to: {zh: 项目单位, en: the firm}, rest: yes}
  prize:
    clause: 三
    title: {zh: 奖金, en: prize}
    award: {fixed: 50}
    hold: {when: firm.level == low, says: {zh: 评价未结束, en: the review is not over}}
"""
)
NAMED = {name: FIRM[name] for name in ("name", "uscc")}
YEAR_LATER = "2027-12-03"


@pytest.fixture
def office(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A service of this one pack, in the sandbox."""
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "policy.yaml").write_text(PACK, encoding="utf-8")
    monkeypatch.setenv("DUIXIAN_POLICIES", str(tmp_path))
    running = Desk(database_url, "test")
    yield running
    running.close()


def granted(office: Desk, *measures: str, **firm: Any) -> Walk:
    body = {
        "policy": "forms", "year": 2026, "measures": list(measures), "applicant": NAMED,
        "facts": {"firm": {"spent": "100.01", "level": "high", "place": "甲队", "green": True, **firm}},
    }  # fmt: skip
    answer = office.post("apply", "/v1/applications", body, headers=at("2026-11-25"))
    assert answer.status_code == 201, answer.text
    walk = Walk(office, seen=answer.json()).do("submit").do("accept")
    walk.do("approve", {"awards": decisions(walk.seen)})
    return walk.do("publicise").on(DAY_AFTER).do("grant")


def payments(walk: Walk) -> list[tuple[str, str, str]]:
    return [(one["payee"], one["amount"], one["state"]) for one in walk.seen["payments"]]


def lists_read_on(office: Desk, day: str) -> None:
    with psycopg.connect(office.url) as connection:
        connection.execute(
            "INSERT INTO list_readings (mode, id, list, source, queried_at, recorded_by, recorded_at)"
            " VALUES ('test', 'lst_later', 'national', 'court', %s, 'tests', now())",
            [f"{day}T09:00:00+08:00"],
        )


def entries(office: Desk) -> list[tuple[str, str, int]]:
    with psycopg.connect(office.url) as connection:
        return connection.execute(
            "SELECT from_account, to_account, amount FROM ledger_entries WHERE from_account = 'payable'"
            " OR to_account = 'owed' ORDER BY n"
        ).fetchall()


def test_three_instalments_sum_to_the_award(office: Desk) -> None:
    walk = granted(office, "reward").pay()
    assert (walk.status, walk.states()) == ("paying", ["paying"])
    walk.confirm("V-1")
    assert (walk.status, walk.states()) == ("granted", ["payable"])
    problem = refused(walk.ask("pay"), 409, "instalment-not-due")
    assert problem["awards"][0]["due_on"] == YEAR_LATER
    walk.on("2027-12-02")
    lists_read_on(office, walk.day)
    refused(walk.ask("pay"), 409, "instalment-not-due")
    walk.on(YEAR_LATER).pay().confirm("V-2").pay().confirm("V-3")
    assert (walk.status, walk.states()) == ("paid", ["paid"])
    assert [amount for _, amount, _ in payments(walk)] == ["30.00", "30.00", "40.01"]
    assert [one["instalment"] for one in walk.seen["payments"]] == [1, 2, 3]
    assert walk.seen["payments"][2]["parts"] == [{"award": walk.award["id"], "amount": "40.01"}]
    assert entries(office) == [
        ("payable", "paid", 3000),
        ("payable", "paid", 3000),
        ("payable", "paid", 4001),
    ]
    assert held(office)["used"] == [10_001]


def test_what_an_instalment_waits_for_an_administrator_may_have_seen(office: Desk) -> None:
    walk = granted(office, "reward", green=False).pay().confirm("V-1").on(YEAR_LATER)
    lists_read_on(office, walk.day)
    walk.pay().confirm("V-2")
    problem = refused(walk.ask("pay"), 409, "instalment-not-due")
    assert (
        problem["awards"][0]["reason"]["en"] == "when: 绿色 is yes"
        or "report" in problem["awards"][0]["reason"]["en"]
    )
    walk.do("override", {"reason": "The report of acceptance was seen"}).pay().confirm("V-3")
    assert walk.status == "paid"
    ordered = [
        one for one in office.get("audit", f"/v1/applications/{walk.id}/events").json()["items"]
        if one["type"] == "application.payment_ordered"
    ]  # fmt: skip
    assert [one["data"]["overridden"] for one in ordered] == [[], [], ["instalment"]]


def test_payees_are_paid_one_order_each(office: Desk) -> None:
    walk = granted(office, "grant").pay().confirm("V-1")
    assert walk.status == "granted"
    walk.pay().confirm("V-2")
    assert (walk.status, payments(walk)) == (
        "paid", [("甲队", "70.00", "confirmed"), ("项目单位", "30.00", "confirmed")]
    )  # fmt: skip
    assert held(office)["claims"] == []


def test_one_order_pays_all_that_is_due_to_one_payee(office: Desk) -> None:
    walk = granted(office, "reward", "prize").pay()
    assert payments(walk) == [(FIRM["name"], "80.00", "ordered")]
    assert [one["amount"] for one in walk.seen["payments"][0]["parts"]] == ["30.00", "50.00"]
    walk.confirm("V-1")
    assert (walk.status, walk.states()) == ("granted", ["payable", "paid"])


@pytest.mark.parametrize("level", ["low", None])
def test_what_the_text_holds_back_is_not_paid_until_an_administrator_lets_it_through(
    office: Desk, level: str | None
) -> None:
    walk = granted(office, "prize", level=level)
    problem = refused(walk.ask("pay"), 409, "payment-held")
    assert problem["awards"][0]["reason"] == {"zh": "评价未结束", "en": "the review is not over"}
    walk.do("override", {"reason": "The review is over"}).pay().confirm("V-1")
    assert walk.status == "paid"


def test_others_are_paid_while_one_is_held(office: Desk) -> None:
    walk = granted(office, "reward", "prize", level="low").pay().confirm("V-1")
    assert (walk.status, walk.states()) == ("granted", ["payable", "payable"])
    assert payments(walk) == [(FIRM["name"], "30.00", "confirmed")]


def test_an_override_pays_nothing_before_its_time_while_something_else_is_due(office: Desk) -> None:
    walk = granted(office, "reward", "prize", level="low").do("override", {"reason": "A debt was cleared up"})
    walk.pay().confirm("V-1")
    assert payments(walk) == [(FIRM["name"], "30.00", "confirmed")]
    assert walk.states() == ["payable", "payable"]
    refused(walk.ask("pay"), 409, "payment-held")


# Undoing what is partly paid


def test_what_is_partly_paid_is_neither_withdrawn_nor_decided_anew(office: Desk) -> None:
    walk = granted(office, "reward").pay().confirm("V-1")
    for action in ("withdraw", "reopen"):
        refused(walk.ask(action, {"reason": "no"}), 409, "not-allowed-now")
    seen = office.get("admin", f"/v1/applications/{walk.id}").json()
    assert "revoke" in seen["allowed_actions"]


def test_a_payment_that_bounced_later_is_payable_again(office: Desk) -> None:
    walk = granted(office, "reward")
    refused(walk.ask("fail", {"reason": "bounced"}), 409, "not-allowed-now")
    walk.pay().confirm("V-1").do("fail", {"reason": "bounced"})
    assert (walk.status, walk.states()) == ("granted", ["payable"])
    assert held(office)["used"] == [10_001]
    walk.pay().confirm("V-2")
    assert payments(walk)[-1] == (FIRM["name"], "30.00", "confirmed")
    refused(walk.ask("pay"), 409, "instalment-not-due")


def test_revoked_after_the_first_instalment_owes_that_one_and_frees_the_rest(office: Desk) -> None:
    walk = granted(office, "reward", "prize", level="low").pay().confirm("V-1")
    problem = refused(walk.ask("revoke", {"reason": "false papers"}), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/restores_entitlement"
    walk.do("revoke", {"reason": "false papers", "restores_entitlement": True})
    assert (walk.status, walk.states()) == ("revoked", ["owed", "released"])
    reward = walk.seen["awards"][0]
    assert (reward["amount"], reward["clawed_back"]) == ("30.00", "30.00")
    assert held(office)["used"] == [3000]
    walk.do(
        "recover", {"award": reward["id"], "amount": "30.00", "reference": "R-1", "received_on": DAY_AFTER}
    )
    assert walk.states() == ["recovered", "released"]
    assert held(office) == {"claims": [], "used": [0]}


def test_shares_that_do_not_sum_to_their_payment_are_refused_by_the_database(office: Desk) -> None:
    walk = granted(office, "reward").pay()
    with (
        psycopg.connect(office.url) as connection,
        pytest.raises(psycopg.errors.CheckViolation, match="its shares of"),
    ):
        connection.execute("UPDATE payments SET amount = amount + 1 WHERE application = %s", [walk.id])
