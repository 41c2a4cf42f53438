"""Awards: one kind with its value, modifiers and rounding, or the word `unspecified`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.rules.language.lexing import nearest
from app.rules.money import parse_yuan
from app.rules.packs.errors import refuse
from app.rules.packs.node_reading import check_keys, map_of, one_key, text_of
from app.rules.packs.values import MODIFIERS, ValueReader
from app.rules.packs.yaml_nodes import Node, TextNode
from app.rules.policy import TO_THE_FEN, Award, AwardKind, Rounding

if TYPE_CHECKING:
    from app.rules.language.naming import Scope
    from app.rules.packs.texts import Texts

KINDS = ("fixed", "calculated", "up_to")
MODES = ("half up", "up", "down")
_ROUND = re.compile(r"(half up|up|down)(?:\s+to\s+([0-9]+(?:\.[0-9]{1,2})?))?")


def read_award(node: Node, texts: Texts, scope: Scope) -> Award:
    """`unspecified`, or one kind with its value and modifiers."""
    if isinstance(node, TextNode):
        if node.text != "unspecified":
            close = nearest(node.text, ("unspecified",))
            refuse(
                node,
                "这里应为 unspecified 或奖励方式",
                "expected `unspecified` or a kind with its value",
                close,
            )
        return Award(AwardKind.UNSPECIFIED)
    form = map_of(node)
    check_keys(texts.problems, form, (*KINDS, *MODIFIERS, "round"))
    kind = one_key(form, KINDS, "奖励", "an award")
    reader = ValueReader(texts, scope)
    value = reader.modified(form, reader.read(form.entries[kind][1], "money"), "money")
    rounding = form.get("round")
    return Award(AwardKind(kind), value, TO_THE_FEN if rounding is None else read_rounding(rounding))


def read_rounding(node: Node) -> Rounding:
    """`half up`, `up` or `down`, to the fen or `to` so many yuan."""
    text = text_of(node)
    found = _ROUND.fullmatch(" ".join(text.text.split()))
    if found is None:
        zh = "写作 half up、up 或 down，可加 to 100（元）"
        refuse(
            text, zh, "one of half up, up, down, with `to 100` (yuan) if wanted", nearest(text.text, MODES)
        )
    to = 1 if found.group(2) is None else parse_yuan(found.group(2))
    if to <= 0:
        refuse(text, "取整的单位须大于 0", "an award is rounded to more than 0")
    return Rounding(found.group(1), to)
