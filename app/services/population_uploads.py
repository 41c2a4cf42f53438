"""Populations that are sent: checked row by row before they are kept, and kept for some days."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from app.rules.input.mistakes import MOST_ERRORS
from app.rules.policy import Words
from app.services.instants import new_id, say
from app.services.orders import Answer, Plan, nothing, unlocked
from app.services.published_policies import NoSuchPolicy, NotInForce
from app.services.refusals import Refusal
from app.store import uploads
from app.store.uploads import UploadRow

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from app.rules.policy import Policy
    from app.services.office import Work
    from app.services.published_policies import PublishedPolicies


@dataclass(frozen=True, slots=True)
class Sent:
    """A population as it arrived: a folder that nobody else knows, with the main file and those of lists."""

    folder: Path
    name: str
    """Of the main file."""
    policy: str
    year: int
    as_of: date

    @property
    def files(self) -> list[Path]:
        """The main file first."""
        main = self.folder / self.name
        return [main, *sorted(file for file in self.folder.iterdir() if file != main)]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a population holds."""

    sha256: str
    size: int
    version: str
    """Of the policy that it was checked against."""
    rows: int
    bad_rows: int
    errors: tuple[dict[str, Any], ...]
    """The first hundred."""


class NotAPopulation(Refusal):
    """The file cannot be read at all, by its form or its columns."""

    kind = "not-a-population"


def check(policies: PublishedPolicies, sent: Sent) -> Checked:
    """Read all of it, in a thread. Raises NotAPopulation, and Refusal for a policy that is not in force."""
    from app.services.population.batches import PopulationError  # noqa: PLC0415 - Polars loads slowly
    from app.services.population.opening import open_population  # noqa: PLC0415

    policy = _policy(policies, sent)
    rows = bad = 0
    errors: list[dict[str, Any]] = []
    try:
        opened = open_population(sent.folder / sent.name, policy, year=sent.year, as_of=sent.as_of)
        for batch in opened:
            rows += batch.frame.height
            bad += len({error.row for error in batch.errors})
            errors += [
                # Without the value: nothing that was sent is repeated.
                {name: value for name, value in error.form().items() if name != "value"}
                for error in batch.errors[: MOST_ERRORS - len(errors)]
            ]
    except PopulationError as error:
        raise NotAPopulation(error.message) from None
    size = sum(file.stat().st_size for file in sent.files)
    return Checked(_sha256(sent.files), size, policy.version, rows, bad, tuple(errors))


def upload_plan(sent: Sent, checked: Checked, upload: str) -> Plan[None, None]:
    """The order that keeps a population under a new id."""

    async def read(_work: Work, _found: None, _body: object) -> None:
        return None

    async def act(work: Work, _found: None, _given: None) -> Answer:
        row = UploadRow(
            mode=work.mode,
            id=upload,
            name=sent.name,
            policy=sent.policy,
            version=checked.version,
            sha256=checked.sha256,
            size=checked.size,
            rows=checked.rows,
            bad_rows=checked.bad_rows,
            created_by=work.caller.name,
            created_at=work.now,
            expires_at=work.now + work.office.bulk.uploads_kept,
        )
        await uploads.add(work.connection, row)
        # Before the commit: a row has its files. Files without a row, where it fails, are swept.
        work.office.bulk.keep(sent.folder, work.office.bulk.upload(upload))
        return Answer(201, _form(row, checked))

    return Plan(find=nothing, lock=unlocked, read=read, act=act)


def fingerprint(sent: Sent, checked: Checked) -> bytes:
    """What stands for the body when requests are compared: a population counts by its content."""
    return orjson.dumps({"sha256": checked.sha256, "policy": sent.policy, "name": sent.name})


def new_upload_id() -> str:
    return new_id("upl")


def _form(row: UploadRow, checked: Checked) -> dict[str, Any]:
    return {
        "id": row.id,
        "policy": row.policy,
        "version": row.version,
        "sha256": row.sha256,
        "size": row.size,
        "rows": row.rows,
        "bad_rows": row.bad_rows,
        "errors": list(checked.errors),
        "expires_at": say(row.expires_at),
    }


def _policy(policies: PublishedPolicies, sent: Sent) -> Policy:
    """As it reads under the year's notice. Raises Refusal at the query parameter that is wrong."""
    try:
        published = policies.in_force(sent.policy, sent.as_of)
    except NoSuchPolicy as error:
        listed = ", ".join(error.known)
        raise _refused(
            "policy", "choice", Words(f"没有这个政策，现有：{listed}", f"There is {listed}")
        ) from None
    except NotInForce:
        words = Words("该日没有有效的版本", "No version is in force on that day")
        raise _refused("as_of", "range", words) from None
    return published.for_year(sent.year, sent.as_of).policy


def _refused(parameter: str, code: str, words: Words) -> Refusal:
    told = {"pointer": "", "code": code, "message": {"zh": words.zh, "en": words.en}, "parameter": parameter}
    return Refusal(words, kind="invalid-request", errors=[told])


def _sha256(files: list[Path]) -> str:
    """Of the file's content; of several, of their names and contents."""
    digests = []
    for file in files:
        with file.open("rb") as opened:
            digests.append(hashlib.file_digest(opened, "sha256").hexdigest())
    if len(files) == 1:
        return digests[0]
    named = "\n".join(f"{digest} {file.name}" for digest, file in zip(digests, files, strict=True))
    return hashlib.sha256(named.encode()).hexdigest()
