"""A small scope for the language's tests: facts of every type, one list, one set, two parameters."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from app.rules.language.parsing import Scope


def fact(kind: str, **more: Any) -> Any:
    given = {"of": None, "choices": (), "min": 0, "max": None, "optional": False, "fields": {}, "places": 0}
    return SimpleNamespace(type=kind, **{**given, **more})


LEVELS = (("low", None), ("middle", None), ("high", None))
THING = {
    "thing_id": fact("id"),
    "project": fact("id", optional=True),
    "cost": fact("money"),
    "units": fact("count"),
    "good": fact("bool"),
    "level": fact("choice", of="levels", choices=LEVELS),
}
FACTS = {
    "a.count": fact("count"),
    "a.most_ten": fact("count", max=10),
    "a.people": fact("count", min=1),
    "a.money": fact("money"),
    "a.paid": fact("money"),
    "a.rate": fact("percent", max=10**8),
    "a.score": fact("number", places=1, max=1000),
    "a.since": fact("date"),
    "a.level": fact("choice", of="levels", choices=LEVELS),
    "a.colour": fact("choice", of="colours", choices=(("red", None), ("blue", None))),
    "a.code": fact("text"),
    "a.yes": fact("bool"),
    "things": fact("list", fields=THING),
}
SCOPE = Scope(
    facts=SimpleNamespace(facts=FACTS),  # type: ignore[arg-type]
    parameters={"share": "50%", "most": "200000"},
    sets={"better": ("levels", ("middle", "high"))},
    item=("thing", "things"),
    allow=frozenset({"counted", "paid", "due"}),
    ordered=frozenset({"levels"}),
)
