"""The register: facts of organisations, by policy, read as an evaluation's are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.applications.desk import FIRM, FIRM_2, PATENTS
from tests.offers.registering import ONE, YEAR, put, registered, rows, stated

if TYPE_CHECKING:
    from tests.applications.desk import Desk

PATH = f"/v1/organisations/{ONE}"


def changes(desk: Desk) -> list[tuple[str, Any]]:
    found = rows(desk, "SELECT type, data FROM events WHERE chain = 'organisations' ORDER BY seq")
    return [(kind, data.get("facts")) for kind, data in found]


def marks(desk: Desk) -> int:
    [(found,)] = rows(desk, "SELECT count(*) FROM match_marks")
    return int(found)


def test_facts_are_entered_changed_and_removed_with_an_event_each(desk: Desk) -> None:
    made = put(desk, stated())
    assert made.status_code == 201, made.text
    kept = made.json()["facts"]["yanhu-ip"]
    assert (kept["year"], kept["source"], kept["recorded_by"]) == (YEAR, "市场监管", "p-review")
    assert (kept["applicant"], kept["facts"]) == ({"size": "small"}, PATENTS)
    assert desk.get("audit", PATH).json() == made.json()
    assert marks(desk) == 1
    again = put(desk, stated())
    assert (again.status_code, again.headers["etag"]) == (200, made.headers["etag"])
    assert marks(desk) == 1, "nothing is new, nothing is looked at again"
    changed = put(desk, stated({"patents": {**PATENTS["patents"], "granted": 7}}))
    assert changed.json()["facts"]["yanhu-ip"]["facts"]["patents"]["granted"] == 7
    assert changed.headers["etag"] != made.headers["etag"]
    gone = put(desk, None)
    assert gone.json()["facts"] == {}
    digests = [one.json()["facts"]["yanhu-ip"]["digest"] for one in (made, changed)]
    assert changes(desk) == [
        ("organisation.recorded", {"yanhu-ip": digests[0]}),
        ("organisation.changed", {"yanhu-ip": digests[1]}),
        ("organisation.changed", {"yanhu-ip": None}),
    ]
    assert marks(desk) == 3
    listed = desk.get("audit", "/v1/organisations").json()["items"]
    assert "facts" not in listed[0], "lists are without facts"


def test_an_update_of_what_has_facts_needs_the_version_that_was_read(desk: Desk) -> None:
    body = {"name": FIRM["name"], "kind": "enterprise"}
    assert desk.ask("review", "PUT", PATH, json=body, headers={"If-Match": '"1"'}).status_code == 412
    registered(desk)
    missing = desk.ask("review", "PUT", PATH, json=body)
    assert (missing.status_code, missing.json()["type"]) == (428, "/problems/precondition-required")
    stale = desk.ask("review", "PUT", PATH, json=body, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.headers["etag"]) == (412, '"1"')
    # 412 comes before 422.
    assert desk.ask("review", "PUT", PATH, json={}, headers={"If-Match": '"7"'}).status_code == 412
    right = desk.ask("review", "PUT", PATH, json=body, headers={"If-Match": '"1"'})
    assert right.status_code == 200
    assert right.json()["facts"].keys() == {"yanhu-ip"}, "a policy that is not named keeps its facts"


def test_what_is_wrong_is_told_at_its_place_all_at_once(desk: Desk) -> None:
    facts = {"patents": {"granted": 1, "invention_granted": 2, "high_value_granted": 0}, "patent": {}}
    wrong = stated(facts, {"size": "tiny", "credit": {"joint_punishment": False}, "name": "他人"})
    body = {
        "name": FIRM["name"],
        "facts": {"yanhu-ip": {**wrong, "stated_on": "2999-01-01", "year": 2026}, "other": stated()},
    }
    answer = desk.ask("review", "PUT", PATH, json=body)
    assert answer.status_code == 422
    at = "/facts/yanhu-ip"
    assert {(one["pointer"], one["code"]) for one in answer.json()["errors"]} == {
        (f"{at}/stated_on", "range"),
        (f"{at}/applicant/credit", "unknown_field"),
        (f"{at}/applicant/name", "choice"),
        (f"{at}/applicant/size", "choice"),
        (f"{at}/facts/patents/invention_granted", "relation"),
        (f"{at}/facts/patent", "unknown_field"),
        ("/facts/other", "choice"),
    }
    assert desk.get("audit", PATH).status_code == 404, "nothing was entered"


def test_the_register_is_for_officers(desk: Desk) -> None:
    registered(desk)
    assert desk.get("apply", PATH).status_code == 403
    for role in ("apply", "approve", "finance", "admin", "audit"):
        assert put(desk, stated(), role=role).status_code == 403, role


def test_sandbox_and_live_registers_never_meet(desk: Desk) -> None:
    registered(desk)
    desk.mode = "test"
    assert desk.get("audit", PATH).status_code == 404
    assert registered(desk, firm=FIRM)["facts"].keys() == {"yanhu-ip"}


def test_one_of_two_that_are_one_keeps_its_facts(desk: Desk) -> None:
    registered(desk, {"patents": {**PATENTS["patents"], "granted": 20}}, FIRM_2)
    put(desk, None)  # on record, without facts
    code = {"uscc": FIRM_2["uscc"], "from": "2026-01-05", "reason": "合并"}
    one = desk.post("admin", f"{PATH}/codes", code)
    assert one.status_code == 201, one.text
    assert one.json()["facts"]["yanhu-ip"]["facts"]["patents"]["granted"] == 20
