"""Simulations over HTTP: a population sent, a job ordered, done by a worker, its result and files fetched."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import openpyxl
import psycopg

from tests.simulating.populations import AS_OF, firm, firms, ndjson
from tests.simulating.working import EIGHT, NDJSON, PATH, finished, job_of, ordered, uploaded

if TYPE_CHECKING:
    import pytest

    from tests.applications.desk import Desk


def test_from_a_population_to_the_result_and_its_files(desk: Desk) -> None:
    upload = uploaded(desk, firms(160))
    job = ordered(desk, {"upload": upload}, EIGHT, budget="2000000.00")
    waiting = job_of(desk, job)
    assert (waiting["status"], waiting["progress"]) == ("queued", {"done": 0, "total": 160})
    assert (waiting["allowed_actions"], waiting["files"], waiting["result"]) == (["cancel"], [], None)
    done = finished(desk, job)
    assert (done["status"], done["failure"], done["allowed_actions"]) == ("succeeded", None, [])
    assert done["progress"] == {"done": 160, "total": 160}
    base, eight = done["result"]["base"], done["result"]["scenarios"][0]
    # 160 firms, ten for each count of grants: 10 to 14 qualify, one in sixteen is not known.
    assert base["measures"]["patent-grants"] == {
        "eligible": 50, "ineligible": 100, "undetermined": 10, "amount": "10000000.00", "ceiling": "0.00",
    }  # fmt: skip
    assert eight["measures"]["patent-grants"]["eligible"] == 70
    assert {name: eight["against_base"][name] for name in ("gain", "lose", "same", "difference")} == {
        "gain": 20, "lose": 0, "same": 140, "difference": "4000000.00",
    }  # fmt: skip
    assert eight["policy"]["digest"].startswith("altered:sha256:")
    assert base["policy"]["digest"].startswith("sha256:")
    assert base["budget"]["enough"] is False
    for name, check in (("report.json", json.loads), ("report.xlsx", _sheets), ("report.html", bytes.decode)):
        answer = desk.get("audit", f"/v1/jobs/{job}/files/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["cache-control"] == "no-store"
        assert check(answer.content)
    told = desk.get("audit", f"/v1/jobs/{job}/files/report.json").json()
    assert told == done["result"]
    missing = desk.get("audit", f"/v1/jobs/{job}/files/report.pdf")
    assert missing.status_code == 404
    assert "report.html" in missing.json()["detail"]


def _sheets(content: bytes) -> int:
    return len(openpyxl.load_workbook(io.BytesIO(content)).worksheets)


def test_bad_rows_are_told_and_stop_nothing(desk: Desk) -> None:
    rows = firms(20)
    rows[3]["facts"]["patents"]["granted"] = -1
    rows[4]["applicant"]["uscc"] = "91140802MA0GT0018X"
    answer = desk.post(
        "review", f"/v1/uploads?as_of={AS_OF}", content=ndjson(rows), headers={"Content-Type": NDJSON}
    )
    told = answer.json()
    assert (told["rows"], told["bad_rows"]) == (18, 2)
    assert [(one["row"], one["column"]) for one in told["errors"]] == [
        (4, "patents.granted"),
        (5, "applicant.uscc"),
    ]
    assert all(one["message"]["zh"] and one["message"]["en"] for one in told["errors"])
    assert "91140802MA0GT0018X" not in answer.text
    done = finished(desk, ordered(desk, {"upload": told["id"]}))
    assert done["result"]["population"] == {"rows": 18, "bad_rows": 2}
    assert done["progress"] == {"done": 20, "total": 20}


CSV = """ref,applicant.name,applicant.uscc,applicant.kind,applicant.size,applicant.technology_innovative,\
applicant.credit.joint_punishment,pledge_financing.provincial_subsidy_received
F-1,甲,91140802MA0GT0018G,enterprise,small,是,否,否
F-2,乙,91140802MA0GT0026B,enterprise,small,是,否,否
"""
LOANS = """ref,loan_id,collateral,lender,interest,guarantee_fee,appraisal_fee,repaid_on_time
F-1,L1,patent,bank,1000.00,0,0,是
"""


def test_a_population_of_several_files_is_sent_as_a_form(desk: Desk) -> None:
    files: list[tuple[str, tuple[str, bytes]]] = [
        ("file", ("firms.csv", CSV.encode())),
        ("list", ("pledge_loans.csv", LOANS.encode("gb18030"))),
    ]
    path = f"/v1/uploads?as_of={AS_OF}"
    told = desk.ask("admin", "POST", path, files=files).json()
    assert (told["rows"], told["bad_rows"]) == (2, 0), told
    done = finished(desk, ordered(desk, {"upload": told["id"]}))
    loans = done["result"]["base"]["measures"]["pledge-financing"]
    # The list is there, so that who has no row in it has no loan.
    assert (loans["eligible"], loans["ineligible"], loans["amount"]) == (1, 1, "500.00")
    wrong = {
        "/file": [files[1]],
        "/list": [files[0], ("list", ("../pledge_loans.csv", b"ref"))],
        "": [files[0], ("extra", ("x.csv", b"ref"))],
    }
    for pointer, sent in wrong.items():
        answer = desk.ask("admin", "POST", path, files=sent)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    cut_off = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nref'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert desk.post("admin", path, content=cut_off, headers=headers).status_code == 400
    assert len(list((desk.app.state.office.bulk.root / "uploads").iterdir())) == 1
    assert not [place for place in desk.app.state.office.bulk.root.iterdir() if place.name.startswith(".")]


def test_a_population_is_taken_once_for_one_key(desk: Desk) -> None:
    headers = {"Content-Type": NDJSON, "Idempotency-Key": "one"}
    answers = [
        desk.post("admin", "/v1/uploads", content=ndjson(firms(rows)), headers=headers) for rows in (3, 3, 4)
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 422]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["idempotency-replayed"] == "true"
    folder = desk.app.state.office.bulk.root
    assert len(list((folder / "uploads").iterdir())) == 1
    assert [place.name for place in folder.iterdir()] == ["uploads"]


def test_what_is_no_population_is_refused_with_what_was_expected(desk: Desk) -> None:
    wrong = desk.post(
        "admin",
        "/v1/uploads",
        content=b"not parquet",
        headers={"Content-Type": "application/vnd.apache.parquet"},
    )
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/not-a-population")
    assert desk.post("admin", "/v1/uploads", {}).status_code == 415
    assert desk.post("admin", "/v1/uploads", content=b"", headers={"Content-Type": NDJSON}).status_code == 422
    of_another = desk.post(
        "admin", "/v1/uploads?policy=yanhu", content=ndjson(firms(1)), headers={"Content-Type": NDJSON}
    )
    assert of_another.json()["errors"][0]["parameter"] == "policy"
    assert list(desk.app.state.office.bulk.root.iterdir()) == []


def test_a_population_past_the_limit_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    bulk = desk.app.state.office.bulk
    monkeypatch.setattr(type(bulk), "most_bytes", property(lambda _: 1_000), raising=False)
    answer = desk.post("admin", "/v1/uploads", content=ndjson(firms(20)), headers={"Content-Type": NDJSON})
    assert answer.status_code == 413


BAD_SCENARIOS: list[tuple[dict[str, Any], str, str, str]] = [
    (
        {"parameters": {"patent-grants.grantd_min": 8}},
        "/parameters/patent-grants.grantd_min",
        "unknown_field",
        "patent-grants.granted_min",
    ),
    (
        {"parameters": {"patent-grants.granted_min": "8%"}},
        "/parameters/patent-grants.granted_min",
        "type",
        "count",
    ),
    ({"parameters": {"pledge-financing.rate": 60}}, "/parameters/pledge-financing.rate", "type", "60%"),
    ({"parameters": {"pledge-financing.rate": True}}, "/parameters/pledge-financing.rate", "type", "number"),
    ({"version": "2023-drafd"}, "/version", "choice", "2023-draft"),
    ({"name": "base"}, "/name", "duplicate_id", "base"),
    ({"name": "eight grants"}, "/name", "duplicate_id", "another"),
]
REGISTER: dict[str, Any] = {"population": {"register": True}}
BAD_ORDERS: list[tuple[dict[str, Any], str]] = [
    ({}, "/population"),
    ({"population": {}}, "/population"),
    ({"population": {"register": False}}, "/population"),
    ({"population": {"register": True, "upload": "upl_" + "0" * 32}}, "/population"),
    ({"population": {"upload": "upl_" + "0" * 32}}, "/population/upload"),
    ({**REGISTER, "as_of": "1999-01-01"}, "/as_of"),
    ({**REGISTER, "budget": "-1"}, "/budget"),
    ({**REGISTER, "budgt": "1"}, "/budgt"),
    ({**REGISTER, "scenarios": [{"name": str(n)} for n in range(11)]}, "/scenarios"),
]


def test_what_cannot_be_carried_out_is_told_at_its_pointer(desk: Desk) -> None:
    for scenario, pointer, code, hint in BAD_SCENARIOS:
        answer = desk.post("admin", PATH, {**REGISTER, "scenarios": [EIGHT, {"name": "second", **scenario}]})
        assert answer.status_code == 422, scenario
        [error] = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == (f"/scenarios/1{pointer}", code)
        assert hint in error["message"]["en"]
    for body, pointer in BAD_ORDERS:
        answer = desk.post("admin", PATH, body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), body
    assert desk.post("admin", "/v1/policies/yanhu/simulations", REGISTER).status_code == 404
    with psycopg.connect(desk.url) as connection:
        assert connection.execute("SELECT count(*) FROM jobs").fetchone() == (0,)


def test_the_register_is_a_population(desk: Desk) -> None:
    for number, granted in ((0, 12), (1, 8)):
        body = {
            "name": f"登记企业{number}",
            "kind": "enterprise",
            "facts": {
                "yanhu-ip": {
                    "stated_on": "2026-03-01",
                    "source": "register",
                    "facts": {
                        "patents": {"granted": granted, "invention_granted": 0, "high_value_granted": 0}
                    },
                }
            },
        }
        code = ("91140802MA0GT0018G", "91140802MA0GT0026B")[number]
        assert desk.ask("review", "PUT", f"/v1/organisations/{code}", json=body).status_code == 201
    done = finished(desk, ordered(desk, {"register": True}, EIGHT))
    assert done["status"] == "succeeded"
    grants = [
        one["measures"]["patent-grants"] for one in (done["result"]["base"], *done["result"]["scenarios"])
    ]
    assert [(one["eligible"], one["ineligible"], one["undetermined"]) for one in grants] == [
        (1, 1, 0),
        (2, 0, 0),
    ]
    [gain] = done["result"]["scenarios"][0]["against_base"]["largest_gains"]
    assert (gain["row"], gain["ref"][:4], gain["uscc"]) == (2, "org_", "911408********026B")


def test_who_was_paid_before_is_not_paid_again_in_the_register(desk: Desk) -> None:
    desk.approved(["patent-grants"])
    done = finished(desk, ordered(desk, {"register": True}))
    assert done["result"]["base"]["measures"]["patent-grants"]["eligible"] == 0
    assert done["result"]["base"]["measures"]["patent-grants"]["ineligible"] == 1


def test_a_job_that_waits_is_cancelled_at_once_and_only_once(desk: Desk) -> None:
    job = ordered(desk, {"register": True})
    answer = desk.post("review", f"/v1/jobs/{job}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    again = desk.post("review", f"/v1/jobs/{job}/cancel")
    assert (again.status_code, again.json()["job_status"]) == (409, "cancelled")
    assert finished(desk, job)["status"] == "cancelled"


def test_jobs_are_listed_the_latest_first_and_by_how_they_stand(desk: Desk) -> None:
    jobs = [ordered(desk, {"register": True}) for _ in range(3)]
    desk.post("review", f"/v1/jobs/{jobs[1]}/cancel")
    first = desk.get("audit", "/v1/jobs?limit=2").json()
    rest = desk.get("audit", f"/v1/jobs?limit=2&after={first['next']}").json()
    assert [one["id"] for one in (*first["items"], *rest["items"])] == jobs[::-1]
    assert rest["next"] is None
    cancelled = desk.get("audit", "/v1/jobs?status=cancelled").json()["items"]
    assert [one["id"] for one in cancelled] == [jobs[1]]
    assert desk.get("audit", "/v1/jobs?status=gone").status_code == 422


def test_test_keys_and_platforms_see_none_of_it(desk: Desk) -> None:
    job = ordered(desk, {"register": True})
    assert desk.get("apply", f"/v1/jobs/{job}").status_code == 403
    desk.mode = "test"
    assert desk.get("audit", f"/v1/jobs/{job}").status_code == 404
    assert desk.get("audit", "/v1/jobs").json()["items"] == []


def test_a_population_that_went_away_fails_its_job_with_words(desk: Desk) -> None:
    upload = uploaded(desk, [firm(1)])
    job = ordered(desk, {"upload": upload})
    bulk = desk.app.state.office.bulk
    bulk.remove(bulk.upload(upload))
    done = finished(desk, job)
    assert (done["status"], done["result"]) == ("failed", None)
    assert set(done["failure"]) == {"zh", "en"}


def test_a_use_keeps_a_population_for_longer(desk: Desk) -> None:
    upload = uploaded(desk, [firm(1)])
    with psycopg.connect(desk.url) as connection:
        connection.execute("UPDATE uploads SET expires_at = now() + interval '1 hour'")
    ordered(desk, {"upload": upload})
    with psycopg.connect(desk.url) as connection:
        row = connection.execute("SELECT expires_at > now() + interval '6 days' FROM uploads").fetchone()
    assert row == (True,)
