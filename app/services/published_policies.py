"""Which policies there are, in which versions, and which version is in force on a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from app.rules.evaluation import compile_policy
from app.rules.ledger_keys import check_ledger_keys
from app.rules.loading import load_policy
from app.rules.reading import compile_reader
from app.rules.rendering import compile_renderer
from app.services.packs import pack_folders, read_pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from app.rules.evaluation import Evaluator
    from app.rules.policy import Notice, Policy
    from app.rules.reading import Reader
    from app.rules.rendering import Renderer


class NoSuchPolicy(LookupError):
    """There is no policy with this id."""

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__("no such policy")
        self.known = known


class NoSuchVersion(LookupError):
    """The policy has no version of this name."""

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__("no such version")
        self.known = known


class NotInForce(LookupError):
    """No version of the policy, or not the one that was named, is in force on the day."""

    def __init__(self, versions: tuple[Policy, ...]) -> None:
        super().__init__("not in force")
        self.versions = versions


class NoPolicies(RuntimeError):
    """The folder of policies holds no pack."""


@dataclass(frozen=True, slots=True)
class PublishedPolicy:
    """One version of one policy, compiled: what reads its requests and what decides them."""

    policy: Policy
    """As it reads under the notice, where there is one."""
    files: Mapping[str, str]
    read: Reader
    evaluator: Evaluator
    render: Renderer
    notice: Notice | None = None
    _read: dict[int, PublishedPolicy] = field(default_factory=dict, compare=False, repr=False)
    """Identity of the policy of a term or notice, which `policy` holds -> it, compiled when first asked for."""

    @classmethod
    def of(cls, files: Mapping[str, str]) -> PublishedPolicy:
        """Raises PackErrors when the pack is no policy."""
        return cls._compiled(load_policy(files), files)

    @classmethod
    def _compiled(
        cls, policy: Policy, files: Mapping[str, str], notice: Notice | None = None
    ) -> PublishedPolicy:
        return cls(
            policy, files, compile_reader(policy), compile_policy(policy), compile_renderer(policy), notice
        )

    def for_year(self, year: int, as_of: date) -> PublishedPolicy:
        """This version as its parameters then are, under the year's notice if that is published by `as_of`.

        Asked of a version under a notice, that version: ask the one that `PublishedPolicies` gives.
        """
        policy = self.policy.on(year, as_of)
        return self._as(policy, policy.notice(year, as_of))

    def bound(self, notice: int | None, year: int, as_of: date) -> PublishedPolicy:
        """The same for what is bound to the notice of a year (None: to none), whenever that was published."""
        policy = self.policy.on(year, as_of)
        return self._as(policy, None if notice is None else policy.notice_of(notice))

    def _as(self, policy: Policy, notice: Notice | None) -> PublishedPolicy:
        """A term of this version under a notice, compiled once."""
        if notice is None and policy is self.policy.on(date.max.year, date.max):
            return self
        read = policy if notice is None else notice.policy
        found = self._read.get(id(read))
        if found is None:
            # Two threads may both compile it: the same policy, and one of the two is kept.
            found = self._read.setdefault(id(read), self._compiled(read, self.files, notice))
        return found

    def for_body(self, body: object, today: date) -> PublishedPolicy:
        """The same for the body of a request, read or not: its year, by default that of its day.

        What is wrong with either is for the reader to say.
        """
        if not self.policy.notices and not self.policy.terms:
            return self
        day = day_of(body) or today
        year = body.get("year") if isinstance(body, dict) else None
        return self.for_year(year if type(year) is int else day.year, day)


def day_of(body: object) -> date | None:
    """The day that the body of a request names; None where it names none, or nothing that is a day."""
    given = body.get("as_of") if isinstance(body, dict) else None
    try:
        return date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None


class PublishedPolicies:
    """Every policy that this process serves. Never changes once made; safe to share."""

    def __init__(self, published: Iterable[PublishedPolicy]) -> None:
        """Raises LedgerKeysMoved when versions disagree whose money is counted where."""
        self._versions: dict[str, tuple[PublishedPolicy, ...]] = {}
        for one in sorted(published, key=lambda p: (p.policy.id, p.policy.in_force_from, p.policy.version)):
            self._versions[one.policy.id] = (*self._versions.get(one.policy.id, ()), one)
        self.ids = tuple(self._versions)
        check_ledger_keys(one.policy for one in self)

    @classmethod
    def in_folder(cls, root: Path) -> PublishedPolicies:
        """The packs under `root`. Raises PackErrors and LedgerKeysMoved, and NoPolicies when there is none."""
        folders = pack_folders(root)
        if not folders:
            raise NoPolicies(f"There is no policy pack in {root}.")
        return cls(PublishedPolicy.of(read_pack(folder)) for folder in folders)

    def __iter__(self) -> Iterator[PublishedPolicy]:
        for versions in self._versions.values():
            yield from versions

    def versions(self, policy_id: str) -> tuple[PublishedPolicy, ...]:
        """All versions of a policy, oldest first, never empty. Raises NoSuchPolicy."""
        try:
            return self._versions[policy_id]
        except KeyError:
            raise NoSuchPolicy(self.ids) from None

    def latest(self, policy_id: str) -> PublishedPolicy:
        """The version that came into force last. Raises NoSuchPolicy."""
        return self.versions(policy_id)[-1]

    def in_force(self, policy_id: str, day: date) -> PublishedPolicy:
        """The version in force on a day, the newer where two are. Raises NoSuchPolicy and NotInForce."""
        versions = self.versions(policy_id)
        for one in reversed(versions):
            if one.policy.in_force(day):
                return one
        raise NotInForce(tuple(one.policy for one in versions))

    def pinned(self, policy_id: str, version: str, day: date | None) -> PublishedPolicy:
        """The version of this name; with a day, it must be in force then.

        Raises NoSuchPolicy, NoSuchVersion and NotInForce.
        """
        versions = self.versions(policy_id)
        found = next((one for one in versions if one.policy.version == version), None)
        if found is None:
            raise NoSuchVersion(tuple(one.policy.version for one in versions))
        if day is not None and not found.policy.in_force(day):
            raise NotInForce((found.policy,))
        return found
