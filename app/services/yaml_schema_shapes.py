"""Shapes of a JSON Schema that is told in two languages: mappings with known keys, lists, references."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def told(zh: str, en: str, schema: Schema | None = None) -> Schema:
    """With a description; a reference stands in `allOf`, as draft 07 ignores what is beside it."""
    shape = {} if schema is None else {"allOf": [schema]} if "$ref" in schema else schema
    return {"description": f"{zh} / {en}", **shape}


def keys_of(
    keys: dict[str, tuple[str, str]], shapes: dict[str, Schema] | None = None, required: tuple[str, ...] = ()
) -> Schema:
    """A mapping with these keys and no other; scalars unless `shapes` says otherwise."""
    known = shapes or {}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {key: told(*said, known.get(key, ref("scalar"))) for key, said in keys.items()},
    }


def mapping_of(shape: Schema) -> Schema:
    return {"type": "object", "additionalProperties": shape}


def list_of(shape: Schema) -> Schema:
    return {"type": "array", "items": shape}


def either(*shapes: Schema) -> Schema:
    return {"anyOf": list(shapes)}


def period() -> Schema:
    return keys_of({"from": ("首日", "first day"), "to": ("末日", "last day")})
