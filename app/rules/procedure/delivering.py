"""How an event is delivered to a webhook: what is sent, how it is signed, and when it is tried again.

Standard Webhooks signs `<id>.<timestamp>.<body>` with HMAC-SHA256; the fields of the body are those of CloudEvents 1.0.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from app.rules.procedure.applications import TRANSITIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EVENT_TYPES = (
    "application.created",
    "application.changed",
    "application.assessed",
    *(f"application.{row.past}" for row in TRANSITIONS),
)
"""What an event of an application can be."""
_MINUTE, _HOUR = 60, 3_600
DELAYS = (
    0,
    5,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
"""Seconds before each attempt; after the last one the event is given up."""
JITTER = 0.1
"""By how much of itself a delay may differ, so that what failed together does not come back together."""
SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with, no secret
GONE = 410


def delay_after(attempts: int, chance: float) -> float | None:
    """Seconds until the next attempt when `attempts` have failed; None: no more. `chance` is in 0 to 1."""
    if attempts >= len(DELAYS):
        return None
    return DELAYS[attempts] * (1 + JITTER * (2 * chance - 1))


def spoken_secret(secret: bytes) -> str:
    """A secret as its owner gets it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode("ascii")


def signature(secrets: Iterable[bytes], event: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one signature for each secret that holds, the newest first."""
    signed = b"%s.%d.%s" % (event.encode("ascii"), timestamp, body)
    made = (hmac.new(secret, signed, hashlib.sha256).digest() for secret in secrets)
    return " ".join("v1," + base64.b64encode(one).decode("ascii") for one in made)


def cloud_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent of an event in its public form: which application, what happened, nothing else of it."""
    data = {"application": event["application"], "seq": event["seq"]}
    if event["to"] is not None:
        data["status"] = event["to"]
    return {
        "specversion": "1.0",
        "id": event["id"],
        "source": "/v1/events",
        "type": event["type"],
        "time": event["at"],
        "subject": event["application"],
        "datacontenttype": "application/json",
        "data": data,
    }
