"""Budgets and places that all applicants share: runs, what they grant, and approvals that go by them."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from app.services.offers.terms import offerable
from tests.applications.desk import Desk, decisions, secret_of
from tests.applications.test_ledger_verify import verified
from tests.http.asking import refused
from tests.rules.limits.works import HEAD, REWARD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALLOT = {
    "scaled": "{budget: 100, per: year, by: scale}",
    "ranked": "{budget: 100, per: year, by: firm.spent, last: partial}",
    "seats": "{places: 2, by: firm.spent, then: [count(w in works where w.good)]}",
    "open-seats": "{places: 1, by: firm.spent, ties: admit}",
    "scored": "{places: 5, by: count(w in works where w.good)}",
    "first": "{budget: 100, per: year, by: arrival, last: partial}",
    "whole": "{budget: 100, per: year, by: arrival, last: refuse}",
    "chairs": "{places: 2, by: arrival}",
    "noticed": "{budget: all, per: year, by: scale}",
}
CODES = ("91140802MA0GT0018G", "91140802MA0GT0026B", "91140802MA0GT00346", "91140802MA0GT00359")


def pack() -> str:
    """A measure for each way to share."""
    text = HEAD.replace("ORDER", ", ".join(ALLOT)) + "measures:\n"
    for name, allot in ALLOT.items():
        text += REWARD.strip("\n").replace("reward:", f"{name}:")
        text += f"\n    award: {{calculated: firm.spent}}\n    allot:\n      {_block(allot)}\n"
        text += "    parameters: {all: 50}\n" if name == "noticed" else ""
    return text + "notices:\n  2026: {year: 2026, published: 2026-01-05, parameters: {noticed.all: 80}}\n"


def _block(allot: str) -> str:
    """Aggregates hold no commas or braces of a flow."""
    parts = allot.strip("{}").split(", ")
    return "\n      ".join(parts)


@pytest.fixture
def office(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "policy.yaml").write_text(pack(), encoding="utf-8")
    monkeypatch.setenv("DUIXIAN_POLICIES", str(tmp_path))
    running = Desk(database_url)
    yield running
    running.close()


def accepted(office: Desk, measure: str, number: int, spent: str, good: int | None = 0) -> dict[str, Any]:
    """An application of the firm of this number; `good` works, None: nobody knows."""
    applicant = {"name": f"企业{number}", "uscc": CODES[number]}
    facts: dict[str, Any] = {"firm": {"spent": spent}}
    if good is not None:
        facts["works"] = [{"no": f"W{n}", "good": True, "worth": "1", "grade": "low"} for n in range(good)]
    drafted = office.draft([measure], facts, applicant, policy="forms")
    office.done("apply", drafted["id"], "submit")
    return office.done("review", drafted["id"], "accept")


def run(office: Desk, measure: str, **more: Any) -> dict[str, Any]:
    answer = office.post(
        "approve", "/v1/allocations", {"policy": "forms", "measure": measure, "year": 2026, **more}
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/v1/allocations/{found['id']}"
    assert office.get("audit", f"/v1/allocations/{found['id']}").json() == found
    return found


def lines(office: Desk, found: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    answer = office.get("audit", f"/v1/allocations/{found['id']}/lines").json()
    assert answer["next"] is None
    return {one["application"]: (one["rank"], one["outcome"], one["granted"]) for one in answer["items"]}


def approve(office: Desk, application: dict[str, Any]) -> Any:
    return office.act("approve", application["id"], "approve", {"awards": decisions(application)})


def amount(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    (award,) = answer.json()["awards"]
    return str(award["amount"])


def used(office: Desk) -> list[tuple[Any, ...]]:
    with psycopg.connect(office.url) as connection:
        query = "SELECT limit_key, organisation, used, cap FROM limit_usage ORDER BY limit_key"
        return connection.execute(query).fetchall()


def test_all_are_scaled_and_approved_for_what_the_run_grants(office: Desk) -> None:
    one, other = (accepted(office, "scaled", number, spent) for number, spent in enumerate(("100", "50")))
    problem = refused(approve(office, one), 409, "not-allotted")
    assert (problem["measure"], problem["allocation"], problem["outcome"]) == ("scaled", None, None)
    found = run(office, "scaled")
    assert (found["factor"]["exact"], found["demand"], found["spent"], found["left"]) == (
        "2/3", "150.00", "99.99", "0.01",
    )  # fmt: skip
    assert lines(office, found) == {
        one["id"]: (None, "partly", "66.66"),
        other["id"]: (None, "partly", "33.33"),
    }
    assert amount(approve(office, one)) == "66.66"
    assert used(office) == [("budget|forms.scaled|2026", None, 6666, 10000)]
    # A run after it shares what is left among those who still wait.
    again = run(office, "scaled")
    assert (again["used_before"], again["factor"]["exact"], again["spent"]) == ("66.66", "1667/2500", "33.34")
    assert amount(approve(office, other)) == "33.34"
    assert verified(office)["differences"] == []


def test_who_ranks_higher_comes_first_and_the_last_gets_the_rest(office: Desk) -> None:
    low, high, middle = (accepted(office, "ranked", n, spent) for n, spent in enumerate(("30", "70", "40")))
    found = run(office, "ranked")
    assert lines(office, found) == {
        high["id"]: (1, "granted", "70.00"),
        middle["id"]: (2, "partly", "30.00"),
        low["id"]: (3, "none", "0.00"),
    }
    assert (found["cut_off"], found["left"], found["outcomes"]["none"]) == (["40.00"], "0.00", 1)
    told = office.get("audit", f"/v1/allocations/{found['id']}/lines?outcome=none").json()["items"]
    assert told[0]["message"] == {
        "zh": "第 3 名：预算不足，未给予（分数线 40.00）",
        "en": "Rank 3: the budget did not reach it (cut-off 40.00)",
    }
    assert refused(approve(office, low), 409, "not-allotted")["outcome"] == "none"
    assert amount(approve(office, middle)) == "30.00"
    assert amount(approve(office, high)) == "70.00"
    assert verified(office)["differences"] == []


@pytest.mark.parametrize("year", ["2026", 2026.5, True, None, 1999])
def test_a_year_is_a_whole_number(office: Desk, year: object) -> None:
    body = {"policy": "forms", "measure": "seats", "year": year}
    problem = refused(office.post("approve", "/v1/allocations", body), 422, "invalid-request")
    assert [error["pointer"] for error in problem["errors"]] == ["/year"]


def test_equals_wait_until_an_official_says_who_goes_first(office: Desk) -> None:
    equals = [accepted(office, "seats", number, "20", 1) for number in (0, 1)]
    best = accepted(office, "seats", 2, "20", 3)
    found = run(office, "seats")
    assert list(lines(office, found).values()) == [
        (1, "granted", "20.00"), (2, "needs_decision", "0.00"), (2, "needs_decision", "0.00"),
    ]  # fmt: skip
    assert refused(approve(office, equals[1]), 409, "not-allotted")["outcome"] == "needs_decision"
    body = {"policy": "forms", "measure": "seats", "year": 2026, "precedence": [equals[1]["id"]]}
    problem = refused(office.post("approve", "/v1/allocations", body), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/reason"
    decided = run(office, "seats", precedence=[equals[1]["id"]], reason="评审会决定")
    assert decided["cut_off"] == ["20.00", 1]
    assert lines(office, decided) == {
        best["id"]: (1, "granted", "20.00"),
        equals[1]["id"]: (2, "granted", "20.00"),
        equals[0]["id"]: (3, "none", "0.00"),
    }
    assert amount(approve(office, equals[1])) == "20.00"
    assert used(office) == [("quota|forms.seats", None, 1, 2)]


def test_whose_score_is_not_known_takes_no_part_and_is_told_so(office: Desk) -> None:
    known, unknown = accepted(office, "scored", 0, "20", 2), accepted(office, "scored", 1, "30", None)
    found = run(office, "scored")
    assert (found["outcomes"]["granted"], found["outcomes"]["undetermined"], found["demand"]) == (
        1,
        1,
        "20.00",
    )
    assert lines(office, found) == {
        known["id"]: (1, "granted", "20.00"),
        unknown["id"]: (None, "undetermined", "0.00"),
    }
    told = office.get("audit", f"/v1/allocations/{found['id']}/lines?application={unknown['id']}").json()[
        "items"
    ]
    assert (told[0]["scores"], told[0]["amount"]) == (None, "30.00")
    assert told[0]["message"]["en"] == "A fact that scores it is not known: it took no part"
    assert refused(approve(office, unknown), 409, "not-allotted")["outcome"] == "undetermined"
    assert office.post("audit", f"/v1/allocations/{found['id']}/replay").json()["identical"]


def test_who_comes_after_the_run_waits_for_the_next(office: Desk) -> None:
    first = accepted(office, "ranked", 0, "60")
    run(office, "ranked")
    late = accepted(office, "ranked", 1, "90")
    assert refused(approve(office, late), 409, "not-allotted")["outcome"] is None
    run(office, "ranked")
    assert amount(approve(office, late)) == "90.00"
    assert amount(approve(office, first)) == "10.00"


def test_the_notice_of_the_year_may_change_what_there_is(office: Desk) -> None:
    one = accepted(office, "noticed", 0, "100")
    found = run(office, "noticed")
    assert (found["budget"], found["policy"]["notice"], found["spent"]) == ("80.00", 2026, "80.00")
    assert amount(approve(office, one)) == "80.00"
    assert office.post("audit", f"/v1/allocations/{found['id']}/replay").json()["identical"]
    assert verified(office)["differences"] == []


def test_a_run_and_an_approval_at_once_take_turns(office: Desk) -> None:
    asked = [accepted(office, "ranked", number, "60") for number in range(2)]
    run(office, "ranked", precedence=[asked[0]["id"]], reason="评审会决定")
    tag = office.get("approve", f"/v1/applications/{asked[0]['id']}").headers["etag"]
    body = {
        "policy": "forms",
        "measure": "ranked",
        "year": 2026,
        "precedence": [asked[1]["id"]],
        "reason": "复议",
    }

    def sent(path: str, given: dict[str, Any], **more: str) -> Any:
        secret = {
            "Authorization": f"Bearer {secret_of('approve', 'live')}",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        return office._client.post(path, json=given, headers={**secret, **more})  # noqa: SLF001

    async def race() -> list[Any]:
        decided = {"awards": decisions(asked[0])}
        approval = sent(f"/v1/applications/{asked[0]['id']}/approve", decided, **{"If-Match": tag})
        return list(await asyncio.gather(approval, sent("/v1/allocations", body)))

    approved, again = office.run(race())
    assert (approved.status_code, again.status_code) == (200, 201), (approved.text, again.text)
    granted = approved.json()["awards"][0]["amount"]
    # Approved by the run before and the next shares the rest, or the next came first and leaves it the rest.
    assert (granted, again.json()["used_before"]) in (("60.00", "60.00"), ("40.00", "0.00"))
    assert verified(office)["differences"] == []


def test_what_is_shared_is_never_offered_unasked(office: Desk) -> None:
    published = next(iter(office.app.state.office.policies))
    assert offerable(published) == ()


def test_equals_who_are_all_admitted_may_take_more_places(office: Desk) -> None:
    both = [accepted(office, "open-seats", number, "20") for number in (0, 1)]
    assert refused(approve(office, both[0]), 409, "not-allotted")["allocation"] is None
    found = run(office, "open-seats")
    assert (found["places"], found["outcomes"]["granted"], found["left"]) == (1, 2, 0)
    assert [amount(approve(office, one)) for one in both] == ["20.00", "20.00"]
    assert used(office) == [("quota|forms.open-seats", None, 2, 2)]
    assert verified(office)["differences"] == []


def test_first_come_takes_from_the_budget_at_approval(office: Desk) -> None:
    first, second, third = (accepted(office, "first", n, spent) for n, spent in enumerate(("70", "50", "10")))
    assert amount(approve(office, first)) == "70.00"
    assert amount(approve(office, second)) == "30.00"
    assert refused(approve(office, third), 409, "cap-exceeded")["left"] == "0.00"
    body = {"policy": "forms", "measure": "first", "year": 2026}
    refused(office.post("approve", "/v1/allocations", body), 409, "conflict")
    assert used(office) == [("budget|forms.first|2026", None, 10000, 10000)]
    assert verified(office)["differences"] == []


def test_who_crosses_the_budget_whole_gets_nothing_and_what_is_given_back_is_there_again(
    office: Desk,
) -> None:
    first, second = (accepted(office, "whole", n, "70") for n in (0, 1))
    assert amount(approve(office, first)) == "70.00"
    assert refused(approve(office, second), 409, "cap-exceeded")["left"] == "30.00"
    office.done("approve2", first["id"], "reopen", {"reason": "错"})
    assert amount(approve(office, second)) == "70.00"
    assert verified(office)["differences"] == []


def test_places_are_taken_one_by_one(office: Desk) -> None:
    asked = [accepted(office, "chairs", number, "10") for number in range(3)]
    assert [amount(approve(office, one)) for one in asked[:2]] == ["10.00", "10.00"]
    assert refused(approve(office, asked[2]), 409, "cap-exceeded")["left"] == 0
    office.done("apply", asked[0]["id"], "withdraw", {})
    assert amount(approve(office, asked[2])) == "10.00"
    assert used(office) == [("quota|forms.chairs", None, 2, 2)]
    assert verified(office)["differences"] == []


def test_a_budget_is_never_exceeded_however_many_approve_at_once(office: Desk) -> None:
    asked = [accepted(office, "whole", number, "40") for number in range(4)]
    tags = [office.get("approve", f"/v1/applications/{one['id']}").headers["etag"] for one in asked]

    async def race() -> list[int]:
        async def one(application: dict[str, Any], tag: str) -> int:
            headers = {
                "Authorization": f"Bearer {secret_of('approve', 'live')}",
                "Idempotency-Key": uuid.uuid4().hex,
                "If-Match": tag,
            }
            path = f"/v1/applications/{application['id']}/approve"
            body = {"awards": decisions(application)}
            return (await office._client.post(path, json=body, headers=headers)).status_code  # noqa: SLF001

        return list(await asyncio.gather(*(one(a, tag) for a, tag in zip(asked, tags, strict=True))))

    assert sorted(office.run(race())) == [200, 200, 409, 409]
    assert used(office) == [("budget|forms.whole|2026", None, 8000, 10000)]
    assert verified(office)["differences"] == []


def test_a_run_can_be_done_again_and_says_where_it_differs(office: Desk) -> None:
    accepted(office, "ranked", 0, "30")
    accepted(office, "ranked", 1, "90")
    found = run(office, "ranked")
    again = office.post("audit", f"/v1/allocations/{found['id']}/replay").json()
    assert (again["identical"], again["difference"]) == (True, [])
    assert again["replayed_result_digest"] == found["result_digest"]
    with psycopg.connect(office.url) as connection:
        connection.execute("ALTER TABLE allocation_lines DISABLE TRIGGER ALL")
        connection.execute("UPDATE allocation_lines SET granted = 1 WHERE rank = 1")
    again = office.post("audit", f"/v1/allocations/{found['id']}/replay").json()
    assert (again["identical"], again["difference"]) == (False, [{"pointer": "/0/3", "then": 1, "now": 9000}])


def test_runs_are_never_changed_and_tell_their_event(office: Desk) -> None:
    found = run(office, "scaled")
    assert found["outcomes"] == dict.fromkeys(found["outcomes"], 0)
    with psycopg.connect(office.url) as connection:
        for change in ("UPDATE allocation_runs SET spent = 0", "DELETE FROM allocation_runs"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                connection.execute(change)
            connection.rollback()
        (data,) = connection.execute("SELECT data FROM events WHERE type = 'allocation.run'").fetchone() or ()
    assert (data["allocation"], data["result_digest"]) == (found["id"], found["result_digest"])


def test_a_run_that_is_only_tried_is_not_kept(office: Desk) -> None:
    body = {"policy": "forms", "measure": "scaled", "year": 2026}
    tried = office.post("approve", "/v1/allocations?validate_only=true", body)
    assert tried.status_code in (200, 201), tried.text
    assert office.get("audit", "/v1/allocations").json() == {"items": [], "next": None}
    assert used(office) == []


def test_runs_are_listed_the_latest_first_page_by_page(office: Desk) -> None:
    made = [run(office, name)["id"] for name in ("scaled", "ranked", "scaled")]
    first = office.get("audit", "/v1/allocations?limit=2").json()
    rest = office.get("audit", f"/v1/allocations?limit=2&after={first['next']}").json()
    assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]
    only = office.get("audit", "/v1/allocations?measure=ranked").json()["items"]
    assert [one["id"] for one in only] == [made[1]]


def test_lines_come_page_by_page(office: Desk) -> None:
    asked = [accepted(office, "scaled", number, "10")["id"] for number in range(3)]
    found = run(office, "scaled")
    path = f"/v1/allocations/{found['id']}/lines?limit=2"
    first = office.get("audit", path).json()
    rest = office.get("audit", f"{path}&after={first['next']}").json()
    assert [one["application"] for one in first["items"] + rest["items"]] == sorted(asked)
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"policy": "form", "measure": "scaled", "year": 2026}, "/policy"),
        ({"policy": "forms", "measure": "scald", "year": 2026}, "/measure"),
        (
            {"policy": "forms", "measure": "seats", "year": 2026, "precedence": ["a"], "reason": "b"},
            "/precedence/0",
        ),
    ],
)
def test_what_is_wrong_with_a_body_is_told(office: Desk, body: dict[str, Any], pointer: str) -> None:
    problem = refused(office.post("approve", "/v1/allocations", body), 422, "invalid-request")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
