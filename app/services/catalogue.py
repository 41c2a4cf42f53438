"""The public catalogue: what each policy says, rendered once for each version and kept with its fingerprint."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from app.rules.fact_json_schema import fact_json_schema
from app.rules.words.describing import describe_condition
from app.services.measure_forms import measure_form, measure_summary, obligations, period_form, words
from app.services.notice_forms import changes, notice_form, reviews
from app.services.published_policies import NotInForce

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.rules.policy import Notice, Policy
    from app.services.published_policies import PublishedPolicies


class NoSuchMeasure(LookupError):
    """The policy version has no measure or service with this id."""

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__("no such measure")
        self.known = known


class Representation(NamedTuple):
    """JSON as it is sent, and the SHA-256 of these bytes in hex."""

    content: bytes
    fingerprint: str


class Catalogue:
    """Reads of the policies that are served at one moment. What was rendered stays: a version never changes."""

    def __init__(self, policies: PublishedPolicies, today: Callable[[], date]) -> None:
        self._policies = self.serves = policies
        self._today = today
        self._rendered: dict[tuple[str, ...], Representation] = {}

    def policies(self, as_of: date | None) -> Representation:
        """The version of each policy that is in force on the day; a policy without one is left out."""
        day = as_of or self._today()
        found: list[Policy] = []
        for policy_id in self._policies.ids:
            try:
                found.append(self._policies.in_force(policy_id, day).policy)
            except NotInForce:
                continue
        key = ("policies", *(policy.digest for policy in found))
        return self._kept(key, lambda: {"items": [_summary(policy) for policy in found], "next": None})

    def policy(self, policy_id: str, as_of: date | None, version: str | None) -> Representation:
        """Raises NoSuchPolicy, NoSuchVersion and NotInForce, as all that follow do."""
        policy = self._version(policy_id, as_of, version)
        notices = self._notices(policy, as_of)
        return self._kept(("policy", policy.digest, *_years(notices)), lambda: self._detail(policy, notices))

    def measures(self, policy_id: str, as_of: date | None, version: str | None) -> Representation:
        """Every measure and service, in the order of answers."""
        policy = self._version(policy_id, as_of, version)
        return self._kept(
            ("measures", policy.digest),
            lambda: {
                "policy": _reference(policy),
                "items": [measure_summary(measure) for measure in policy.measures],
                "next": None,
            },
        )

    def measure(
        self, policy_id: str, measure_id: str, as_of: date | None, version: str | None
    ) -> Representation:
        """One measure. Raises NoSuchMeasure too."""
        policy = self._version(policy_id, as_of, version)
        measure = policy.measure(measure_id)
        if measure is None:
            raise NoSuchMeasure(tuple(one.id for one in policy.measures))
        notices = self._notices(policy, as_of)
        return self._kept(
            ("measure", policy.digest, measure_id, *_years(notices)),
            lambda: {
                "policy": _reference(policy),
                **measure_form(measure, policy),
                "review": reviews(measure, notices),
                "notices": list(changes(measure, policy, notices)),
            },
        )

    def fact_schema(self, policy_id: str, as_of: date | None, version: str | None) -> Representation:
        """The JSON Schema of `facts`."""
        policy = self._version(policy_id, as_of, version)
        return self._kept(("schema", policy.digest), lambda: fact_json_schema(policy))

    def arrow_schema(self, policy_id: str, as_of: date | None, version: str | None) -> Representation:
        """The columns of a population, as an Arrow IPC stream without rows."""
        from app.services.population.schema_streams import schema_stream  # noqa: PLC0415 - Arrow is slow to import

        policy = self._version(policy_id, as_of, version)
        return self._bytes_kept(("arrow", policy.digest), lambda: schema_stream(policy))

    def _version(self, policy_id: str, as_of: date | None, version: str | None) -> Policy:
        if version is not None:
            return self._policies.pinned(policy_id, version, as_of).policy
        return self._policies.in_force(policy_id, as_of or self._today()).policy

    def _notices(self, policy: Policy, as_of: date | None) -> tuple[Notice, ...]:
        """Those that are published by the day."""
        day = as_of or self._today()
        return tuple(notice for notice in policy.notices if notice.published <= day)

    def _detail(self, policy: Policy, notices: tuple[Notice, ...]) -> dict[str, Any]:
        return {
            **_summary(policy),
            "currency": policy.currency,
            "versions": [_version_summary(one.policy) for one in self._policies.versions(policy.id)],
            "provisions": [
                {"id": one.id, "clause": one.clause, "text": words(one.says)} for one in policy.provisions
            ],
            "exclusions": [
                {
                    "id": one.id,
                    "clause": one.clause,
                    "title": words(one.title),
                    "bars": "measure" if one.item_key is None else "item",
                    "condition": None
                    if one.when is None
                    else words(describe_condition(one.when, policy.facts, policy.currency)),
                }
                for one in policy.exclusions
            ],
            "obligations": [due for measure in policy.measures for due in obligations(measure, policy)],
            "measures": [measure.id for measure in policy.measures],
            "notices": [notice_form(notice) for notice in notices],
        }

    def _kept(self, key: tuple[str, ...], make: Callable[[], dict[str, Any]]) -> Representation:
        return self._bytes_kept(key, lambda: orjson.dumps(make()))

    def _bytes_kept(self, key: tuple[str, ...], make: Callable[[], bytes]) -> Representation:
        found = self._rendered.get(key)
        if found is None:
            content = make()
            found = Representation(content, hashlib.sha256(content).hexdigest())
            self._rendered[key] = found
        return found


def _years(notices: tuple[Notice, ...]) -> tuple[str, ...]:
    return tuple(str(notice.year) for notice in notices)


def _reference(policy: Policy) -> dict[str, Any]:
    return {
        "id": policy.id,
        "version": policy.version,
        "status": policy.status,
        "digest": policy.digest,
    }


def _version_summary(policy: Policy) -> dict[str, Any]:
    return {
        "version": policy.version,
        "status": policy.status,
        "digest": policy.digest,
        "in_force": period_form(policy.period),
    }


def _summary(policy: Policy) -> dict[str, Any]:
    return {
        "id": policy.id,
        "title": words(policy.title),
        "authority": words(policy.authority),
        "division": policy.division,
        **_version_summary(policy),
    }
