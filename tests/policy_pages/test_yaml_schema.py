"""The schema that editors check packs by: every pack meets it, a misspelt key does not, and the files are current."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from app.rules.packs import content, measures, notices, standards
from app.services.pack_yaml_schema import KINDS, pack_yaml_schema

PACKS = Path("app/policies")


def kind_of(file: Path) -> str:
    return {"measures": "measure", "notices": "notice", "_standards": "standard"}.get(
        file.parent.name, "pack"
    )


FILES = [file for file in sorted(PACKS.rglob("*.yaml")) if "cases" not in file.parts]


def as_json(value: Any) -> Any:
    """What an editor makes of YAML: keys are text, days are text."""
    if isinstance(value, dict):
        return {str(key): as_json(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [as_json(inside) for inside in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


@pytest.mark.parametrize("loader", [yaml.BaseLoader, yaml.SafeLoader])
def test_every_pack_meets_the_schema_as_text_and_as_yaml_types(loader: Any) -> None:
    assert len(FILES) > 10
    for file in FILES:
        found = as_json(yaml.load(file.read_text("utf-8"), loader))  # noqa: S506 - both loaders make plain values
        mistakes = list(Draft7Validator(pack_yaml_schema(kind_of(file))).iter_errors(found))
        assert mistakes == [], file


MISSPELT = [
    ("measure", {"clause": "一", "title": {"zh": "奖", "en": "a"}, "requir": ["a"]}),
    ("measure", {"clause": "一", "title": {"zh": "奖", "en": "a"}, "award": {"fixd": 1}}),
    ("measure", {"clause": "一", "title": {"zh": "奖", "en": "a"}, "award": {"fixed": {"step": "a"}}}),
    ("measure", {"clause": "一", "title": {"zh": "奖"}}),
    ("measure", {"clause": "一", "title": {"zh": "奖", "en": "a"}, "each": {"item": "a in b", "count": "a"}}),
    ("pack", {"fact": {}}),
    ("pack", {"facts": {"patents": {"granted": {"count": ["件", "n"], "units": ["件", "n"]}}}}),
    ("notice", {"year": 2026, "published": "2026-01-01", "close": []}),
]


@pytest.mark.parametrize(("kind", "written"), MISSPELT)
def test_a_misspelt_key_is_refused(kind: str, written: object) -> None:
    assert not Draft7Validator(pack_yaml_schema(kind)).is_valid(written)


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_schema_is_the_one_that_is_made(kind: str) -> None:
    Draft7Validator.check_schema(pack_yaml_schema(kind))
    committed = json.loads(Path(f"docs/policy-{kind}.schema.json").read_text("utf-8"))
    assert committed == pack_yaml_schema(kind), "write it anew: duixian policy yaml-schema --for"


def test_the_schema_knows_every_key_of_the_loader() -> None:
    known = pack_yaml_schema()["definitions"]
    for kind, keys in (
        ("measure", measures.KEYS),
        ("service", measures.SERVICE_KEYS),
        ("notice", notices.KEYS),
        ("pack", content.SECTIONS),
        ("standard", standards.KEYS),
    ):
        assert set(keys) <= known[kind]["properties"].keys()
