"""The catalogue: what it holds, which version, and that nobody downloads it twice."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from app.schemas.catalogue import MeasureDetail, MeasureList, PolicyDetail, PolicyList
from tests.http.asking import POLICY, refused

if TYPE_CHECKING:
    from pydantic import BaseModel

    from tests.yanhu.serving import Service

READS = ["/v1/policies", POLICY, f"{POLICY}/measures", f"{POLICY}/measures/patent-grants", f"{POLICY}/schema"]


def read(service: Service, path: str) -> Any:
    answer = service.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def exactly(model: type[BaseModel], value: Any) -> None:
    """The value has the model's fields, no more and no fewer, all the way down."""
    assert model.model_validate(value).model_dump(mode="json", by_alias=True) == value


def test_the_list_names_the_policy_and_when_it_is_in_force(service: Service) -> None:
    found = read(service, "/v1/policies")
    exactly(PolicyList, found)
    (policy,) = found["items"]
    assert policy["id"] == "yanhu-ip"
    assert policy["version"] == "2023-draft"
    assert policy["status"] == "consultation-draft"
    assert policy["division"] == "140802"
    assert policy["in_force"] == {"from": "2023-01-01", "to": None}


def test_a_policy_shows_versions_provisions_bars_and_obligations(service: Service) -> None:
    found = read(service, POLICY)
    exactly(PolicyDetail, found)
    assert [version["version"] for version in found["versions"]] == ["2023-draft"]
    assert {one["id"] for one in found["exclusions"]} == {"joint-punishment", "same-project"}
    assert {one["bars"] for one in found["exclusions"]} == {"measure", "item"}
    assert found["provisions"]
    (obligation,) = found["obligations"]
    assert obligation["measure"] == "patent-award-match"
    assert "{" not in obligation["text"]["zh"] + obligation["text"]["en"]
    assert obligation["at_least"]["en"] == "50% × the amount granted"
    assert len(found["measures"]) == 23


def test_the_measures_come_in_the_order_of_the_policy_services_included(service: Service) -> None:
    found = read(service, f"{POLICY}/measures")
    exactly(MeasureList, found)
    assert [one["id"] for one in found["items"]] == read(service, POLICY)["measures"]
    assert {one["id"] for one in found["items"] if not one["evaluated"]} == {
        *("inventor-rewards", "licensing-platform", "gi-filing-help"),
        *("rights-protection", "ip-management"),
    }


def test_every_measure_has_its_page(service: Service) -> None:
    for measure in read(service, POLICY)["measures"]:
        found = read(service, f"{POLICY}/measures/{measure}")
        exactly(MeasureDetail, found)
        assert found["id"] == measure
        assert found["clause"]
        assert (found["does"] is not None) == (found["kind"] == "service")


def test_a_measure_says_what_it_demands_pays_and_reads(service: Service) -> None:
    found = read(service, f"{POLICY}/measures/open-licensing")
    assert [one["code"] for one in found["subject"]] == ["open-licensing.subject"]
    assert len(found["requirements"]) == 2
    assert found["award"]["kind"] == "up_to"
    assert found["award"]["amount"] == "100000.00"
    assert [one["kind"] for one in found["limits"]] == ["once"]
    facts = [one["fact"] for one in found["required_facts"]]
    assert "open_licensing.transfers_to_district_smes" in facts
    assert facts[-1] == "applicant.credit.joint_punishment"


def test_parameters_are_shown_in_their_units(service: Service) -> None:
    found = read(service, f"{POLICY}/measures/pledge-financing")
    values = {one["name"]: one["value"] for one in found["parameters"]}
    assert "50%" in values.values()
    assert "200000.00" in values.values()
    assert found["award"]["per"] == "total"
    assert found["items"]["fact"] == "pledge_loans"
    assert "pledge_loans[].interest" in [one["fact"] for one in found["required_facts"]]


def test_a_level_has_its_amount(service: Service) -> None:
    levels = read(service, f"{POLICY}/measures/service-outlet")["award"]["levels"]
    assert {one["level"]: one["amount"] for one in levels} == {
        "national": "100000.00",
        "provincial": "50000.00",
    }


@pytest.mark.parametrize("path", READS)
def test_the_etag_is_the_sha256_of_the_representation(service: Service, path: str) -> None:
    answer = service.get(path)
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    assert answer.headers["cache-control"].startswith("public, max-age=")


@pytest.mark.parametrize("path", READS)
def test_who_has_it_is_told_so(service: Service, path: str) -> None:
    etag = service.get(path).headers["etag"]
    for sent in (etag, f"W/{etag}", f'"other", {etag}', f'"other",W/{etag} , "more"', "*"):
        answer = service.get(path, headers={"If-None-Match": sent})
        assert answer.status_code == 304, sent
        assert answer.content == b""
        assert answer.headers["etag"] == etag
        assert "cache-control" in answer.headers
        assert "content-type" not in answer.headers
    for sent in ('"other"', etag.strip('"'), f'W/"{etag}'):
        assert service.get(path, headers={"If-None-Match": sent}).status_code == 200, sent


@pytest.mark.parametrize("path", READS[1:])
def test_a_version_can_be_picked_by_day_or_pinned_by_name(service: Service, path: str) -> None:
    plain = service.get(path).content
    for query in ("as_of=2023-01-01", "version=2023-draft", "as_of=2026-11-23&version=2023-draft"):
        assert service.get(f"{path}?{query}").content == plain


@pytest.mark.parametrize("path", READS[1:])
def test_an_unknown_version_is_not_found_and_the_known_ones_are_named(service: Service, path: str) -> None:
    problem = refused(service.get(f"{path}?version=2019"), 404, "not-found")
    assert problem["known"] == ["2023-draft"]
    assert "2023-draft" in problem["detail"]


@pytest.mark.parametrize("path", READS[1:])
@pytest.mark.parametrize("query", ["as_of=2022-12-31", "as_of=2022-12-31&version=2023-draft"])
def test_a_day_before_every_version_is_refused(service: Service, path: str, query: str) -> None:
    (error,) = refused(service.get(f"{path}?{query}"), 422, "invalid-request")["errors"]
    assert (error["parameter"], error["code"]) == ("as_of", "range")
    assert "2023-draft" in error["message"]["en"]


def test_before_it_is_in_force_the_list_leaves_it_out(service: Service) -> None:
    assert read(service, "/v1/policies?as_of=2022-12-31") == {"items": [], "next": None}


def test_what_is_not_there_is_not_found_and_what_is_there_is_named(service: Service) -> None:
    assert refused(service.get("/v1/policies/yanhu"), 404, "not-found")["known"] == ["yanhu-ip"]
    problem = refused(service.get(f"{POLICY}/measures/patent-grant"), 404, "not-found")
    assert "patent-grants" in problem["known"]


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("asof=2026-11-23", "asof", "unknown_field"),
        ("as_of=2026-02-30", "as_of", "format"),
        ("as_of=", "as_of", "format"),
        ("as_of=20261123", "as_of", "format"),
        ("as_of=1700000000", "as_of", "format"),
        ("as_of=2026-11-23&as_of=2026-11-24", "as_of", "duplicate_id"),
        ("as_of=%D9%A2026-11-23", "as_of", "format"),
    ],
)
def test_a_query_is_read_strictly(service: Service, path: str, query: str, parameter: str, code: str) -> None:
    (error,) = refused(service.get(f"{path}?{query}"), 422, "invalid-request")["errors"]
    assert (error["parameter"], error["code"], error["pointer"]) == (parameter, code, "")
    assert error["message"]["zh"]


def test_all_that_is_wrong_with_a_query_is_said_at_once(service: Service) -> None:
    problem = refused(service.get(f"{POLICY}?as_of=x&version=&verbose=1"), 422, "invalid-request")
    assert [error["parameter"] for error in problem["errors"]] == ["as_of", "version", "verbose"]
