"""What generated policies say of their facts: in facts.yaml, or spread over standards that packs share."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import yaml

from app.rules.packs.standards import SHARED
from tests.columns.vocabulary import STAND_INS, TEXT

if TYPE_CHECKING:
    import random

    Yaml = dict[str, Any]

STANDARDS = ("shared-one", "shared-two")
OPTIONS = ("strict", "wide", "open")


def plain(text: str) -> Yaml:
    """A file of a pack: every scalar as text."""
    loader = yaml.BaseLoader(text)
    try:
        found: Yaml = loader.get_single_data()
    finally:
        loader.dispose()
    return found


PLAIN = plain(TEXT)


def sections(chance: random.Random) -> dict[str, Yaml]:
    """The facts of a policy by path: facts.yaml, and the standards that it names, if any."""
    own = deepcopy(PLAIN)
    own["readings"]["way"]["chosen"] = chance.choice(("undecided", "undecided", *OPTIONS))
    for path, derived in STAND_INS.items():
        if chance.random() < 0.4:
            fact = own
            for name in path:
                fact = fact[name]
            fact["else"] = derived
    files = {"facts.yaml": own}
    if chance.random() < 0.4:
        files |= _shared(chance, own)
    return files


def _shared(chance: random.Random, own: Yaml) -> dict[str, Yaml]:
    """Standards with some of the sections' parts; `own` keeps the others."""
    found: dict[str, Yaml] = {}
    for name in STANDARDS[: chance.choice((1, 2))]:
        standard = found[f"standards/{name}.yaml"] = {
            "title": {"zh": "标准", "en": "A standard"},
            "source": "号",
        }
        for section in SHARED:
            if isinstance(own.get(section), dict):
                taken = {
                    key: own[section].pop(key)
                    for key in list(own[section])
                    if _movable(chance, own[section][key])
                }
                if taken:
                    standard[section] = taken
            elif section in own and chance.random() < 0.4:
                standard[section] = [own[section].pop()]
            if section in own and not own[section]:
                del own[section]
    return found


def _movable(chance: random.Random, part: Any) -> bool:
    """Members in a file of the pack stay where they are."""
    return chance.random() < 0.4 and not (isinstance(part, dict) and "file" in part)
