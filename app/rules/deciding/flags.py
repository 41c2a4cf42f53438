"""Flags: points for a reviewer, raised by their condition alone, whatever the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.rules.deciding.conditions import ConditionBlock
from app.rules.expression import BuiltIn
from app.rules.language.constancy import nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.facts import FactSchema
    from app.rules.policy import Flag

    Facts = Mapping[str, object]

NEVER_PAID = (0, 0)


class _Compiled(NamedTuple):
    flag: Flag
    when: bool
    """Raised only if certainly true; else raised unless certainly true."""
    block: ConditionBlock
    needs_payment: bool
    """It cannot be raised for what was never paid."""


class FlagSet:
    """The flags of a measure or of its items."""

    def __init__(self, flags: tuple[Flag, ...], schema: FactSchema, name: str) -> None:
        self._flags: list[_Compiled] = []
        for index, flag in enumerate(flags):
            condition = flag.when or flag.unless
            if condition is None:
                continue
            block = ConditionBlock((condition,), schema, f"{name}_flag{index}", "")
            needs = flag.when is not None and _needs_payment(block)
            self._flags.append(_Compiled(flag, flag.when is not None, block, needs))

    def __bool__(self) -> bool:
        return bool(self._flags)

    @property
    def conditions(self) -> tuple[tuple[Flag, bool, ConditionBlock], ...]:
        """Each flag, whether it is raised only if certainly true (else unless it is), and its condition."""
        return tuple((compiled.flag, compiled.when, compiled.block) for compiled in self._flags)

    def raised(self, facts: Facts, item: Facts | None, b: Facts, *, paid: bool = True) -> tuple[Flag, ...]:
        """The flags that stand. `paid` false: nothing was paid before, `b` needs no `paid`."""
        found = []
        for flag, when, block, needs_payment in self._flags:
            if needs_payment and not paid:
                continue
            truths, _ = block.leaves(facts, item, b)
            if (block.decide(truths).truth is True) is when:
                found.append(flag)
        return tuple(found)

    @property
    def unpaid(self) -> tuple[ConditionBlock, ...]:
        """The conditions of those that can be raised for what was never paid."""
        return tuple(compiled.block for compiled in self._flags if not compiled.needs_payment)

    @property
    def read_amounts(self) -> bool:
        """Whether one that needs no payment reads `due` or `paid`."""
        return any(_built_ins(block) & {"due", "paid"} for block in self.unpaid)


def _needs_payment(block: ConditionBlock) -> bool:
    """Whether it is false for what was never paid, with everything else unknown: then nothing can raise it."""
    mentioned = _built_ins(block)
    if "paid" not in mentioned or mentioned & {"year", "as_of"}:
        return False
    truths, _ = block.leaves({}, {}, {"due": (0, None), "paid": NEVER_PAID})
    return block.decide(truths).truth is False


def _built_ins(block: ConditionBlock) -> set[str]:
    """The built-in names that its condition reads."""
    return {node.name for leaf in block.all_leaves for node in nodes(leaf.test) if isinstance(node, BuiltIn)}
