"""Decide a request without a server: the command line, and the cases that live with a policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from app.services.packs import read_pack
from app.services.published_policies import PublishedPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from app.rules.policy import Policy
    from app.rules.results import Evaluation


class LocalPolicy:
    """One pack, loaded and compiled: the same answers, byte for byte, that the service gives."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """Raises PackErrors when the pack is no policy."""
        self.files = files
        self._published = PublishedPolicy.of(files)
        self.policy: Policy = self._published.policy

    @classmethod
    def in_folder(cls, folder: Path) -> LocalPolicy:
        """The pack in this folder."""
        return cls(read_pack(folder))

    def answer(self, body: object, today: date) -> bytes:
        """The answer as JSON. Raises InputErrors for a body that is no request."""
        chosen = self._published.for_body(body, today)
        request = chosen.read(body, today)
        return chosen.render(chosen.evaluator.evaluate(request), request)

    def traced(self, body: object, today: date) -> tuple[Policy, Evaluation]:
        """The answer as values with the whole tree of each measure, and the policy that gave it."""
        chosen = self._published.for_body(body, today)
        return chosen.policy, chosen.evaluator.evaluate(chosen.read(body, today), traced=True)

    def decide(self, body: object, today: date) -> dict[str, Any]:
        """The answer as values."""
        found: dict[str, Any] = json.loads(self.answer(body, today))
        return found
