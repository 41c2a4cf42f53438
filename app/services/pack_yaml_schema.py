"""A JSON Schema (draft 07, which editors know) for the YAML of packs: keys complete and are checked while typing.

It knows keys and shapes; names, types and whether conditions can be met are the loader's.
"""

from __future__ import annotations

from app.services import yaml_schema_measures as measures
from app.services.yaml_schema_shapes import Schema, keys_of, list_of, mapping_of, period, ref

KINDS = ("pack", "measure", "notice", "standard")


def pack_yaml_schema(kind: str = "pack") -> Schema:
    """Of `policy.yaml`, `facts.yaml` and `services.yaml` (pack), of a file in measures/ or notices/, of a standard."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"Duixian policy {kind}",
        "allOf": [ref(kind)],
        "definitions": {
            "scalar": {"type": ["string", "number", "boolean"]},
            "words": keys_of({"zh": ("中文", "Chinese"), "en": ("英文", "English")}, required=("zh", "en")),
            "label": measures.label(),
            "condition": measures.condition(),
            "value": measures.value(),
            "award": measures.award(),
            "limit": measures.limit(),
            "fact": measures.fact(),
            "facts": measures.facts(),
            "flags": mapping_of(measures.flag()),
            "each": measures.each(),
            "measure": measures.measure(),
            "service": _service(),
            "notice": _notice(),
            "pack": _pack(),
            "standard": _standard(),
        },
    }


def _service() -> Schema:
    keys = {
        "clause": ("条款", "clause"),
        "title": ("标题", "title"),
        "does": ("做什么", "what is done"),
        "require": ("条件", "requirements"),
    }
    shapes = {"title": ref("words"), "does": ref("words"), "require": measures.require()}
    return keys_of(keys, shapes, ("clause", "title", "does"))


def _notice() -> Schema:
    keys = {
        "year": ("年度", "year"),
        "published": ("发布日", "the day it applies from"),
        "window": ("申报窗口", "first and last day of applications"),
        "parameters": ("改变的参数", "parameters it replaces"),
        "require": ("增加的条件", "requirements it adds"),
        "closed": ("不开放的措施", "measures it does not open"),
        "review": ("法制审核意见", "notes for legal review"),
        "materials": ("材料", "what is handed in"),
        "maximum": ("未定金额的上限", "the most, where the text names no figure"),
        "readings": ("选定的解释", "readings it chooses"),
        "tables": ("改变的表行", "rows of tables it replaces"),
    }
    free = {"type": "object"}
    shapes = dict.fromkeys(("parameters", "require", "review", "maximum", "readings", "tables"), free)
    listed = {"closed": list_of(ref("scalar")), "materials": list_of(free), "window": period()}
    return keys_of(keys, shapes | listed, ("year", "published"))


def _pack() -> Schema:
    keys = {
        "id": ("网址中的名称", "the name in every URL"),
        "family": ("重新发布后不变的名称", "stays when it is issued anew"),
        "title": ("标题", "title"),
        "authority": ("发布机关", "who issued it"),
        "division": ("行政区划代码", "division code"),
        "status": ("状态", "status"),
        "version": ("版本", "version"),
        "in_force": ("有效期", "in force"),
        "currency": ("币种", "currency"),
        "order": ("措施的次序", "every measure and service, in order"),
        "exclusions": ("不予资助的情形", "general bars"),
        "provisions": ("一般规定", "general provisions"),
        "parameters": ("通用参数", "parameters of the whole policy"),
        "choices": ("选项的代码", "codes of choices"),
        "sets": ("代码的集合", "named sets of codes"),
        "applicant": ("申请单位的事实", "facts of the applicant"),
        "facts": ("事实", "facts"),
        "relations": ("事实之间的关系", "what must hold between facts"),
        "measures": ("措施", "measures"),
        "services": ("服务", "services"),
        "notices": ("年度通知", "notices by year"),
        "cases": ("测试案例", "test cases"),
        "readings": ("解释", "readings"),
        "groups": ("措施组", "groups of measures"),
        "tables": ("表", "tables"),
        "derived": ("派生事实", "derived facts"),
        "standards": ("采用的标准", "standards that it takes"),
    }
    free = {"type": "object"}
    shapes = {"title": ref("words"), "authority": ref("words"), "in_force": period(),
              "order": list_of(ref("scalar")), "exclusions": mapping_of(free), "provisions": mapping_of(free),
              "parameters": measures.parameters(), "choices": mapping_of(free), "sets": mapping_of(free),
              "applicant": ref("facts"), "facts": ref("facts"), "relations": list_of(ref("scalar")),
              "measures": mapping_of(ref("measure")), "services": mapping_of(ref("service")),
              "notices": mapping_of(ref("notice")), "cases": list_of(free), "standards": list_of(ref("scalar")),
              **dict.fromkeys(("readings", "groups", "tables", "derived"), free)}  # fmt: skip
    return keys_of(keys, shapes)


def _standard() -> Schema:
    keys = {
        "title": ("标题", "title"),
        "source": ("文号", "where it was published"),
        "choices": ("选项的代码", "codes of choices"),
        "sets": ("代码的集合", "named sets of codes"),
        "tables": ("表", "tables"),
        "applicant": ("申请单位的事实", "facts of the applicant"),
        "facts": ("事实", "facts"),
        "derived": ("派生事实", "derived facts"),
        "relations": ("事实之间的关系", "what must hold between facts"),
    }
    free = {"type": "object"}
    shapes = {"title": ref("words"), "choices": mapping_of(free), "sets": mapping_of(free), "tables": free,
              "applicant": ref("facts"), "facts": ref("facts"), "derived": free,
              "relations": list_of(ref("scalar"))}  # fmt: skip
    return keys_of(keys, shapes, ("title", "source"))
