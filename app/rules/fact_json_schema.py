"""What a policy asks for, as JSON Schema 2020-12: for forms, for validators, and for generated clients.

An absent fact is unknown and so is null, so everything but what identifies the applicant or an item takes null too.
Objects and code lists stand under `$defs`, without titles: generators name their types after the definitions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.facts import MOST_ITEMS
from app.rules.input.facts import APPLICANT, FACTS, REQUIRED, path_of
from app.rules.input.history import FIRST_YEAR, GIVEN, LAST_YEAR, PAID, SOURCES
from app.rules.json_schema.clauses import clauses_by_fact
from app.rules.json_schema.types import DATE, NULL, TEXT, choice_schema, labels, notes_of, value_schemas
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.rules.facts import FactDeclaration
    from app.rules.policy import Policy

    Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TOP_LABELS = {
    "as_of": Words(
        "决定所依据的日期，默认为今天（上海）", "The day the decision is for; by default today in Shanghai"
    ),
    "year": Words("奖励年度，默认为该日期所在年", "The award year; by default that of the day"),
    "measures": Words("要评估的措施，默认为全部", "The measures to decide; by default all"),
    FACTS: Words("事实；缺少或为 null 即未知", "Facts; absent or null means unknown"),
    "history": Words("本政策以往的奖励", "Earlier awards under this policy"),
    "other_funding": Words("其他来源的资助", "Support from elsewhere"),
    "assume": Words("仅为本次答复假定的未知事实", "Values for unknown facts, for this answer only"),
}


def fact_json_schema(policy: Policy) -> Schema:
    """The schema of a request's `facts`; that of its `applicant` stands under `$defs` as `Applicant`."""
    definitions = _Definitions(policy)
    root = definitions.objects.pop("Facts")
    return {
        "$schema": DIALECT,
        "title": policy.title.zh,
        "description": policy.title.en,
        "x-label": {"zh": policy.title.zh, "en": policy.title.en},
        **root,
        "$defs": definitions.objects,
    }


def request_json_schema(policy: Policy) -> Schema:
    """The schema of a whole evaluation request."""
    definitions = _Definitions(policy).objects
    _add_past(definitions, policy)
    evaluated = [measure.id for measure in policy.measures if measure.evaluated]
    definitions["MeasureId"] = {"type": "string", "enum": evaluated}
    scalar = [{"type": "boolean"}, {"type": "number"}, {"type": "string"}]
    properties = {
        "as_of": _optional([DATE]),
        "year": _optional([{"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR}]),
        "measures": _optional([{**_list_of("MeasureId"), "minItems": 1, "uniqueItems": True}]),
        APPLICANT: _reference("Applicant"),
        FACTS: _optional([_reference("Facts")]),
        "history": _optional([_list_of("HistoryEntry")]),
        "other_funding": _optional([_list_of("OtherFunding")]),
        "assume": _optional([{"type": "object", "additionalProperties": {"anyOf": scalar}}]),
    }
    for name, label in _TOP_LABELS.items():
        properties[name].update(labels(label))
    required = [APPLICANT] if "required" in definitions["Applicant"] else []
    return {"$schema": DIALECT, **_object(properties, required), "$defs": definitions}


class _Definitions:
    """The objects and code lists of a policy's facts, by the names that generators give their types."""

    def __init__(self, policy: Policy) -> None:
        self.objects: dict[str, Schema] = {"Applicant": _object({}), "Facts": _object({})}
        self._clauses = clauses_by_fact(policy)
        for name, declaration in policy.facts.facts.items():
            *way, last = path_of(name)
            place = self._group(tuple(way))
            place["properties"][last] = self._fact(name, declaration, name in REQUIRED)
            if name in REQUIRED:
                place.setdefault("required", []).append(last)

    def _group(self, way: tuple[str, ...]) -> Schema:
        """The definition of a group, made with those above it where it is new."""
        key = _camel(way) if len(way) == 1 else f"{_camel(way[1:] if way[0] == FACTS else way)}Facts"
        if key not in self.objects:
            self.objects[key] = _object({})
            self._group(way[:-1])["properties"][way[-1]] = _optional([_reference(key)])
        return self.objects[key]

    def _fact(self, name: str, declaration: FactDeclaration, required: bool) -> Schema:
        notes = notes_of(declaration, self._clauses.get(name, ()))
        if declaration.type == "list":
            key = f"{_camel(name.split('.'))}Item"
            self.objects[key] = self._item(declaration)
            return {**notes, **_optional([_list_of(key)])}
        return {**notes, **_value(self._forms(declaration), required)}

    def _item(self, declaration: FactDeclaration) -> Schema:
        properties, required = {}, []
        for key, field in declaration.fields.items():
            needed = field.type == "id" and not field.optional
            notes = notes_of(field, self._clauses.get(f"{declaration.name}[].{key}", ()))
            properties[key] = {**notes, **_value(self._forms(field), needed)}
            required += [key] if needed else []
        return _object(properties, required)

    def _forms(self, declaration: FactDeclaration) -> list[Schema]:
        """A code list that has a name is defined once, whatever many facts use it."""
        if declaration.type != "choice" or declaration.of is None:
            return value_schemas(declaration)
        key = f"{_camel(declaration.of.split('.'))}Code"
        self.objects[key] = choice_schema(declaration)
        return [_reference(key)]


def _add_past(definitions: dict[str, Schema], policy: Policy) -> None:
    """The entries of `history` and `other_funding`."""
    keys = {key for measure in policy.measures for key in measure.history_keys}
    paying = [measure.id for measure in policy.measures if measure.pays]
    definitions["PayingMeasureId"] = {"type": "string", "enum": paying}
    definitions["FundingSource"] = {"type": "string", "enum": list(SOURCES)}
    definitions["HistoryKeys"] = _object({key: _optional([TEXT]) for key in sorted(keys)})
    definitions["HistoryEntry"] = _object(
        {
            "measure": _reference("PayingMeasureId"),
            "year": {"type": "integer", "minimum": FIRST_YEAR, "maximum": LAST_YEAR},
            "amount": {"anyOf": value_schemas(PAID)},
            "item": _optional([TEXT]),
            "items": _optional([{"type": "array", "items": TEXT, "maxItems": MOST_ITEMS}]),
            "keys": _optional([_reference("HistoryKeys")]),
        },
        ("measure", "year", "amount"),
    )
    definitions["OtherFunding"] = _object(
        {
            "source": _reference("FundingSource"),
            "amount": {"anyOf": value_schemas(GIVEN)},
            "project": _optional([TEXT]),
        },
        ("source", "amount"),
    )


def _object(properties: Mapping[str, Schema], required: Iterable[str] = ()) -> Schema:
    needed = list(required)
    return {
        "type": "object",
        "properties": dict(properties),
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def _value(forms: list[Schema], required: bool) -> Schema:
    if not required:
        return _optional(forms)
    return dict(forms[0]) if len(forms) == 1 else {"anyOf": forms}


def _optional(forms: list[Schema]) -> Schema:
    return {"anyOf": [*forms, NULL]}


def _list_of(key: str) -> Schema:
    return {"type": "array", "items": _reference(key), "maxItems": MOST_ITEMS}


def _reference(key: str) -> Schema:
    return {"$ref": f"#/$defs/{key}"}


def _camel(parts: Iterable[str]) -> str:
    """`patent_awards` -> PatentAwards."""
    words = (word for part in parts for word in part.replace("-", "_").split("_"))
    return "".join(word[:1].upper() + word[1:] for word in words)
