"""Every action there is."""

from __future__ import annotations

from app.services.applications import approving, paying, publicising, reviewing, revoking, submitting

ACTS = (*submitting.ACTS, *reviewing.ACTS, *approving.ACTS, *publicising.ACTS, *paying.ACTS, *revoking.ACTS)
