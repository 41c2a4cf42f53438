"""Limits by number, by key and for life in the ledger: the database holds them whoever is first."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.applications.desk import FIRM, Desk, decisions, secret_of
from tests.applications.test_ledger_verify import behind, verified
from tests.http.asking import refused
from tests.rules.limits.test_groups import text_of
from tests.rules.limits.works import EACH, HEAD, REWARD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRM_OF_NO_KIND = {name: FIRM[name] for name in ("name", "uscc")}
LIMITS = {
    "best": ["once per item", "best 2 per w.grade"],
    "most": ["at most 3 awards per year", "at most 100 per w.grade and year", "at most 150"],
}


def pack() -> str:
    """Two measures, one for each list of limits."""
    text = HEAD.replace("ORDER", "best, most") + "measures:\n"
    for name, limits in LIMITS.items():
        text += (
            REWARD.strip("\n").replace("reward:", f"{name}:") + "\n" + EACH.strip("\n") + "\n    limits:\n"
        )
        text += "".join(f"      - {limit}\n" for limit in limits) + "    ledger: {keys: [w.grade]}\n"
    return text


@pytest.fixture(params=[pack])
def office(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A service of one pack."""
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "policy.yaml").write_text(request.param(), encoding="utf-8")
    monkeypatch.setenv("DUIXIAN_POLICIES", str(tmp_path))
    running = Desk(database_url)
    yield running
    running.close()


def works(*items: tuple[str, int, str]) -> dict[str, Any]:
    given = [{"no": no, "worth": str(worth), "grade": grade, "good": True} for no, worth, grade in items]
    return {"works": given}


def accepted(office: Desk, measure: str, *items: tuple[str, int, str]) -> dict[str, Any]:
    drafted = office.draft([measure], works(*items), FIRM_OF_NO_KIND, policy="forms")
    office.done("apply", drafted["id"], "submit")
    return office.done("review", drafted["id"], "accept")


def approve(office: Desk, one: dict[str, Any]) -> Any:
    return office.act("approve", one["id"], "approve", {"awards": decisions(one)})


def shown(one: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {award["item"]: (award["state"], award["assessed"]) for award in one["awards"]}


def usage(office: Desk) -> dict[str, tuple[int, int]]:
    """Key, without the organisation -> used, cap."""
    with psycopg.connect(office.url) as connection:
        rows = connection.execute("SELECT limit_key, organisation, used, cap FROM limit_usage").fetchall()
    return {key.replace(f"|{organisation}", ""): (used, cap) for key, organisation, used, cap in rows}


def test_awards_of_the_past_take_places_of_their_own_grade(office: Desk) -> None:
    first = accepted(office, "best", ("A", 30, "low"), ("B", 20, "low"), ("C", 10, "high"))
    assert approve(office, first).status_code == 200
    assert usage(office) == {"places|forms.best|best|low": (2, 2), "places|forms.best|best|high": (1, 2)}
    second = accepted(office, "best", ("D", 90, "low"), ("E", 5, "high"), ("F", 9, "high"))
    assert shown(second) == {"D": ("ineligible", None), "E": ("ineligible", None), "F": ("assessed", "9.00")}
    assert approve(office, second).status_code == 200
    assert usage(office)["places|forms.best|best|high"] == (2, 2)
    assert verified(office) == {"valid": True, "awards": 6, "differences": []}


def test_places_come_back_with_what_gives_them_back_and_once_only(office: Desk) -> None:
    first = accepted(office, "best", ("A", 30, "low"), ("B", 20, "low"))
    approve(office, first)
    office.done("approve2", first["id"], "reopen", {"reason": "x"})
    assert usage(office) == {"places|forms.best|best|low": (0, 2)}
    office.done("apply", first["id"], "withdraw", {})
    assert usage(office) == {"places|forms.best|best|low": (0, 2)}
    assert verified(office)["valid"]


def test_amounts_are_cut_by_grade_then_for_life(office: Desk) -> None:
    first = accepted(office, "most", ("A", 80, "low"), ("B", 40, "high"))
    assert approve(office, first).status_code == 200
    # 20 are left of the low grade, 30 for life, one place.
    second = accepted(office, "most", ("D", 25, "low"), ("E", 25, "high"))
    assert shown(second) == {"D": ("assessed", "20.00"), "E": ("ineligible", None)}
    assert approve(office, second).status_code == 200
    assert usage(office) == {
        "places|forms.most|at_most|2026": (3, 3),
        "cap|forms.most|2026|low": (100_00, 100_00),
        "cap|forms.most|2026|high": (40_00, 100_00),
        "lifetime|forms.most": (140_00, 150_00),
    }
    assert verified(office)["valid"]


def test_a_place_that_was_taken_away_behind_the_ledger_is_found(office: Desk) -> None:
    approve(office, accepted(office, "best", ("A", 30, "low")))
    behind(office, "UPDATE limit_usage SET used = 0 WHERE limit_key LIKE 'places|%'")
    found = verified(office)
    assert not found["valid"]
    assert [(one["what"], one["expected"], one["found"]) for one in found["differences"]] == [("usage", 1, 0)]


def test_of_eight_at_once_no_more_are_approved_than_there_are_places(office: Desk) -> None:
    cases = [accepted(office, "best", (f"W-{n}", 10 + n, "low")) for n in range(8)]
    answers = office.run(_at_once(office, cases))
    assert sorted(answer.status_code for answer in answers) == [200] * 2 + [409] * 6
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["type"].rsplit("/", 1)[-1] in ("assessment-changed", "cap-exceeded")
    assert usage(office) == {"places|forms.best|best|low": (2, 2)}
    assert verified(office)["valid"]


def test_the_database_refuses_what_an_assessment_let_through(office: Desk) -> None:
    """A use that no assessment saw: the constraint has the last word."""
    one = accepted(office, "best", ("A", 30, "low"))
    with psycopg.connect(office.url) as connection:
        connection.execute(
            "INSERT INTO limit_usage (mode, limit_key, organisation, used, cap)"
            " SELECT 'live', 'places|forms.best|' || organisation || '|best|low', organisation, 2, 2"
            " FROM applications WHERE id = %s",
            [one["id"]],
        )
    refused(approve(office, one), 409, "cap-exceeded")


def one_highest() -> str:
    return text_of("best 1 per year")


def one_sum() -> str:
    return text_of("at most 130 per year", "at most 3 awards")


def of_group(office: Desk, measure: str, facts: dict[str, Any]) -> dict[str, Any]:
    drafted = office.draft([measure], facts, FIRM_OF_NO_KIND, policy="forms")
    office.done("apply", drafted["id"], "submit")
    return office.done("review", drafted["id"], "accept")


GREEN = {"firm": {"green": True, "spent": "100"}}


@pytest.mark.parametrize("office", [one_highest], indirect=True)
def test_of_a_group_one_award_a_year_is_approved_whoever_is_first(office: Desk) -> None:
    cases = [
        of_group(office, "base", GREEN), of_group(office, "scale", GREEN),
        of_group(office, "works", works(("A", 30, "low"))), of_group(office, "base", GREEN),
    ]  # fmt: skip
    answers = office.run(_at_once(office, cases))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert usage(office) == {"places|@forms.rewards|best|2026": (1, 1)}
    assert verified(office)["valid"]
    again = office.draft(["scale"], GREEN, FIRM_OF_NO_KIND, policy="forms")
    problem = refused(office.act("apply", again["id"], "submit"), 409, "not-eligible")
    assert problem["measures"][0]["reasons"][0]["code"] == "group.rewards.best"


@pytest.mark.parametrize("office", [one_sum], indirect=True)
def test_a_group_shares_its_money_over_applications(office: Desk) -> None:
    first = of_group(office, "scale", GREEN)
    assert approve(office, first).status_code == 200
    second = of_group(office, "base", GREEN)
    assert second["awards"][0]["assessed"] == "30.00"
    assert approve(office, second).status_code == 200
    assert usage(office) == {
        "annual|@forms.rewards|2026": (130_00, 130_00), "places|@forms.rewards|at_most": (2, 3)
    }  # fmt: skip
    office.done("approve2", second["id"], "reopen", {"reason": "x"})
    assert usage(office) == {
        "annual|@forms.rewards|2026": (100_00, 130_00), "places|@forms.rewards|at_most": (1, 3)
    }  # fmt: skip
    assert verified(office)["valid"]


async def _at_once(office: Desk, cases: list[dict[str, Any]]) -> list[Any]:
    async def one(case: dict[str, Any]) -> Any:
        client = office._client  # noqa: SLF001 - the desk's own way asks one after the other
        bearer = {"Authorization": f"Bearer {secret_of('approve', office.mode)}"}
        path = f"/v1/applications/{case['id']}"
        etag = (await client.get(path, headers=bearer)).headers["etag"]
        headers = {**bearer, "Idempotency-Key": uuid.uuid4().hex, "If-Match": etag}
        return await client.post(f"{path}/approve", json={"awards": decisions(case)}, headers=headers)

    return await asyncio.gather(*map(one, cases))
