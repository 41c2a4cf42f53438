"""The form of a population for programs: an Arrow IPC stream that has a schema and no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from app.rules.columns.schema import arrow_schema

if TYPE_CHECKING:
    from app.rules.policy import Policy


def schema_stream(policy: Policy) -> bytes:
    """Names, types, units and labels of every column; `pyarrow.ipc.open_stream(...).schema` reads it."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, arrow_schema(policy)):
        pass
    found: bytes = sink.getvalue().to_pybytes()
    return found
