"""Teaches schemathesis to send a batch: it does not know NDJSON. What it makes are bytes, sent as they are."""

from __future__ import annotations

import schemathesis

schemathesis.serializer.alias("application/x-ndjson", "application/octet-stream")
