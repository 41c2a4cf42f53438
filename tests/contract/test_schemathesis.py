"""schemathesis over the whole document against the running service: no 5xx, nothing outside the schema."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOOKS = Path(__file__).parent
"""Where schemathesis finds what it must be taught."""
CHECKS = [
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "unsupported_method"),
    *("allow_header_conformance", "negative_data_rejection"),
]


@pytest.mark.slow
def test_the_service_keeps_to_its_document_whatever_is_sent(address: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json"]
    command += ["--phases", "examples,coverage,fuzzing", "--checks", ",".join(CHECKS)]
    command += [
        "--max-examples",
        "25",
        "--seed",
        "1",
        "--generation-database",
        "none",
        "--continue-on-failure",
    ]
    command += ["--no-color", "--suppress-health-check", "all", "--request-timeout", "20"]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_ndjson", "PYTHONPATH": str(HOOKS)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=550, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-15_000:]
    assert "No operations" not in done.stdout
