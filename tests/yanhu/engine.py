"""The real engine on the real pack, in this process: what the service runs for each request, without HTTP."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from app.rules.evaluation import Evaluator, compile_policy
from app.rules.loading import load_policy
from app.rules.reading import compile_reader
from app.rules.rendering import render
from app.services.packs import read_pack
from app.settings import PACKAGED_POLICIES

if TYPE_CHECKING:
    from app.rules.policy import Policy

TODAY = date(2026, 11, 23)


class Engine:
    """One policy, read and compiled once."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.read = compile_reader(policy)
        self.evaluator: Evaluator = compile_policy(policy)

    def answer(self, body: Any) -> bytes:
        """The bytes of the answer; raises InputErrors for a bad body."""
        request = self.read(body, TODAY)
        return render(self.evaluator.evaluate(request), request, self.policy)

    def decide(self, body: Any) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.answer(body))
        return found


@cache
def yanhu() -> Engine:
    return Engine(load_policy(read_pack(PACKAGED_POLICIES / "yanhu-ip")))
