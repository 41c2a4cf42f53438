"""What is counted: requests by the template of their route, evaluations by policy, verdicts by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from app.rules.results import Verdict

if TYPE_CHECKING:
    from app.rules.results import Evaluation

    _OfPolicy = tuple[Counter, tuple[tuple[Verdict, Counter], ...]]

UNMATCHED = "unmatched"
"""The route label of paths that no route has; the paths themselves would be labels without end."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)


class Metrics:
    """The counters of one app in one process; with several workers, each has its own."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._requests = Counter(
            "duixian_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "duixian_http_request_seconds",
            "Time from a request's head to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._evaluations = Counter(
            "duixian_evaluations",
            "Requests decided, lines of batches included.",
            ("policy",),
            registry=self._registry,
        )
        self._verdicts = Counter(
            "duixian_verdicts",
            "Verdicts given, one for each measure that was asked for.",
            ("policy", "verdict"),
            registry=self._registry,
        )
        self._of_request: dict[tuple[str, str, int], Counter] = {}
        self._of_route: dict[str, Histogram] = {}
        self._of_policy: dict[str, _OfPolicy] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request is over; `status` 499 where the client left first."""
        key = (method if method in _METHODS else "other", route, status)
        counter = self._of_request.get(key)
        if counter is None:
            counter = self._of_request[key] = self._requests.labels(*key)
        counter.inc()
        histogram = self._of_route.get(route)
        if histogram is None:
            histogram = self._of_route[route] = self._seconds.labels(route)
        histogram.observe(seconds)

    def decided(self, policy: str, evaluation: Evaluation) -> None:
        """One request was decided."""
        evaluations, verdicts = self._of_policy.get(policy) or self._policy(policy)
        evaluations.inc()
        given = [measure.verdict for measure in evaluation.measures]
        for verdict, counter in verdicts:
            if count := given.count(verdict):
                counter.inc(count)

    def _policy(self, policy: str) -> _OfPolicy:
        """Looking labels up anew each time would cost more than counting."""
        verdicts = tuple((verdict, self._verdicts.labels(policy, verdict)) for verdict in get_args(Verdict))
        made = self._of_policy[policy] = (self._evaluations.labels(policy), verdicts)
        return made

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)
