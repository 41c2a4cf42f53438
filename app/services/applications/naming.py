"""Awards of a case as a body names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.facts import InputError
from app.rules.input.mistakes import InputErrors
from app.rules.policy import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.services.applications.cases import Case
    from app.store.awards import AwardRow

_NOT_ITS_OWN = Words("不是本申请的奖励", "is no award of this application")
_NOT_NOW = Words("该奖励目前不可进行此操作", "is an award that this cannot be done with now")
_TWICE = Words("已列出", "is listed twice")


def named_awards(case: Case, named: Iterable[tuple[str, str]], states: Sequence[str]) -> tuple[AwardRow, ...]:
    """The awards of these pointers and ids, each once, in one of these states. Raises InputErrors."""
    own = {award.id: award for award in case.awards}
    found: dict[str, AwardRow] = {}
    mistakes = []
    for pointer, name in named:
        award = own.get(name)
        if award is None:
            mistakes.append(InputError(pointer, "choice", _NOT_ITS_OWN))
        elif name in found:
            mistakes.append(InputError(pointer, "duplicate_id", _TWICE))
        elif award.state not in states:
            mistakes.append(InputError(pointer, "choice", _NOT_NOW))
        else:
            found[name] = award
    if mistakes:
        raise InputErrors(tuple(mistakes[:100]))
    return tuple(found.values())


def wrong(pointer: str, code: str, zh: str, en: str) -> InputErrors:
    """One mistake, to be raised."""
    return InputErrors((InputError(pointer, code, Words(zh, en)),))
