"""The engine beside its peers in one process, on requests that all differ."""

from __future__ import annotations

import gc
import statistics
import time
from datetime import date
from typing import TYPE_CHECKING, Any

from app.rules.evaluation import compile_policy
from app.rules.loading import load_policy
from app.rules.reading import compile_reader
from app.services.packs import read_pack
from app.settings import PACKAGED_POLICIES
from bench import handwritten
from bench.busy import FOUR, requests
from bench.openfisca_peer import OpenFiscaPeer, situation
from bench.zen_peer import ZenPeer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TODAY = date(2026, 11, 23)
SEED = 20261124
OURS = "duixian: evaluate, all 18 measures, reasons as values"
READING = "duixian: read and evaluate, all 18 measures"
OURS_FOUR = "duixian: evaluate, the same four measures"
AGAIN = "duixian: evaluate, all 18 measures, applicants asked about before"
ZEN, ZEN_WHOLE = "zen-engine: four measures", "zen-engine: four measures, given the whole request"
FISCA = "openfisca-core: four measures"
HAND = "hand-written Python: four measures, no reasons"


class Contenders:
    """Every contender, and inputs made ready for it, so that only its own work is timed."""

    def __init__(self) -> None:
        policy = load_policy(read_pack(PACKAGED_POLICIES / "yanhu-ip"))
        self.read, evaluator = compile_reader(policy), compile_policy(policy)
        zen, fisca = ZenPeer(), OpenFiscaPeer()
        self.runs: dict[str, Callable[[Any], Any]] = {
            OURS: evaluator.evaluate,
            READING: lambda request: evaluator.evaluate(self.read(request, TODAY)),
            OURS_FOUR: evaluator.evaluate,
            AGAIN: evaluator.evaluate,
            ZEN: zen.amounts,
            ZEN_WHOLE: zen.amounts,
            FISCA: fisca.amounts,
            HAND: handwritten.amounts,
        }

    def inputs(self, seed: int) -> dict[str, Sequence[Any]]:
        """Requests that no earlier round had: what is remembered helps only where values come again by chance."""
        raw = requests(seed=seed)
        plain = [handwritten.plain(request) for request in raw]
        whole = [self.read(request, TODAY) for request in raw]
        return {
            OURS: whole,
            AGAIN: whole,
            READING: raw,
            OURS_FOUR: [self.read({**request, "measures": list(FOUR)}, TODAY) for request in raw],
            ZEN: plain,
            ZEN_WHOLE: [_whole(request, case) for request, case in zip(raw, plain, strict=True)],
            FISCA: [situation(case) for case in plain],
            HAND: plain,
        }

    def check(self, inputs: dict[str, Sequence[Any]]) -> None:
        """All must come to the same amounts, or there is nothing to compare."""
        wanted = [handwritten.amounts(case) for case in inputs[HAND]]
        for name in (ZEN, ZEN_WHOLE, FISCA):
            if [self.runs[name](case) for case in inputs[name]] != wanted:
                raise AssertionError(f"{name} comes to other amounts")
        ours = [
            tuple(m.amount or 0 for m in self.runs[OURS_FOUR](request).measures)
            for request in inputs[OURS_FOUR]
        ]
        if ours != wanted:
            different = next(i for i, pair in enumerate(zip(ours, wanted, strict=True)) if pair[0] != pair[1])
            raise AssertionError(f"duixian comes to {ours[different]}, by hand {wanted[different]}")


def _whole(request: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    return {
        **request,
        "applicant": {**request["applicant"], **case["applicant"]},
        "facts": {**request["facts"], **case["facts"]},
        "pledge_paid": case["pledge_paid"],
    }


def measure(rounds: int = 7) -> dict[str, object]:
    """Microseconds for one request: medians of `rounds`, the contenders in turn within each round."""
    contenders = Contenders()
    contenders.check(contenders.inputs(SEED))
    times: dict[str, list[float]] = {name: [] for name in contenders.runs}
    for seed in range(SEED + 1, SEED + 1 + rounds):
        inputs = contenders.inputs(seed)
        gc.collect()
        gc.freeze()
        for name, run in contenders.runs.items():
            cases = inputs[name]
            started = time.perf_counter()
            for case in cases:
                run(case)
            times[name].append((time.perf_counter() - started) / len(cases) * 1e6)
        gc.unfreeze()
    medians = {name: statistics.median(found) for name, found in times.items()}
    return {
        "microseconds": {name: round(value, 2) for name, value in medians.items()},
        "spread": {name: [round(min(found), 2), round(max(found), 2)] for name, found in times.items()},
        "share_of_zen_again": round(medians[AGAIN] / medians[ZEN], 3),
        "share_of_zen": round(medians[OURS] / medians[ZEN], 3),
        "share_of_zen_whole_request": round(medians[OURS] / medians[ZEN_WHOLE], 3),
        "share_of_openfisca": round(medians[OURS] / medians[FISCA], 4),
        "goals": {"share_of_zen": 0.2, "share_of_openfisca": round(1 / 15, 4)},
        "inputs": len(inputs[OURS]),
        "rounds": rounds,
    }
