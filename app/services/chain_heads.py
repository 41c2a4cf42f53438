"""Heads of all chains, exported and signed: what shows that a chain and its head were rewritten together.

A file is NDJSON: a first line that says what it is, a line for each chain, and a last line with the signature over
every byte before it. Whoever keeps the file out of reach of the database's owner can say later what was there.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import orjson

from app.services.auditing import Break
from app.services.instants import say
from app.services.signing import RunningDigest, Signer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from app.store.auditing import AuditedDatabase

KIND = "duixian-chain-heads"
_AT_ONCE = 1_000


class HeadsRefused(ValueError):
    """The file is no export of heads, was cut or changed, or is signed with another key."""


class Exported(NamedTuple):
    """A head in a file."""

    mode: str
    chain: str
    seq: int
    hash: str


def export_heads(database: AuditedDatabase, signer: Signer, at: datetime, out: BinaryIO) -> int:
    """Write the heads of all chains; how many."""
    digest = RunningDigest()

    def write(content: dict[str, Any]) -> None:
        line = orjson.dumps(content) + b"\n"
        digest.add(line)
        out.write(line)

    write({"kind": KIND, "at": say(at), "mode": database.mode, "algorithm": signer.algorithm})
    count = 0
    for head in database.heads():
        write({"mode": head.mode, "chain": head.chain, "seq": head.seq, "hash": head.hash})
        count += 1
    out.write(orjson.dumps({"chains": count, "signature": signer.sign(digest.value())}) + b"\n")
    return count


def check_signature(lines: Iterable[bytes], signer: Signer) -> int:
    """How many heads the file has. Raises HeadsRefused when it is not whole or not signed with this key."""
    digest = RunningDigest()
    count, before = -1, b""
    for line in lines:
        if count >= 0:
            digest.add(before)
        before = line
        count += 1
    last = _object(before)
    if not isinstance(last.get("signature"), str):
        raise HeadsRefused("The file has no signature: it was cut, or is none of these.")
    if not signer.holds(digest.value(), last["signature"]):
        raise HeadsRefused("The signature does not hold: the file was changed, or signed with another key.")
    return count - 1


def read_heads(lines: Iterable[bytes]) -> Iterator[Exported]:
    """The heads of a file whose signature holds."""
    for line in lines:
        content = _object(line)
        if "chain" in content:
            yield Exported(content["mode"], content["chain"], content["seq"], content["hash"])


def compare_heads(
    database: AuditedDatabase,
    heads: Iterable[Exported],
    found: Callable[[Break], None],
    advance: Callable[[int], None],
) -> int:
    """Hold heads that were exported against the chains of today; how many are no part of them any more."""
    broken = 0
    heads = iter(heads)
    while batch := list(itertools.islice(heads, _AT_ONCE)):
        hashes = database.hashes((head.mode, head.chain, head.seq) for head in batch)
        for head in batch:
            now = hashes.get((head.mode, head.chain, head.seq))
            if now != head.hash:
                broken += 1
                found(Break(head.mode, head.chain, head.seq, "removed" if now is None else "rewritten"))
        advance(len(batch))
    return broken


def _object(line: bytes) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except ValueError:
        raise HeadsRefused("The file is not NDJSON.") from None
    if not isinstance(content, dict):
        raise HeadsRefused("The file is not NDJSON of objects.")
    return content
