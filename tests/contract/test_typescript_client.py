"""Types made by openapi-typescript: tsc accepts the right call and refuses a wrong one."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.applications.desk import secret_of

FIRM_OF_TYPESCRIPT = "91140802MA0GT20005"
SOURCES = Path(__file__).parent / "typescript"
TSC = ("npx", "--no-install", "tsc", "--project")
NO_NODE = (
    "node and npm are needed for this test (Node 20 or newer, https://nodejs.org): it compiles and runs the "
    "TypeScript client that users of the service would generate. It is never skipped."
)


@pytest.fixture(scope="module")
def project(document: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the TypeScript sources with the pinned packages and the types made from the document."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.fail(NO_NODE)
    folder = tmp_path_factory.mktemp("typescript")
    for source in SOURCES.iterdir():
        if source.is_file():
            shutil.copy(source, folder / source.name)
    run(folder, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    run(folder, "npx", "--no-install", "openapi-typescript", str(document), "--output", "schema.d.ts")
    return folder


@pytest.mark.slow
def test_the_generated_typescript_client_makes_a_typed_evaluation(address: str, project: Path) -> None:
    run(project, *TSC, "tsconfig.json")
    found = json.loads(run(project, "node", "evaluate.js", address))
    assert found["verdict"] == "ineligible"
    assert found["amount"] == "0.00"
    assert found["codes"] == [
        "patent-grants.granted",
        "patent-grants.invention_granted",
        "patent-grants.high_value_granted",
    ]
    assert all(found["chinese"])


@pytest.mark.slow
def test_the_generated_typescript_client_leads_an_application_to_approval(
    address: str, project: Path
) -> None:
    run(project, *TSC, "tsconfig.json")
    secrets = [secret_of(role, "test") for role in ("apply", "review", "approve")]
    found = json.loads(run(project, "node", "walk.js", address, *secrets, FIRM_OF_TYPESCRIPT))
    assert (found["status"], found["amount"]) == ("approved", "200000.00")
    assert [step for step in found["steps"] if step.split()[0] != step.split()[1]] == [
        "null draft",
        "draft submitted",
        "submitted accepted",
        "accepted approved",
    ]


@pytest.mark.slow
def test_tsc_refuses_a_misspelt_fact_and_a_count_that_is_text(project: Path) -> None:
    done = subprocess.run(
        [*TSC, "misspelt.tsconfig.json"], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "grantd" in done.stdout
    assert "Type 'string' is not assignable to type 'number" in done.stdout


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    return done.stdout
