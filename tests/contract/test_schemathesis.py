"""schemathesis over the whole document against the running service: no 5xx, nothing outside the schema."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.applications.desk import secret_of

if TYPE_CHECKING:
    from tests.contract.conftest import Stock

HOOKS = Path(__file__).parent
"""Where schemathesis finds what it must be taught."""
CHECKS = [
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "unsupported_method"),
    *("allow_header_conformance", "negative_data_rejection"),
]
# Who asks for what is not there, or no longer stands as it was read, is told so before the body is read.
CONFIG = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 404, 409, 412, 413, 415, 422, 428]
"""
ONE = r"^/v1/applications/\{application\}"
PARTS = {
    "open": (25, r"^/(v1/policies|livez|readyz|metrics|problems)"),
    "applications": (8, rf"^/v1/(events|applications)$|{ONE}(/(assessments|events).*)?$"),
    "deciding": (
        8,
        rf"{ONE}/(submit|withdraw|accept|return|reject|approve|reopen|publicise|object|resolve)$",
    ),
    "paying": (8, rf"{ONE}/(grant|hold|resume|pay|override|confirm|fail|revoke|recover|write-off)$"),
    "records": (
        12,
        r"^/v1/(organisations|offers|matches|joint-punishment|funding-records|imports|documents)",
    ),
    "bulk": (8, r"^/v1/(uploads|jobs)"),
    "office": (12, r"^/v1/(allocations|awards|public-notices|ledger|keys|me|webhooks)"),
}
"""Examples for each operation, and paths: parts that run side by side."""


def test_every_path_is_in_one_part(document: Path) -> None:
    for path in json.loads(document.read_text("utf-8"))["paths"]:
        assert sum(re.search(paths, path) is not None for _, paths in PARTS.values()) == 1, path


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_the_service_keeps_to_its_document_whatever_is_sent(
    address: str, stock: Stock, tmp_path: Path, part: str
) -> None:
    examples, paths = PARTS[part]
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG, "utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
    command += [f"{address}/openapi.json", "--include-path-regex", paths]
    command += ["--phases", "examples,coverage,fuzzing", "--checks", ",".join(CHECKS)]
    command += ["--max-examples", str(examples), "--seed", "1", "--generation-database", "none"]
    command += ["--continue-on-failure", "--no-color", "--suppress-health-check", "all"]
    command += ["--request-timeout", "20"]
    contract = {
        "address": address,
        "keys": {
            role: secret_of(role, "test")
            for role in ("apply", "review", "approve", "finance", "admin", "audit")
        },
        "ids": stock.ids,
    }
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HOOKS)}
    environment["DUIXIAN_CONTRACT"] = json.dumps(contract)
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=550, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-40_000:]
    assert "No operations" not in done.stdout
