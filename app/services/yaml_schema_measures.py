"""What a measure of a pack may say, as JSON Schema: facts and conditions, values and awards, limits, payment."""

from __future__ import annotations

from app.services.yaml_schema_shapes import Schema, either, keys_of, list_of, mapping_of, period, ref, told

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


def label() -> Schema:
    return {"type": "array", "items": ref("scalar"), "minItems": 2, "maxItems": 2}


def condition() -> Schema:
    part = ref("condition")
    keys = {
        "is": ("一个表达式", "one expression"),
        "all": ("全部满足", "all must hold"),
        "any": ("满足其一", "one must hold"),
        "not": ("不得满足", "must not hold"),
        "code": ("理由代码", "the reason's code"),
        "says": ("自定的理由文字", "words instead of the derived sentence"),
        "clause": ("条款", "clause"),
    }
    shapes = {"all": list_of(part), "any": list_of(part), "not": part, "says": ref("words")}
    return either(ref("scalar"), keys_of(keys, shapes))


def value() -> Schema:
    value = ref("value")
    case = either(
        keys_of({"when": ("情形", "the case"), "then": ("金额", "its value")},
                {"when": ref("condition"), "then": value}, ("when", "then")),
        keys_of({"else": ("其余", "otherwise")}, {"else": value}, ("else",)),
    )  # fmt: skip
    rows = mapping_of(value)
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
    shapes = {"from": rows, "above": rows, "below": value, "cases": list_of(case), "sum": list_of(value),
              "product": list_of(value), "value": value, **dict.fromkeys(_MODIFIERS, value)}  # fmt: skip
    by = {
        "type": "object",
        "required": ["by"],
        "properties": {"by": told("按选项的代码", "by a choice's code", ref("scalar"))},
        "additionalProperties": value,
    }
    return either(ref("scalar"), by, keys_of(keys, shapes))


def award() -> Schema:
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
    return either(
        {"enum": ["unspecified"]}, keys_of(keys, dict.fromkeys((*kinds, *_MODIFIERS), ref("value")))
    )


def limit() -> Schema:
    keys = {"limit": ("限制", "the limit"), "when": ("适用条件", "when it holds")}
    return either(ref("scalar"), keys_of(keys, {}, ("limit",)))


def fact() -> Schema:
    keys = dict.fromkeys(_TYPES, ("类型及名称", "the type, with its label")) | _FACT_KEYS
    shapes = dict.fromkeys((*_TYPES, "unit"), ref("label")) | {"item": mapping_of(ref("fact"))}
    return {**keys_of(keys, shapes), "oneOf": [{"required": [kind]} for kind in _TYPES]}


def facts() -> Schema:
    """Groups of facts, nested freely; a mapping whose type key has a label is a fact."""
    return mapping_of(either(ref("fact"), ref("facts")))


def flag() -> Schema:
    keys = {
        "unless": ("除非满足", "raised unless it holds"),
        "when": ("满足时", "raised when it holds"),
        "says": ("提示文字", "what the reviewer reads"),
    }
    shapes = {"unless": ref("condition"), "when": ref("condition"), "says": ref("words")}
    return keys_of(keys, shapes, ("says",))


def each() -> Schema:
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
        "keys": mapping_of(ref("scalar")),
        "require": require(),
        "award": ref("award"),
        "flags": ref("flags"),
    }
    return keys_of(keys, shapes, ("item",))


def require() -> Schema:
    return either(ref("condition"), list_of(ref("condition")))


def parameters() -> Schema:
    return mapping_of(either(ref("scalar"), mapping_of(ref("scalar"))))


def measure() -> Schema:
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
    limits = either(ref("limit"), list_of(ref("limit")))
    free = {"type": "object"}
    shapes = {"title": ref("words"), "where": free, "in_force": period(), "parameters": parameters(),
              "require": require(), "each": ref("each"), "award": ref("award"), "limits": limits,
              "allot": _allot(), "instalments": list_of(_instalment()), "obligations": mapping_of(free),
              "flags": ref("flags"), "hold": _hold(), "payee": either(_payee(), list_of(_payee())), "ledger": free,
              "review": ref("words"), "says": ref("words")}  # fmt: skip
    return keys_of(keys, shapes, ("clause", "title"))


def _instalment() -> Schema:
    keys = {
        "share": ("份额", "its share"),
        "rest": ("其余部分：yes", "what the others leave: yes"),
        "after": ("上期支付后多久", "how long after the payment before"),
        "when": ("支付时须满足", "what must hold then"),
        "says": ("说明", "in words"),
    }
    return keys_of(keys, {"when": ref("condition"), "says": ref("words")})


def _payee() -> Schema:
    keys = {
        "to": ("收款人", "who is paid"),
        "name": ("其名称所在的事实", "the fact that names it"),
        "share": ("份额", "its share"),
        "rest": ("其余部分：yes", "what the others leave: yes"),
    }
    return keys_of(keys, {"to": ref("words")}, ("to",))


def _hold() -> Schema:
    keys = {"when": ("何时暂缓", "while this holds"), "says": ("说明", "in words")}
    return keys_of(keys, {"when": ref("condition"), "says": ref("words")}, ("when", "says"))


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
    shapes = {"per": {"enum": ["year"]}, "then": list_of(ref("scalar")),
              "ties": {"enum": ["decide", "admit", "refuse"]}, "last": {"enum": ["partial", "refuse"]}}  # fmt: skip
    one = [{"required": ["budget"]}, {"required": ["places"]}]
    return {**keys_of(keys, shapes, ("by",)), "oneOf": one}
