"""What the document says of organisations, records and documents is what comes back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from tests.applications.desk import FIRM, FIRM_2
from tests.applications.importing import LISTED, csv_of

if TYPE_CHECKING:
    import httpx

    from tests.applications.desk import Desk

ONE, TWO = FIRM["uscc"], FIRM_2["uscc"]
PUNISHED = {"uscc": ONE, "list": "court", "listed_on": "2024-01-02", "source": "c"}
MONEY = {"uscc": ONE, "source": "other", "amount": "1", "granted_on": "2024-01-02", "reference": "A"}


def check(desk: Desk, operation: str, answer: httpx.Response) -> None:
    """The status is declared, its headers are there, and its body is of its schema."""
    document: dict[str, Any] = desk.app.openapi()
    found = [
        one
        for methods in document["paths"].values()
        for one in methods.values()
        if one.get("operationId") == operation
    ]
    declared = found[0]["responses"][str(answer.status_code)]
    if "$ref" in declared:
        declared = document["components"]["responses"][declared["$ref"].rsplit("/", 1)[1]]
    for name, header in declared.get("headers", {}).items():
        if header.get("required"):
            assert name.lower() in answer.headers, (operation, name)
    content = declared.get("content")
    if content is None:
        assert answer.content == b""
        return
    media_type = answer.headers["content-type"].split(";")[0]
    if media_type.endswith("json"):
        whole = {**content[media_type]["schema"], "components": document["components"]}
        Draft202012Validator(whole).validate(answer.json())
    else:
        assert media_type in content


def test_answers_are_of_their_schemas(desk: Desk) -> None:
    body = {"name": "甲", "kind": "enterprise"}
    code = {"uscc": TWO, "from": "2026-01-01", "reason": "换证"}
    reading = {"source": "c", "queried_at": datetime.now(UTC).isoformat()}
    files = {"files": {"file": ("a.pdf", b"%PDF-1.7\n")}}
    table = {
        "content": csv_of(LISTED, [TWO, "court", "2024-01-02", "", "c", ""]),
        "headers": {"Content-Type": "text/csv"},
    }
    bad = {"content": csv_of(LISTED, ["x"]), "headers": {"Content-Type": "text/csv"}}

    def asked(operation: str, role: str, method: str, path: str, status: int, **more: Any) -> httpx.Response:
        answer = desk.ask(role, method, path, **more)
        assert answer.status_code == status, answer.text
        check(desk, operation, answer)
        return answer

    organisation = f"/v1/organisations/{ONE}"
    asked("put_organisation", "review", "PUT", organisation, 201, json=body)
    asked("put_organisation", "review", "PUT", organisation, 200, json=body)
    asked("put_organisation", "review", "PUT", organisation, 422, json={})
    asked("get_organisation", "audit", "GET", organisation, 200)
    asked("add_organisation_code", "admin", "POST", f"{organisation}/codes", 201, json=code)
    asked("add_organisation_code", "admin", "POST", f"{organisation}/codes", 409, json=code)
    asked("list_organisations", "audit", "GET", "/v1/organisations", 200)
    listed = asked("record_joint_punishment", "review", "POST", "/v1/joint-punishment", 201, json=PUNISHED)
    asked("get_joint_punishment", "audit", "GET", listed.headers["location"], 200)
    asked("list_joint_punishment", "audit", "GET", "/v1/joint-punishment", 200)
    asked("put_list_reading", "review", "PUT", "/v1/joint-punishment/lists/court", 200, json=reading)
    asked("list_punishment_lists", "audit", "GET", "/v1/joint-punishment/lists", 200)
    funded = asked("record_funding", "review", "POST", "/v1/funding-records", 201, json=MONEY)
    asked("get_funding", "audit", "GET", funded.headers["location"], 200)
    asked("list_funding", "audit", "GET", "/v1/funding-records", 200)
    asked("import_records", "review", "POST", "/v1/imports/joint-punishment", 200, **table)
    asked("import_records", "review", "POST", "/v1/imports/joint-punishment", 422, **bad)
    made = asked("upload_document", "apply", "POST", "/v1/documents", 201, **files)
    asked("get_document", "apply", "GET", made.headers["location"], 200)
    asked("get_document_content", "apply", "GET", f"{made.headers['location']}/content", 200)
    asked("get_document", "other", "GET", made.headers["location"], 404)
    asked("delete_document", "apply", "DELETE", made.headers["location"], 204, headers={"If-Match": '"1"'})
