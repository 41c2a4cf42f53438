"""Which policies there are, in which versions, and which version is in force on a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.rules.evaluation import compile_policy
from app.rules.loading import load_policy
from app.rules.reading import compile_reader
from app.rules.rendering import compile_renderer
from app.services.packs import pack_folders, read_pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from app.rules.evaluation import Evaluator
    from app.rules.policy import Policy
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
    files: Mapping[str, str]
    read: Reader
    evaluator: Evaluator
    render: Renderer

    @classmethod
    def of(cls, files: Mapping[str, str]) -> PublishedPolicy:
        """Raises PackErrors when the pack is no policy."""
        policy = load_policy(files)
        return cls(policy, files, compile_reader(policy), compile_policy(policy), compile_renderer(policy))


class PublishedPolicies:
    """Every policy that this process serves. Never changes once made; safe to share."""

    def __init__(self, published: Iterable[PublishedPolicy]) -> None:
        self._versions: dict[str, tuple[PublishedPolicy, ...]] = {}
        for one in sorted(published, key=lambda p: (p.policy.id, p.policy.in_force_from, p.policy.version)):
            self._versions[one.policy.id] = (*self._versions.get(one.policy.id, ()), one)
        self.ids = tuple(self._versions)

    @classmethod
    def in_folder(cls, root: Path) -> PublishedPolicies:
        """The packs under `root`. Raises PackErrors, and NoPolicies when there is none."""
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
