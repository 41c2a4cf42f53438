"""Publish a pack, and take the last publication back: orders of a live administrator."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import orjson

from app.rules import ENGINE_VERSION
from app.rules.ledger_keys import LedgerKeysMoved, check_ledger_keys
from app.rules.loading import PackErrors
from app.rules.policy import Words
from app.rules.procedure.callers import Scope
from app.services.instants import say
from app.services.orders import Answer, Plan, nothing, unlocked
from app.services.publishing.assembling import assembled
from app.services.publishing.effect import to_undo
from app.services.refusals import Forbidden, NotFound, Refusal
from app.services.register_policies import PolicyChanged, kept_version
from app.services.trail import record
from app.store import policy_versions, publications
from app.store.policy_versions import PolicyVersion
from app.store.publications import NewPublication

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from app.rules.policy import Policy
    from app.services.office import Work
    from app.services.published_policies import PublishedPolicy
    from app.services.publishing.examining import Examined
    from app.store.publications import Publication

CHAIN = "policies"


class Published:
    """What an order came to, for who waits until it is in effect."""

    due: float | None = None
    """By this process's own clock (`time.monotonic`); None until it is carried out, and for what was in effect."""


def publish_plan(examined: Examined, published: Published, lead: timedelta) -> Plan[None, None]:
    """The order that keeps a pack and puts it into effect everywhere `lead` after now."""

    async def act(work: Work, _found: None, _given: None) -> Answer:
        _live(work)
        policy = examined.policy
        await publications.lock(work.connection)
        rows = await publications.every(work.connection)
        _, moment = await publications.newest(work.connection)
        standing = _standing(rows, policy)
        if standing is not None:
            return Answer(200, {**publication_form(standing), "cases": examined.cases})
        await _keep(work, examined)
        row = await _add(work, rows, (policy.id, policy.version), moment + lead, digest=policy.digest)
        await _check_ledger_keys(work, [*rows, row])
        published.due = time.monotonic() + (row.active_from - moment).total_seconds()
        await _record(
            work, row, "policy.published", {"archive_sha256": examined.sha256, "cases": examined.cases}
        )
        return Answer(201, {**publication_form(row), "cases": examined.cases})

    return Plan(find=nothing, lock=unlocked, read=_nothing_to_read, act=act)


def rollback_plan(policy_id: str, published: Published, lead: timedelta) -> Plan[None, None]:
    """The order that takes the policy's last publication back: what was there before it is in effect again."""

    async def find(work: Work) -> None:
        if policy_id in work.office.policies.ids:
            return
        if not await publications.of_policy(work.connection, policy_id, None, 1):
            raise NotFound

    async def act(work: Work, _found: None, _given: None) -> Answer:
        _live(work)
        await publications.lock(work.connection)
        rows = await publications.every(work.connection)
        last = to_undo(row for row in rows if row.policy == policy_id)
        if last is None:
            raise Refusal(
                Words(
                    "该政策没有可以撤回的发布", "Nothing of this policy was published that is still in effect"
                ),
                kind="nothing-to-roll-back",
            )
        _, moment = await publications.newest(work.connection)
        row = await _add(work, rows, (last.policy, last.version), moment + lead, undoes=last.id)
        await _check_ledger_keys(work, [*rows, row])
        published.due = time.monotonic() + (row.active_from - moment).total_seconds()
        await _record(work, row, "policy.rolled_back", {"digest": last.digest})
        return Answer(201, publication_form(row))

    return Plan(find=find, lock=unlocked, read=_nothing_to_read, act=act)


def fingerprint(examined: Examined) -> bytes:
    """What stands for the body when requests are compared."""
    return orjson.dumps({"sha256": examined.sha256})


def publication_form(row: Publication) -> dict[str, Any]:
    """As the API shows it."""
    return {
        "publication": row.id,
        "policy": row.policy,
        "version": row.version,
        "digest": row.digest,
        "undoes": row.undoes,
        "active_from": say(row.active_from),
        "published_by": row.published_by,
        "published_at": say(row.published_at),
    }


async def _nothing_to_read(_work: Work, _found: None, _body: object) -> None:
    return None


def _live(work: Work) -> None:
    if work.mode != "live":
        raise Forbidden(
            Words(
                "发布政策须用正式密钥：沙盒与正式环境共用政策",
                "The sandbox has the same policies: use a live key",
            )
        )


def _standing(rows: Sequence[Publication], policy: Policy) -> Publication | None:
    """The publication by which this very pack is, or is about to be, in effect."""
    own = [row for row in rows if (row.policy, row.version) == (policy.id, policy.version)]
    last = to_undo(own)
    return last if last is not None and last.digest == policy.digest else None


async def _check_ledger_keys(work: Work, rows: Sequence[Publication]) -> None:
    """Of all that is served once the last of the rows is in effect. Raises Refusal."""
    served = {one.policy.digest: one for one in work.office.policies}

    async def version_of(digest: str) -> PublishedPolicy | None:
        try:
            return served.get(digest) or await kept_version(work.connection, digest)
        except (PackErrors, PolicyChanged):
            return None  # as where it is served: this engine cannot read it any more

    found = await assembled(work.office.served.image, rows, rows[-1].active_from, version_of)
    try:
        check_ledger_keys(one.policy for one in found.values())
    except LedgerKeysMoved as moved:
        raise Refusal(
            Words(
                f"台账键与其他版本不一致：{moved}",
                f"These ledger keys and those of other versions differ: {moved}",
            ),
            kind="ledger-keys-moved",
        ) from None


async def _keep(work: Work, examined: Examined) -> None:
    policy = examined.policy
    version = PolicyVersion(policy.digest, policy.id, policy.version, ENGINE_VERSION, examined.files)
    await policy_versions.keep(work.connection, version)


async def _add(
    work: Work,
    rows: Sequence[Publication],
    version: tuple[str, str],
    at: datetime,
    *,
    digest: str | None = None,
    undoes: int | None = None,
) -> Publication:
    """One after the other: nothing comes into effect before what was published earlier."""
    policy, name = version
    latest = [row.active_from for row in rows]
    row = NewPublication(
        policy=policy,
        version=name,
        digest=digest,
        undoes=undoes,
        active_from=max([at, *latest]),
        published_by=work.caller.name,
        published_at=work.now,
    )
    return await publications.add(work.connection, row)


async def _record(work: Work, row: Publication, kind: str, more: dict[str, Any]) -> None:
    data = {
        "publication": row.id,
        "policy": row.policy,
        "version": row.version,
        "digest": row.digest,
        "undoes": row.undoes,
        "active_from": say(row.active_from),
        **more,
    }
    await record(
        work.connection,
        mode=work.mode,
        chain=CHAIN,
        kind=kind,
        at=work.now,
        actor=work.caller.actor(Scope.ADMIN),
        data=data,
    )
