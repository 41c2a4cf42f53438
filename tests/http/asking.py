"""What these tests send, and what every refusal has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

POLICY = "/v1/policies/yanhu-ip"
PATH = f"{POLICY}/evaluations"
GOOD: dict[str, Any] = {
    "as_of": "2026-11-23",
    "measures": ["patent-grants"],
    "applicant": {
        "name": "示例企业",
        "uscc": "91140802MA0GT0018G",
        "kind": "enterprise",
        "credit": {"joint_punishment": False},
    },
    "facts": {"patents": {"granted": 8, "invention_granted": 2, "high_value_granted": 0}},
}


def refused(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem document of an answer that must be this refusal."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["type"] == f"/problems/{slug}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"] == problem["message"]["en"]
    assert problem["message"]["zh"]
    assert problem["instance"].startswith("/")
    assert problem["request_id"] == answer.headers["x-request-id"]
    return problem
