"""A client made by openapi-python-client evaluates and applies at the running service; mypy checks the calls."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from openapi_python_client.strings import ClassName

from tests.applications.desk import secret_of

if TYPE_CHECKING:
    from pathlib import Path

CALL = """
import json
import sys

from made import Client
from made.api.{tag} import {operation}
from made.models import {answer}, {body}

client = Client(base_url=sys.argv[1])
asked = {body}.from_dict(json.load(sys.stdin))
found = {operation}.sync(client=client, body=asked)
assert isinstance(found, {answer}), found
grants = found.measures[0]
amount = grants.award.amount
codes = [reason.code for reason in grants.reasons]
print(json.dumps({{"verdict": str(grants.verdict), "amount": amount, "codes": codes}}))
"""
WALK = """
import json
import sys
from datetime import date
from http import HTTPStatus
from typing import TypeVar
from uuid import uuid4

from made import AuthenticatedClient
from made.api.applications import (
    accept_application,
    approve_application,
    create_application,
    get_application,
    list_applications,
    submit_application,
)
from made.models import (
    Action,
    ApplicantFacts,
    ApplicationAnswer,
    ApplicationAward,
    ApplicationFacts,
    ApplicationList,
    Approval,
    AwardDecision,
    AwardState,
    Decision,
    MoneyAwardKind,
    NewApplication,
    Problem,
    Status,
)
from made.types import Response

address, apply, review, approve, uscc = sys.argv[1:]
platform, reviewer, approver = (
    AuthenticatedClient(base_url=address, token=token) for token in (apply, review, approve)
)


def application_of(answer: Response[ApplicationAnswer | Problem]) -> ApplicationAnswer:
    assert isinstance(answer.parsed, ApplicationAnswer), answer.content
    return answer.parsed


drafted = create_application.sync_detailed(
    client=platform,
    idempotency_key=uuid4().hex,
    body=NewApplication(
        policy="yanhu-ip",
        year=date.today().year,
        measures=["patent-grants"],
        applicant=ApplicantFacts.from_dict(
            {"name": "示例企业", "uscc": uscc, "kind": "enterprise", "size": "small"}
        ),
        facts=ApplicationFacts.from_dict(
            {"patents": {"granted": 12, "invention_granted": 2, "high_value_granted": 0}}
        ),
    ),
)
assert drafted.status_code is HTTPStatus.CREATED, drafted.content
found = application_of(drafted)
assert found.allowed_actions == [Action.SUBMIT, Action.WITHDRAW]
submitted = submit_application.sync_detailed(
    found.id, client=platform, idempotency_key=uuid4().hex, if_match=drafted.headers["ETag"]
)
assert application_of(submitted).status is Status.SUBMITTED
stale = accept_application.sync(
    found.id, client=reviewer, idempotency_key=uuid4().hex, if_match=drafted.headers["ETag"]
)
assert isinstance(stale, Problem) and stale.status == 412
accepted = accept_application.sync_detailed(
    found.id, client=reviewer, idempotency_key=uuid4().hex, if_match=submitted.headers["ETag"]
)


def decision(award: ApplicationAward) -> AwardDecision:
    assert award.kind is MoneyAwardKind.CALCULATED or award.kind is MoneyAwardKind.FIXED
    assert award.assessed is not None
    return AwardDecision(award=award.id, decision=Decision.APPROVE, expected_amount=award.assessed)


approved = approve_application.sync_detailed(
    found.id,
    client=approver,
    idempotency_key=uuid4().hex,
    if_match=accepted.headers["ETag"],
    body=Approval(awards=[decision(award) for award in application_of(accepted).awards]),
)
assert application_of(approved).status is Status.APPROVED
read = get_application.sync(found.id, client=platform)
assert isinstance(read, ApplicationAnswer)
listed = list_applications.sync(client=platform, status=Status.APPROVED)
assert isinstance(listed, ApplicationList)
assert found.id in [one.id for one in listed.items]
(award,) = read.awards
assert award.state is AwardState.RESERVED
print(json.dumps({"status": read.status, "amount": award.amount, "policy": read.policy.version}))
"""
# The generator does not know NDJSON and tables; it passes them as the bytes they are.
CONFIG = """
package_name_override: made
project_name_override: made
post_hooks: []
content_type_overrides:
  application/x-ndjson: application/octet-stream
  text/csv: application/octet-stream
  application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: application/octet-stream
  application/pdf: application/octet-stream
  image/jpeg: application/octet-stream
  image/png: application/octet-stream
  application/vnd.apache.parquet: application/octet-stream
  application/vnd.apache.arrow.stream: application/octet-stream
  application/vnd.apache.arrow.file: application/octet-stream
"""
FIRM_OF_PYTHON = "91140802MA0GT1000X"
PATH = "/v1/policies/yanhu-ip/evaluations"
ASKED = {
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
EXPECTED = {
    "verdict": "ineligible",
    "amount": "0.00",
    "codes": ["patent-grants.granted", "patent-grants.invention_granted", "patent-grants.high_value_granted"],
}


@pytest.fixture(scope="module")
def made(document: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the generated package `made`."""
    folder = tmp_path_factory.mktemp("python-client")
    config = folder / "config.yaml"
    config.write_text(CONFIG, "utf-8")
    run(
        [
            *("openapi-python-client", "generate", "--path", str(document), "--meta", "none"),
            *("--config", str(config), "--output-path", str(folder / "made"), "--fail-on-warning"),
        ],
        folder,
    )
    return folder


def test_the_generated_python_client_makes_a_typed_evaluation(
    address: str, document: Path, made: Path
) -> None:
    script = made / "call.py"
    script.write_text(CALL.format(**names(json.loads(document.read_text("utf-8")))), "utf-8")
    run([sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "call.py"], made)
    told = run([sys.executable, "call.py", address], made, json.dumps(ASKED))
    assert json.loads(told) == EXPECTED


def test_the_generated_python_client_leads_an_application_to_approval(address: str, made: Path) -> None:
    (made / "walk.py").write_text(WALK, "utf-8")
    run([sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "walk.py"], made)
    secrets = [secret_of(role, "test") for role in ("apply", "review", "approve")]
    told = json.loads(run([sys.executable, "walk.py", address, *secrets, FIRM_OF_PYTHON], made))
    assert told == {"status": "approved", "amount": "200000.00", "policy": "2023-draft"}


def names(document: dict[str, object]) -> dict[str, str]:
    """What the generator calls the operation, its tag and its models."""
    operation = document["paths"][PATH]["post"]  # type: ignore[index]
    return {
        "tag": operation["tags"][0].lower().replace(" ", "_").replace("-", "_"),
        "operation": operation["operationId"],
        "body": model(operation["requestBody"]["content"]["application/json"]["schema"]),
        "answer": model(operation["responses"]["200"]["content"]["application/json"]["schema"]),
    }


def model(schema: dict[str, str]) -> str:
    return str(ClassName(schema["$ref"].rsplit("/", 1)[-1], ""))


def run(command: list[str], folder: Path, given: str = "") -> str:
    if not command[0].startswith("/"):
        command = [sys.executable, "-m", command[0].replace("-", "_"), *command[1:]]
    done = subprocess.run(
        command, cwd=folder, input=given, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    return done.stdout
