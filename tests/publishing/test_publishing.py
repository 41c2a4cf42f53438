"""Publishing over HTTP: a pack is checked, put into effect, listed and taken back; what is wrong changes nothing."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from app.services.publishing.archives import pack
from tests.publishing.promises import BODY, POLICY, digest, files

if TYPE_CHECKING:
    import httpx

    from tests.applications.desk import Desk

ZIP = {"Content-Type": "application/zip"}
EVALUATIONS = f"/v1/policies/{POLICY}/evaluations"


def publish(desk: Desk, yuan: int, version: str = "1", role: str = "admin", **headers: str) -> httpx.Response:
    return desk.ask(
        role, "POST", "/v1/policies", content=pack(files(yuan, version)), headers={**ZIP, **headers}
    )


def roll_back(desk: Desk, policy: str = POLICY) -> httpx.Response:
    return desk.ask("admin", "POST", f"/v1/policies/{policy}/rollback")


def decided(desk: Desk, **query: str) -> tuple[str, str]:
    """Digest and amount."""
    answer = desk.post(None, EVALUATIONS, BODY, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found["policy"]["digest"], found["measures"][0]["award"]["amount"]


def test_a_new_policy_is_served_without_a_restart(desk: Desk) -> None:
    assert desk.post(None, EVALUATIONS, BODY).status_code == 404
    answer = publish(desk, 100)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["policy"], made["version"], made["digest"], made["cases"]) == (POLICY, "1", digest(100), 1)
    assert decided(desk) == (digest(100), "100.00")
    listed = [one["id"] for one in desk.get(None, "/v1/policies").json()["items"]]
    assert listed == [POLICY, "yanhu-ip"]
    assert (
        desk.get(None, f"/v1/policies/{POLICY}/measures/reward").json()["parameters"][0]["value"] == "100.00"
    )
    document = desk.get(None, "/openapi.json").json()
    assert EVALUATIONS in document["paths"]
    assert "staff" in str(document["components"]["schemas"])


def test_other_rules_of_a_version_replace_it_and_a_rollback_brings_them_back(desk: Desk) -> None:
    for yuan in (100, 200, 300):
        assert publish(desk, yuan).status_code == 201
        assert decided(desk) == (digest(yuan), f"{yuan}.00")
    for yuan in (200, 100):
        answer = roll_back(desk)
        assert answer.status_code == 201, answer.text
        assert decided(desk) == (digest(yuan), f"{yuan}.00")
    assert publish(desk, 200).status_code == 201
    assert decided(desk) == (digest(200), "200.00")
    assert [roll_back(desk).status_code for _ in range(2)] == [201, 201]
    assert desk.post(None, EVALUATIONS, BODY).status_code == 404
    refused = roll_back(desk)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/nothing-to-roll-back")


def test_versions_stand_beside_each_other(desk: Desk) -> None:
    assert publish(desk, 100, "1").status_code == 201
    assert publish(desk, 200, "2").status_code == 201
    versions = desk.get(None, f"/v1/policies/{POLICY}").json()["versions"]
    assert [one["version"] for one in versions] == ["1", "2"]
    old = desk.get(None, f"/v1/policies/{POLICY}/measures/reward", params={"version": "1"}).json()
    assert old["parameters"][0]["value"] == "100.00"
    assert decided(desk) == (digest(200, "2"), "200.00")


def test_the_packs_of_the_image_can_be_replaced_and_come_back(desk: Desk) -> None:
    before = desk.get(None, "/v1/policies/yanhu-ip").json()
    made = files(700, before["version"], "yanhu-ip")
    answer = desk.ask("admin", "POST", "/v1/policies", content=pack(made), headers=ZIP)
    # The measures of the image's pack are gone in this one, and their ledger keys with them: that is allowed.
    assert answer.status_code == 201, answer.text
    assert desk.get(None, "/v1/policies/yanhu-ip").json()["digest"] == digest(
        700, before["version"], "yanhu-ip"
    )
    assert roll_back(desk, "yanhu-ip").status_code == 201
    assert desk.get(None, "/v1/policies/yanhu-ip").json() == before


def test_the_same_pack_again_changes_nothing(desk: Desk) -> None:
    first, again = publish(desk, 100), publish(desk, 100)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["publication"] == again.json()["publication"]


def test_a_request_that_is_sent_again_is_carried_out_once(desk: Desk) -> None:
    key = {"Idempotency-Key": uuid.uuid4().hex}
    first, again = publish(desk, 100, **key), publish(desk, 100, **key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert publish(desk, 200, **key).json()["type"] == "/problems/idempotency-key-reused"


def test_a_bad_pack_is_refused_whole_with_every_mistake_at_its_place(desk: Desk) -> None:
    assert publish(desk, 100).status_code == 201
    bad = files(100)
    bad["measures/reward.yaml"] = bad["measures/reward.yaml"].replace("firm.staff >=", "firm.staf >=")
    bad["policy.yaml"] = bad["policy.yaml"].replace("'140802'", "'14080'")
    answer = desk.ask("admin", "POST", "/v1/policies", content=pack(bad), headers=ZIP)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-policy")
    told = [(e["file"], e["line"], e["character"], e.get("suggestion")) for e in answer.json()["errors"]]
    assert told == [("measures/reward.yaml", 4, 10, "firm.staff"), ("policy.yaml", 4, 11, None)]
    assert decided(desk) == (digest(100), "100.00")


def test_a_pack_whose_case_comes_out_otherwise_is_refused(desk: Desk) -> None:
    bad = files(100)
    bad["cases/reward.yaml"] = bad["cases/reward.yaml"].replace('"100.00"', '"101.00"')
    answer = desk.ask("admin", "POST", "/v1/policies", content=pack(bad), headers=ZIP)
    assert answer.status_code == 422
    (told,) = answer.json()["errors"]
    assert told["file"] == "cases/reward.yaml"
    assert 'should be "101.00", and is "100.00"' in told["message"]["en"]
    assert desk.post(None, EVALUATIONS, BODY).status_code == 404


def test_what_is_no_pack_is_refused(desk: Desk) -> None:
    for content, headers, status, kind in (
        (b"hello", ZIP, 422, "invalid-policy"),
        (b"{}", {"Content-Type": "application/json"}, 415, "unsupported-media-type"),
        (b"PK" + b"\0" * (4 * 1024 * 1024), ZIP, 413, "body-too-large"),
    ):
        answer = desk.ask("admin", "POST", "/v1/policies", content=content, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}"), answer.text


def test_a_moved_ledger_key_is_refused(desk: Desk) -> None:
    assert publish(desk, 100, "1").status_code == 201
    moved = files(100, "2")
    moved["measures/reward.yaml"] += "ledger: {key: promise.other}\n"
    answer = desk.ask("admin", "POST", "/v1/policies", content=pack(moved), headers=ZIP)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/ledger-keys-moved")


def named_gift(made: dict[str, str]) -> dict[str, str]:
    """The pack with its measure under another id."""
    return {
        "policy.yaml": made["policy.yaml"].replace("[reward]", "[gift]"),
        "measures/gift.yaml": made["measures/reward.yaml"],
        "cases/gift.yaml": made["cases/reward.yaml"].replace("{reward:", "{gift:"),
    }


def with_key(made: dict[str, str], key: str) -> bytes:
    """The pack with its measure counted under this key, in the family of the first one."""
    measure = next(path for path in made if path.startswith("measures/"))
    ledger = f"ledger: {{key: {key}}}\n"
    head = made["policy.yaml"] + f"family: {POLICY}\n"
    return pack({**made, "policy.yaml": head, measure: made[measure] + ledger})


def test_a_rollback_that_would_part_ledger_keys_is_refused_and_changes_nothing(desk: Desk) -> None:
    for content in (
        pack(files(100)),
        with_key(files(200), "promise.newer"),
        with_key(named_gift(files(300, policy="other")), "promise.reward"),
    ):
        answer = desk.ask("admin", "POST", "/v1/policies", content=content, headers=ZIP)
        assert answer.status_code == 201, answer.text
    before = decided(desk)
    refused = roll_back(desk)  # the key of the first would be that of another policy's measure
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/ledger-keys-moved")
    assert decided(desk) == before
    assert roll_back(desk, "other").status_code == 201
    assert roll_back(desk).status_code == 201
    assert decided(desk) == (digest(100), "100.00")


def test_a_zipped_folder_need_not_bring_the_standards_of_the_service(desk: Desk) -> None:
    made = files(100)
    made["policy.yaml"] += "standards: [enterprise-size-2011]\n"
    made["policy.yaml"] += "applicant: {size: {choice: [规模, size], of: sizes, else: size_by_statistics}}\n"
    made["measures/reward.yaml"] = made["measures/reward.yaml"].replace(
        "firm.staff >= 10", "applicant.size <= small"
    )
    made["policy.yaml"] = made["policy.yaml"].replace(
        "facts:\n  firm:\n    staff: {count: [人数, staff]}\n", ""
    )
    statistics = "{industry: other_listed, employees: 10}"
    made["cases/reward.yaml"] = made["cases/reward.yaml"].replace("facts: {firm: {staff: 10}}", "facts: {}")
    made["cases/reward.yaml"] = made["cases/reward.yaml"].replace(
        "0018G}", f"0018G, statistics: {statistics}}}"
    )
    answer = desk.ask("admin", "POST", "/v1/policies", content=pack(made), headers=ZIP)
    assert answer.status_code == 201, answer.text


def test_only_a_live_administrator_publishes(desk: Desk) -> None:
    assert publish(desk, 100, role="approve").status_code == 403
    desk.mode = "test"
    assert publish(desk, 100).status_code == 403


def test_publications_are_listed_and_in_the_trail(desk: Desk) -> None:
    publish(desk, 100)
    publish(desk, 200)
    roll_back(desk)
    path = f"/v1/policies/{POLICY}/publications"
    first = desk.get("admin", path, params={"limit": "2"}).json()
    rest = desk.get("admin", path, params={"limit": "2", "after": first["next"]}).json()
    rows = [*first["items"], *rest["items"]]
    assert [(one["digest"], one["undoes"]) for one in rows] == [
        (None, rows[1]["publication"]),
        (digest(200), None),
        (digest(100), None),
    ]
    assert rest["next"] is None
    events = desk.get("audit", "/v1/events", params={"limit": "200"}).json()["items"]
    kinds = [one["type"] for one in events if one["type"].startswith("policy.")]
    assert sorted(kinds) == ["policy.published", "policy.published", "policy.rolled_back"]
