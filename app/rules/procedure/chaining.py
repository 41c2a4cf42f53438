"""Events chained by hash: each names its predecessor's, so that none can be altered, removed or moved unseen.

The hash is over the RFC 8785 form of everything but `hash` itself; the first `prev_hash` is 64 zeros.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import rfc8785

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIRST = "0" * 64
SHA256 = "sha256"
ALGORITHMS = (SHA256, "sm3")
_EXACT = 2**53 - 1


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What verifying one chain found."""

    valid: bool
    length: int
    head: str
    """The last good hash."""
    first_break: dict[str, Any] | None = None
    """`{seq, what}` where the chain breaks first."""


def hash_of(event: Mapping[str, Any], algorithm: str = SHA256) -> str:
    """The hash of an event in its public form, in hexadecimal."""
    rest = {name: value for name, value in event.items() if name != "hash"}
    form = orjson.dumps(rest, option=orjson.OPT_SORT_KEYS) if _is_plain(rest) else rfc8785.dumps(rest)
    return hashlib.new(algorithm, form).hexdigest()


def _is_plain(value: object) -> bool:
    """Whether sorted JSON is the RFC 8785 form: no fractions, no number past 2^53, no name that sorts otherwise."""
    if isinstance(value, str) or value is None:
        return True
    kind = type(value)
    if kind is bool:
        return True
    if kind is int:
        return -_EXACT <= value <= _EXACT  # type: ignore[operator]
    if kind is dict:
        return all(
            type(name) is str and name.isascii() and _is_plain(one)
            for name, one in value.items()  # type: ignore[attr-defined]
        )
    return kind is list and all(map(_is_plain, value))  # type: ignore[call-overload]


def seal(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event with its hash, by its own `algorithm`."""
    return {**event, "hash": hash_of(event, event["algorithm"])}


def verify(events: Iterable[Mapping[str, Any]], head_seq: int, head_hash: str) -> ChainReport:
    """Check a whole chain, in order of `seq`, against the head that is kept beside it."""
    previous, length = FIRST, 0
    for event in events:
        expected = length + 1
        wrong = _wrong(event, expected, previous)
        if wrong is not None:
            return ChainReport(False, length, previous, {"seq": expected, "what": wrong})
        previous, length = event["hash"], expected
    if length < head_seq:
        return ChainReport(False, length, previous, {"seq": length + 1, "what": "removed"})
    if length > head_seq or previous != head_hash:
        return ChainReport(False, length, previous, {"seq": max(head_seq, 1), "what": "head"})
    return ChainReport(True, length, previous)


def _wrong(event: Mapping[str, Any], expected: int, previous: str) -> str | None:
    if event["seq"] != expected:
        return "removed" if event["seq"] > expected else "reordered"
    if event["algorithm"] not in ALGORITHMS:
        return "altered"
    if event["prev_hash"] != previous:
        return "reordered"
    try:
        return None if hash_of(event, event["algorithm"]) == event["hash"] else "altered"
    except rfc8785.CanonicalizationError:  # a number that no event of ours can hold
        return "altered"
