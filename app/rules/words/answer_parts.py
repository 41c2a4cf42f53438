"""The parts of an answer that are remembered as bytes: amounts, and the reasons of a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from app.rules.money import format_yuan
from app.rules.policy import Words
from app.rules.results import PointKind
from app.rules.words.answer_values import json_value, place
from app.rules.words.reasons import filled, shortfall_of
from app.rules.words.wording import grouped

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.rules.policy import Measure, Obligation
    from app.rules.results import ObligationDue, Point, Reason
    from app.rules.words.answer_values import Json
    from app.rules.words.reasons import Messages

MOST_REASONS = 1_024
"""Reasons of one measure whose bytes are remembered, each about a kilobyte; then all are forgotten."""
MOST_AMOUNTS = 4_096

_BOUNDS = frozenset({">=", ">", "<=", "<"})
_SENTINEL = 98_765_432_109_876_543
"""Fen beyond any request, in whose place an amount is written."""


def words_json(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def required_json(operator: str | None, value: object, kind: str, scale: int) -> dict[str, Json] | None:
    """None for a group, and where what is required is itself not known."""
    if not operator or value is None:
        return None
    return {"operator": operator, "value": json_value(value, kind, scale)}


class _Money(dict[int | None, bytes]):
    """Fen as JSON; amounts of an answer are never below 0."""

    def __missing__(self, fen: int | None) -> bytes:
        if fen is None:
            return b"null"
        if len(self) >= MOST_AMOUNTS:
            self.clear()
        found = self[fen] = b'"%d.%02d"' % divmod(fen, 100)
        return found


money_json = _Money({None: b"null"}).__getitem__


class ReasonBytes(dict["Reason", bytes]):
    """One measure's reasons as bytes. They follow from the reason alone, so a forgotten one comes out the same."""

    def __init__(self, measure: Measure, messages: Messages) -> None:
        super().__init__()
        self._measure = measure
        self._messages = messages
        self._forms: dict[tuple[Point, int | None], list[bytes]] = {}

    def __missing__(self, reason: Reason) -> bytes:
        if len(self) >= MOST_REASONS:
            self.clear()
            self._forms.clear()
        found = self[reason] = self._of_amount(reason) if _is_met_amount(reason) else self._encoded(reason)
        return found

    def _of_amount(self, reason: Reason) -> bytes:
        """An amount that meets a fixed bound: hardly two are alike, but only the amount differs."""
        key = (reason.point, reason.position)
        form = self._forms.get(key)
        if form is None:
            encoded = self._encoded(reason._replace(value=_SENTINEL))
            before, _, after = encoded.partition(format_yuan(_SENTINEL).encode())
            form = self._forms[key] = [before, *after.split(grouped(_SENTINEL).encode())]
        value = reason.value
        assert isinstance(value, int)
        before, *rest = form
        return b"%b%b%b" % (before, format_yuan(value).encode(), grouped(value).encode().join(rest))

    def _encoded(self, reason: Reason) -> bytes:
        point = reason.point
        value = None if point.kind is PointKind.GROUP else reason.value
        where: tuple[str | None, str | None] = None, None
        if point.fact is not None:
            where = place(point.fact, point.list_name, reason.position)
            if point.declaration is not None and not point.declaration.stated:
                where = where[0], None
        return orjson.dumps(
            {
                "code": point.code,
                "outcome": reason.outcome,
                "clause": point.clause,
                "fact": where[0],
                "pointer": where[1],
                "value": json_value(value, point.type, point.scale),
                "required": required_json(reason.operator, reason.required, point.type, point.scale),
                "shortfall": json_value(shortfall_of(reason), point.type),
                "message": words_json(self._messages.of(reason, self._measure)),
            }
        )


def _is_met_amount(reason: Reason) -> bool:
    point = reason.point
    return (
        reason.outcome == "met"
        and point.kind is PointKind.CONDITION
        and point.type == "money"
        and point.scale == 1
        and point.says is None
        and reason.operator in _BOUNDS
        and isinstance(reason.value, int)
        and reason.required is not None
        and reason.required == point.required
    )


def obligation_form(duty: Obligation) -> Callable[[ObligationDue], bytes]:
    """The encoder of one obligation: its sentence is encoded once, with marks where the figure and the item go."""
    if duty.at_least is None:
        whole = orjson.dumps(
            {"code": duty.code, "item": None, "at_least": None, "message": words_json(duty.says)}
        )
        return lambda _due: whole
    marks = {"at_least": Words("\0", "\0"), "item": Words("\1", "\1")}
    form = orjson.dumps(
        {"code": duty.code, "item": None, "at_least": "\0", "message": words_json(filled(duty.says, marks))}
    )
    head, _, tail = form.partition(b'"item":null,"at_least":"\\u0000"')

    def encoded(due: ObligationDue) -> bytes:
        assert due.at_least is not None
        item = orjson.dumps(due.item)
        name = item[1:-1] if due.item is not None else b""
        message = tail.replace(b"\\u0000", grouped(due.at_least).encode()).replace(b"\\u0001", name)
        return b'%b"item":%b,"at_least":%b%b' % (head, item, money_json(due.at_least), message)

    return encoded
