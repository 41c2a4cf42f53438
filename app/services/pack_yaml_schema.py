"""A JSON Schema (draft 07, which editors know) for the YAML of packs: keys complete and are checked while typing.

It knows keys and shapes; names, types and whether conditions can be met are the loader's.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

KINDS = ("pack", "measure", "notice", "standard")
_MODIFIERS = {
    "floor": ("有金额时至少", "lifts an amount above 0"),
    "cap": ("最高", "the most"),
    "less": ("再减去，不低于零", "subtracted, not below 0"),
}
_FACT_KEYS = {
    "of": ("选项的名称", "the choice whose codes it takes"),
    "optional": ("缺少即没有（仅编号）", "absent means none; ids only"),
    "item": ("每项的字段", "the fields of an item"),
    "unit": ("单位", "unit"),
    "min": ("最小值", "least value"),
    "max": ("最大值", "greatest value"),
    "places": ("小数位数", "decimal places"),
    "else": ("未填时的派生值", "the derived value that stands for it"),
}
_TYPES = ("bool", "count", "money", "percent", "number", "date", "choice", "text", "id", "list")


def pack_yaml_schema(kind: str = "pack") -> Schema:
    """Of `policy.yaml`, `facts.yaml` and `services.yaml` (pack), of a file in measures/ or notices/, of a standard."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"Duixian policy {kind}",
        "allOf": [_ref(kind)],
        "definitions": {
            "scalar": {"type": ["string", "number", "boolean"]},
            "words": _object({"zh": ("中文", "Chinese"), "en": ("英文", "English")}, required=("zh", "en")),
            "label": _label(),
            "condition": _condition(),
            "value": _value(),
            "award": _award(),
            "limit": _limit(),
            "fact": _fact(),
            "facts": _facts(),
            "flags": _named(_flag()),
            "each": _each(),
            "measure": _measure(),
            "service": _service(),
            "notice": _notice(),
            "pack": _pack(),
            "standard": _standard(),
        },
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _told(zh: str, en: str, schema: Schema | None = None) -> Schema:
    """With a description; a reference stands in `allOf`, as draft 07 ignores what is beside it."""
    shape = {} if schema is None else {"allOf": [schema]} if "$ref" in schema else schema
    return {"description": f"{zh} / {en}", **shape}


def _object(
    keys: dict[str, tuple[str, str]], shapes: dict[str, Schema] | None = None, required: tuple[str, ...] = ()
) -> Schema:
    """A mapping with these keys and no other; scalars unless `shapes` says otherwise."""
    known = shapes or {}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {key: _told(*said, known.get(key, _ref("scalar"))) for key, said in keys.items()},
    }


def _named(shape: Schema) -> Schema:
    return {"type": "object", "additionalProperties": shape}


def _list(shape: Schema) -> Schema:
    return {"type": "array", "items": shape}


def _either(*shapes: Schema) -> Schema:
    return {"anyOf": list(shapes)}


def _label() -> Schema:
    return {"type": "array", "items": _ref("scalar"), "minItems": 2, "maxItems": 2}


def _condition() -> Schema:
    part = _ref("condition")
    keys = {
        "is": ("一个表达式", "one expression"),
        "all": ("全部满足", "all must hold"),
        "any": ("满足其一", "one must hold"),
        "not": ("不得满足", "must not hold"),
        "code": ("理由代码", "the reason's code"),
        "says": ("自定的理由文字", "words instead of the derived sentence"),
        "clause": ("条款", "clause"),
    }
    shapes = {"all": _list(part), "any": _list(part), "not": part, "says": _ref("words")}
    return _either(_ref("scalar"), _object(keys, shapes))


def _value() -> Schema:
    value = _ref("value")
    case = _either(
        _object({"when": ("情形", "the case"), "then": ("金额", "its value")},
                {"when": _ref("condition"), "then": value}, ("when", "then")),
        _object({"else": ("其余", "otherwise")}, {"else": value}, ("else",)),
    )  # fmt: skip
    rows = _named(value)
    keys = {
        "steps": ("按数量分档", "steps of a quantity"),
        "from": ("达到即适用（以上）", "from these edges, inclusive"),
        "above": ("超过才适用", "above these edges"),
        "below": ("不足最低档", "below the first edge"),
        "cases": ("按首个符合的情形", "the first case that holds"),
        "sum": ("相加", "all added"),
        "product": ("相乘", "all multiplied"),
        "value": ("加上修饰的值", "a value to modify"),
        **_MODIFIERS,
    }
    shapes = {"from": rows, "above": rows, "below": value, "cases": _list(case), "sum": _list(value),
              "product": _list(value), "value": value, **dict.fromkeys(_MODIFIERS, value)}  # fmt: skip
    by = {
        "type": "object",
        "required": ["by"],
        "properties": {"by": _told("按选项的代码", "by a choice's code", _ref("scalar"))},
        "additionalProperties": value,
    }
    return _either(_ref("scalar"), by, _object(keys, shapes))


def _award() -> Schema:
    kinds = {
        "fixed": ("政策写明的金额", "a stated amount"),
        "calculated": ("按公式计算", "a formula"),
        "up_to": ("由主管部门在上限内核定", "an official decides, at most this"),
    }
    keys = {
        **kinds,
        **_MODIFIERS,
        "round": ("取整：half up、up 或 down，to 元", "half up, up or down, to so many yuan"),
    }
    return _either(
        {"enum": ["unspecified"]}, _object(keys, dict.fromkeys((*kinds, *_MODIFIERS), _ref("value")))
    )


def _limit() -> Schema:
    keys = {"limit": ("限制", "the limit"), "when": ("适用条件", "when it holds")}
    return _either(_ref("scalar"), _object(keys, {}, ("limit",)))


def _fact() -> Schema:
    keys = dict.fromkeys(_TYPES, ("类型及名称", "the type, with its label")) | _FACT_KEYS
    shapes = dict.fromkeys((*_TYPES, "unit"), _ref("label")) | {"item": _named(_ref("fact"))}
    return {**_object(keys, shapes), "oneOf": [{"required": [kind]} for kind in _TYPES]}


def _facts() -> Schema:
    """Groups of facts, nested freely; a mapping whose type key has a label is a fact."""
    return _named(_either(_ref("fact"), _ref("facts")))


def _flag() -> Schema:
    keys = {
        "unless": ("除非满足", "raised unless it holds"),
        "when": ("满足时", "raised when it holds"),
        "says": ("提示文字", "what the reviewer reads"),
    }
    shapes = {"unless": _ref("condition"), "when": _ref("condition"), "says": _ref("words")}
    return _object(keys, shapes, ("says",))


def _each() -> Schema:
    keys = {
        "item": ("项目的名称与清单：loan in loans", "loan in loans"),
        "id": ("项目的编号", "the item's id"),
        "keys": ("以往奖励中的键", "keys that history knows it by"),
        "require": ("每项的条件", "what each item must meet"),
        "counts": ("计入的金额", "what it adds to the total"),
        "award": ("每项的奖励", "the award of each item"),
        "flags": ("提请审核人注意", "points for the reviewer"),
    }
    shapes = {
        "keys": _named(_ref("scalar")),
        "require": _require(),
        "award": _ref("award"),
        "flags": _ref("flags"),
    }
    return _object(keys, shapes, ("item",))


def _require() -> Schema:
    return _either(_ref("condition"), _list(_ref("condition")))


def _parameters() -> Schema:
    return _named(_either(_ref("scalar"), _named(_ref("scalar"))))


def _measure() -> Schema:
    keys = {
        "clause": ("条款", "clause"),
        "title": ("标题", "title"),
        "where": ("适用地域或对象", "facts by which it applies at all"),
        "in_force": ("有效期", "in force"),
        "parameters": ("参数", "named constants"),
        "require": ("条件", "requirements"),
        "each": ("逐项计算", "items that count"),
        "award": ("奖励", "the award"),
        "limits": ("限制", "limits"),
        "allot": ("预算或名额的分配", "a budget or places"),
        "instalments": ("分期", "instalments"),
        "obligations": ("义务", "obligations"),
        "flags": ("提请审核人注意", "points for the reviewer"),
        "hold": ("暂缓支付", "approved but not payable"),
        "payee": ("收款人", "who is paid"),
        "ledger": ("台账的键", "what its awards are counted under"),
        "review": ("法制审核意见", "a note for legal review"),
        "says": ("自定文字", "words of its own"),
    }
    limits = _either(_ref("limit"), _list(_ref("limit")))
    free = {"type": "object"}
    shapes = {"title": _ref("words"), "where": free, "in_force": _in_force(), "parameters": _parameters(),
              "require": _require(), "each": _ref("each"), "award": _ref("award"), "limits": limits,
              "allot": _allot(), "instalments": _list(_instalment()), "obligations": _named(free),
              "flags": _ref("flags"), "hold": _hold(), "payee": _either(_payee(), _list(_payee())), "ledger": free,
              "review": _ref("words"), "says": _ref("words")}  # fmt: skip
    return _object(keys, shapes, ("clause", "title"))


def _instalment() -> Schema:
    keys = {
        "share": ("份额", "its share"),
        "rest": ("其余部分：yes", "what the others leave: yes"),
        "after": ("上期支付后多久", "how long after the payment before"),
        "when": ("支付时须满足", "what must hold then"),
        "says": ("说明", "in words"),
    }
    return _object(keys, {"when": _ref("condition"), "says": _ref("words")})


def _payee() -> Schema:
    keys = {
        "to": ("收款人", "who is paid"),
        "name": ("其名称所在的事实", "the fact that names it"),
        "share": ("份额", "its share"),
        "rest": ("其余部分：yes", "what the others leave: yes"),
    }
    return _object(keys, {"to": _ref("words")}, ("to",))


def _hold() -> Schema:
    keys = {"when": ("何时暂缓", "while this holds"), "says": ("说明", "in words")}
    return _object(keys, {"when": _ref("condition"), "says": _ref("words")}, ("when", "says"))


def _allot() -> Schema:
    keys = {
        "budget": ("所有申请人共有的预算（元）", "the budget of all applicants together, in yuan"),
        "places": ("所有申请人共有的名额", "the places of all applicants together"),
        "per": ("按年度", "for each year"),
        "by": ("scale、arrival 或排序的分数", "scale, arrival, or the score that ranks, the highest first"),
        "then": ("分数相同时再看", "further scores where those before are equal"),
        "ties": ("并列而不能全部入选时", "what becomes of equals of whom not all get in"),
        "last": ("跨过预算的一户", "what becomes of whoever crosses the budget"),
    }
    shapes = {"per": {"enum": ["year"]}, "then": _list(_ref("scalar")),
              "ties": {"enum": ["decide", "admit", "refuse"]}, "last": {"enum": ["partial", "refuse"]}}  # fmt: skip
    one = [{"required": ["budget"]}, {"required": ["places"]}]
    return {**_object(keys, shapes, ("by",)), "oneOf": one}


def _in_force() -> Schema:
    return _object({"from": ("首日", "first day"), "to": ("末日", "last day")})


def _service() -> Schema:
    keys = {
        "clause": ("条款", "clause"),
        "title": ("标题", "title"),
        "does": ("做什么", "what is done"),
        "require": ("条件", "requirements"),
    }
    shapes = {"title": _ref("words"), "does": _ref("words"), "require": _require()}
    return _object(keys, shapes, ("clause", "title", "does"))


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
    listed = {"closed": _list(_ref("scalar")), "materials": _list(free), "window": _in_force()}
    return _object(keys, shapes | listed, ("year", "published"))


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
    shapes = {"title": _ref("words"), "authority": _ref("words"), "in_force": _in_force(),
              "order": _list(_ref("scalar")), "exclusions": _named(free), "provisions": _named(free),
              "parameters": _parameters(), "choices": _named(free), "sets": _named(free),
              "applicant": _ref("facts"), "facts": _ref("facts"), "relations": _list(_ref("scalar")),
              "measures": _named(_ref("measure")), "services": _named(_ref("service")),
              "notices": _named(_ref("notice")), "cases": _list(free), "standards": _list(_ref("scalar")),
              **dict.fromkeys(("readings", "groups", "tables", "derived"), free)}  # fmt: skip
    return _object(keys, shapes)


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
    shapes = {"title": _ref("words"), "choices": _named(free), "sets": _named(free), "tables": free,
              "applicant": _ref("facts"), "facts": _ref("facts"), "derived": free,
              "relations": _list(_ref("scalar"))}  # fmt: skip
    return _object(keys, shapes, ("title", "source"))
