"""A client made by openapi-python-client evaluates against the running service; mypy checks the call."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from openapi_python_client.strings import ClassName

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
# The generator does not know NDJSON; it passes a batch as the bytes it is.
CONFIG = """
package_name_override: made
project_name_override: made
post_hooks: []
content_type_overrides:
  application/x-ndjson: application/octet-stream
"""
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
