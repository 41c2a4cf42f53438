"""A pack that somebody sends: unpacked, checked and tried on its own cases before anything is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.rules.policy import Words
from app.services.packs import standards_of
from app.services.publishing.archives import NotAnArchive, unpack
from app.services.refusals import Refusal
from app.services.workshop.checking import check_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.rules.loading import PackError
    from app.rules.policy import Policy

MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class Examined:
    """A pack without mistakes, whose cases all come out as they say."""

    policy: Policy
    files: Mapping[str, str]
    cases: int
    sha256: str
    """Of the archive."""


class InvalidPolicy(Refusal):
    """The pack is refused whole, with every mistake."""

    kind = "invalid-policy"


def examine(data: bytes, today: date) -> Examined:
    """In a thread: it takes as long as loading and trying the pack does. Raises InvalidPolicy."""
    try:
        files = unpack(data)
        # Whoever zips a folder does not send the standards of the service that it names.
        files |= standards_of(files)
    except NotAnArchive as refused:
        raise InvalidPolicy(refused.words) from None
    checked = check_files(Path(), files, today)
    if checked.errors or checked.local is None:
        count = len(checked.errors)
        raise InvalidPolicy(
            Words(f"政策包有 {count} 处错误", f"The pack has {count} mistake{'' if count == 1 else 's'}"),
            errors=[_told(error) for error in checked.errors[:MOST_TOLD]],
        )
    digest = hashlib.sha256(data).hexdigest()
    return Examined(checked.local.policy, files, checked.cases, digest)


def _told(error: PackError) -> dict[str, object]:
    message = error.message
    more = {} if error.suggestion is None else {"suggestion": error.suggestion}
    return {
        "pointer": "",
        "code": "policy",
        "message": {"zh": message.zh, "en": message.en},
        "file": error.file,
        "line": error.line,
        "character": error.column,
        **more,
    }
