"""What is counted: requests by the template of their route, evaluations by policy, verdicts by kind.

All of it is counted in the event loop's thread, so plain numbers do; Prometheus' own counters, each with its lock,
would take longer for one request than reading half of its body. They become samples when they are asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, get_args

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from app.rules.results import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client import Metric

    from app.rules.results import Evaluation

UNMATCHED = "unmatched"
"""The route label of paths that no route has; the paths themselves would be labels without end."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)
_BOUNDS = (*map(str, _SECONDS), "+Inf")
_VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class _Times:
    """How long the requests of one route took."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * len(_BOUNDS)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(_SECONDS, seconds)] += 1
        self.total += seconds


class Metrics(Collector):
    """The counters of one app in one process; with several workers, each has its own."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._times: dict[str, _Times] = {}
        self._evaluations: Counter[str] = Counter()
        self._verdicts: dict[str, list[int]] = {}
        self._registry.register(self)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request is over; `status` 499 where the client left first."""
        self._requests[method if method in _METHODS else "other", route, status] += 1
        times = self._times.get(route)
        if times is None:
            times = self._times[route] = _Times()
        times.add(seconds)

    def decided(self, policy: str, evaluation: Evaluation) -> None:
        """One request was decided."""
        self._evaluations[policy] += 1
        counts = self._verdicts.get(policy)
        if counts is None:
            counts = self._verdicts[policy] = [0] * len(_VERDICTS)
        given = [measure.verdict for measure in evaluation.measures]
        for index, verdict in enumerate(_VERDICTS):
            counts[index] += given.count(verdict)

    def collect(self) -> Iterator[Metric]:
        """What was counted so far."""
        requests = CounterMetricFamily(
            "duixian_http_requests", "Requests answered.", labels=("method", "route", "status")
        )
        for (method, route, status), count in self._requests.items():
            requests.add_metric((method, route, str(status)), count)
        seconds = HistogramMetricFamily(
            "duixian_http_request_seconds",
            "Time from a request's head to the end of its answer.",
            labels=("route",),
        )
        for route, times in self._times.items():
            up_to = accumulate(times.counts)
            seconds.add_metric((route,), list(zip(_BOUNDS, up_to, strict=True)), times.total)
        evaluations = CounterMetricFamily(
            "duixian_evaluations", "Requests decided, lines of batches included.", labels=("policy",)
        )
        verdicts = CounterMetricFamily(
            "duixian_verdicts",
            "Verdicts given, one for each measure that was asked for.",
            labels=("policy", "verdict"),
        )
        for policy, count in self._evaluations.items():
            evaluations.add_metric((policy,), count)
            for verdict, given in zip(_VERDICTS, self._verdicts[policy], strict=True):
                verdicts.add_metric((policy, verdict), given)
        yield from (requests, seconds, evaluations, verdicts)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)
