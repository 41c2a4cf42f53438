"""Decide a request without a server: the command line, and the cases that live with a policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from app.rules.evaluation import compile_policy
from app.rules.loading import load_policy
from app.rules.reading import compile_reader
from app.rules.rendering import render
from app.services.packs import read_pack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from app.rules.policy import Policy


class LocalPolicy:
    """One pack, loaded and compiled: the same answers, byte for byte, that the service gives."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """Raises PackErrors when the pack is no policy."""
        self.files = files
        self.policy: Policy = load_policy(files)
        self._read = compile_reader(self.policy)
        self._evaluator = compile_policy(self.policy)

    @classmethod
    def in_folder(cls, folder: Path) -> LocalPolicy:
        """The pack in this folder."""
        return cls(read_pack(folder))

    def answer(self, body: object, today: date) -> bytes:
        """The answer as JSON. Raises InputErrors for a body that is no request."""
        request = self._read(body, today)
        return render(self._evaluator.evaluate(request), request, self.policy)

    def decide(self, body: object, today: date) -> dict[str, Any]:
        """The answer as values."""
        found: dict[str, Any] = json.loads(self.answer(body, today))
        return found
