"""What `award(m)` and `paid(m)` stand for where a measure's text says them (language.md section 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.expression import AwardOf, BuiltIn
from app.rules.language.lexing import LanguageError, nearest

if TYPE_CHECKING:
    from app.rules.expression import Expression
    from app.rules.language.naming import Scope
    from app.rules.language.syntax import Referred

THIS = "this"


def referred(syntax: Referred, scope: Scope) -> Expression:
    """The awards that it refers to. Raises LanguageError."""
    paid, of, year = syntax.function == "paid", syntax.of, syntax.this_year
    if paid and of == THIS and "paid" in scope.allow and not year:
        return BuiltIn("money", 1, "paid")
    if not scope.measure:
        en, zh = (
            f"only measures refer to awards: {syntax.function}()",
            f"只有措施可以引用奖励：{syntax.function}()",
        )
        raise LanguageError(en, zh, syntax.offset)
    said = f"{syntax.function}({of}{', year' if year else ''}) in {scope.measure}"
    if paid and of == THIS:
        own = scope.item_id and scope.item is not None
        return AwardOf("money", 1, f"{said}{' item' if own else ''}", (scope.measure,), True, year, own)
    found = scope.awards.get(of)
    if found is None:
        close = nearest(of, [*scope.awards, *([THIS] if paid else [])])
        raise LanguageError(
            f"there is no measure or group {of!r}", f"没有措施或组 {of}", syntax.of_offset, close
        )
    return AwardOf("money", 1, said, found.measures, paid, year, title=found.title)
