"""Races: 64 approvals at once for one cap, and for one thing that is paid once; orders sent 16 times at once.

`python -m tests.proofs.races [ROUNDS]`, `make races ROUNDS=`. Prints what was asked and refused, and the violations.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.proofs.asking import PLEDGE_CAP, Asked, Grants, Licensing, Loan, Mark, Navigation, Outlet, Prize
from tests.proofs.cast import engage, read_list
from tests.proofs.codes import code_of
from tests.proofs.crowd import Crowd, Ready
from tests.proofs.service import own_database, serving
from tests.proofs.speaking import Call, Speaker, new_key

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from tests.proofs.cast import Cast
    from tests.proofs.speaking import Heard

ROUNDS, RACERS, TWINS = 200, 64, 16
WORKERS = 2
ONE_THING = ("assessment-changed", "already-awarded")
"""How an approval is refused when the thing is gone: the records have changed, or the claim is held."""
ONE_CAP = ("assessment-changed", "cap-exceeded")


class Races:
    """Rounds on one service. `refused` counts refusals by slug."""

    def __init__(self, crowd: Crowd, seed: int) -> None:
        self.crowd = crowd
        self.chance = random.Random(seed)  # noqa: S311 - choosing amounts, no secrets
        self.year = (datetime.now(UTC) + timedelta(hours=8)).year
        self.numbers = 0
        self.asked = self.approved = 0
        self.refused: Counter[str] = Counter()
        self.violations: list[str] = []

    def new(self) -> int:
        self.numbers += 1
        return self.numbers

    def wrong(self, text: str) -> None:
        self.violations.append(text)

    async def round(self, number: int) -> None:
        """The cap, one thing in turn, twins, and one version; every fifth round two organisations become one."""
        await self.one_cap()
        things: tuple[Callable[[], list[tuple[int, Asked]]], ...] = (
            self.one_prize,
            self.one_project,
            self.one_year,
            self.one_life,
            self.one_level,
            self.one_mark,
        )
        await self.one_thing(things[number % len(things)]())
        await self.twins()
        await self.one_version()
        if number % 5 == 4:
            await self.merging()
        if number % 20 == 19:
            await self.ledger()

    async def race(self, cases: Sequence[Ready], *others: Call) -> list[Heard]:
        """Approve all of them at once, two approvers in turn, with other orders amid."""
        calls = [self.crowd.approval(case, f"approver-{1 + place % 2}") for place, case in enumerate(cases)]
        order = [*calls, *others]
        self.chance.shuffle(order)
        answers = dict(zip(map(id, order), await self.crowd.at_once(order), strict=True))
        for other in others:
            if answers[id(other)].status not in (200, 201):
                self.wrong(f"{other.path}: {answers[id(other)]}")
        heard = [answers[id(call)] for call in calls]
        self.asked += len(heard)
        self.approved += sum(1 for one in heard if one.status == 200)
        self.refused.update(one.slug for one in heard if one.slug is not None)
        return heard

    async def one_cap(self) -> None:
        """One organisation, the yearly cap of pledge-financing, more asked for than it leaves."""
        number = self.new()
        amount = self.chance.choice([1_000_000, 1_000_000, 1_500_000, 700_000, 333_300])
        wanted = [(number, Asked((Loan(f"L{place}", 2 * amount),))) for place in range(RACERS)]
        cases = await self.crowd.accepted(wanted, self.year)
        heard = await self.race(cases, self.funding(number))
        self.check_refusals(heard, ONE_CAP)
        approved = sum(1 for one in heard if one.status == 200)
        if approved != min(RACERS, PLEDGE_CAP // amount):
            self.wrong(f"cap: {approved} of {amount} fen approved")
        await self.check_used(number, approved * amount)

    async def one_thing(self, wanted: list[tuple[int, Asked]]) -> None:
        cases = await self.crowd.accepted(wanted, self.year)
        heard = await self.race(cases)
        self.check_refusals(heard, ONE_THING)
        approved = [case for case, one in zip(cases, heard, strict=True) if one.status == 200]
        if len(approved) != 1:
            self.wrong(f"{wanted[0][1]}: approved {len(approved)} times")
        for case in self.chance.sample(cases, 4):
            shown = await self.crowd.get(f"/v1/applications/{case.id}", "auditor")
            expected = "approved" if case in approved else "accepted"
            if shown["status"] != expected:
                self.wrong(f"{case.id} is {shown['status']}, should be {expected}")

    def one_prize(self) -> list[tuple[int, Asked]]:
        prize = f"A{self.new()}"
        return [(self.new(), Asked((Prize(prize, 1_000_000),))) for _ in range(RACERS)]

    def one_project(self) -> list[tuple[int, Asked]]:
        """A project, under two measures."""
        project = f"P{self.new()}"
        prizes = [Prize(f"{project}-{place}", 1_000_000, project) for place in range(RACERS)]
        asks = [prize if place % 2 else Navigation(project) for place, prize in enumerate(prizes)]
        return [(self.new(), Asked((ask,))) for ask in asks]

    def one_year(self) -> list[tuple[int, Asked]]:
        return [(self.new(), Asked((Grants(),)))] * RACERS

    def one_life(self) -> list[tuple[int, Asked]]:
        return [(self.new(), Asked((Licensing(),)))] * RACERS

    def one_level(self) -> list[tuple[int, Asked]]:
        return [(self.new(), Asked((Outlet("provincial"),)))] * RACERS

    def one_mark(self) -> list[tuple[int, Asked]]:
        mark = Mark(f"M{self.new()}", 500_000)
        return [(self.new(), Asked((mark,))) for _ in range(RACERS)]

    async def twins(self) -> None:
        """One order to create and one to submit, 16 times at once under one key: one effect, the same bytes."""
        ref = f"T{self.new()}"
        body = Asked((Outlet(),)).body(code_of(self.new()), "Twin", self.year, ref)
        create = Call("POST", "/v1/applications", self.crowd.cast["platform-a"], body, new_key())
        first = self.check_twins(await self.crowd.at_once([create] * TWINS), 201)
        found = await self.crowd.get(f"/v1/applications?external_ref={ref}", "platform-a")
        if len(found["items"]) != 1:
            self.wrong(f"{ref} was made {len(found['items'])} times")
        case = Ready.of(first)
        submit = self.crowd.action(case, "submit", "platform-a")
        self.check_twins(await self.crowd.at_once([submit] * TWINS), 200)
        events = await self.crowd.get(f"/v1/applications/{case.id}/events/verify", "auditor")
        if not events["valid"] or events["length"] != 2:
            self.wrong(f"{case.id} has the events {events}")

    def check_twins(self, heard: list[Heard], status: int) -> Heard:
        first = [one for one in heard if not one.replayed]
        if len(first) != 1:
            self.wrong(f"{len(first)} of {len(heard)} twins were no replays")
        if {(one.status, one.raw) for one in heard} != {(status, heard[0].raw)}:
            self.wrong(f"twins differ: {[str(one)[:300] for one in heard]}")
        return heard[0]

    async def one_version(self) -> None:
        """Actions on one version of one application: one of them is done."""
        (case,) = await self.crowd.submitted([(self.new(), Asked((Outlet(),)))], self.year)
        reason = {"reason": "so it is"}
        calls = [
            self.crowd.action(case, "accept", "reviewer-1"),
            self.crowd.action(case, "accept", "reviewer-2"),
            self.crowd.action(case, "return", "reviewer-1", {**reason, "items": []}),
            self.crowd.action(case, "reject", "reviewer-2", reason),
            self.crowd.action(case, "withdraw", "platform-a"),
        ] * 2
        heard = await self.crowd.at_once(replace(call, key=new_key()) for call in calls)
        done = [one for one in heard if one.status == 200]
        if len(done) != 1 or any(one.status not in (200, 412) for one in heard):
            self.wrong(f"one version: {[str(one)[:200] for one in heard]}")

    async def merging(self) -> None:
        """Two organisations become one while both are approved: nothing is lost, nothing hangs."""
        survivor, other = self.new(), self.new()
        wanted = [
            (number, Asked((Loan(f"L{place}", 2_000_000),)))
            for place in range(RACERS // 4)
            for number in (survivor, other)
        ]
        cases = await self.crowd.accepted(wanted, self.year)
        today = (datetime.now(UTC) + timedelta(hours=8)).date().isoformat()
        body = {"uscc": code_of(other), "from": today, "reason": "merged"}
        merge = Call(
            "POST",
            f"/v1/organisations/{code_of(survivor)}/codes",
            self.crowd.cast["administrator"],
            body,
            new_key(),
        )
        heard = await self.race(cases, merge)
        self.check_refusals(heard, (*ONE_CAP, *ONE_THING))
        approved = sum(1 for one in heard if one.status == 200)
        await self.check_used(survivor, approved * 1_000_000)
        if approved > 2 * PLEDGE_CAP // 1_000_000:
            self.wrong(f"merged: {approved} approved")

    def funding(self, number: int) -> Call:
        """A record of other funding, written amid the approvals of the same organisation."""
        body = {
            "uscc": code_of(number),
            "source": "provincial",
            "amount": "1.00",
            "granted_on": f"{self.year}-01-01",
            "reference": new_key(),
        }
        return Call("POST", "/v1/funding-records", self.crowd.cast["reviewer-1"], body, new_key())

    def check_refusals(self, heard: Sequence[Heard], allowed: Sequence[str]) -> None:
        for one in heard:
            if one.status != 200 and (one.status != 409 or one.slug not in allowed):
                self.wrong(f"refused with {one}")

    async def check_used(self, number: int, wanted: int) -> None:
        """The awards of the organisation add up to what was approved: no update was lost."""
        found, after = [], ""
        while True:
            page = await self.crowd.get(f"/v1/awards?uscc={code_of(number)}&limit=200{after}", "auditor")
            found += [one for one in page["items"] if one["state"] == "reserved"]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        used = sum(round(float(one["amount"]) * 100) for one in found)
        if used != wanted:
            self.wrong(f"{used} fen are reserved, approved were {wanted}")

    async def ledger(self) -> None:
        report = await self.crowd.get("/v1/ledger/verify", "auditor")
        if not report["valid"]:
            self.wrong(f"ledger: {report}")

    def told(self, rounds: int) -> str:
        slugs = ", ".join(f"{name} {count}" for name, count in sorted(self.refused.items()))
        return (
            f"races: {rounds} rounds, {self.asked} approvals asked at once, {self.approved} approved; "
            f"refused: {slugs or 'none'}; waited for {self.crowd.waits}; {len(self.violations)} violations"
        )


def prepared(address: str) -> Cast:
    """Everybody engaged, the punishment list read."""
    speaker = Speaker(address)
    try:
        cast = engage(speaker)
        read_list(speaker, cast["reviewer-1"], datetime.now(UTC).isoformat())
    finally:
        speaker.close()
    return cast


def run(address: str, rounds: int, tell: Callable[[str], object] = print, seed: int = 0) -> Races:
    """Rounds against a service that is up; the state after them."""

    async def all_rounds() -> Races:
        crowd = Crowd(address, prepared(address))
        races = Races(crowd, seed)
        try:
            for number in range(rounds):
                await races.round(number)
                if number % 10 == 9:
                    tell(races.told(number + 1))
            await races.ledger()
        finally:
            await crowd.close()
        return races

    work: Coroutine[Any, Any, Races] = all_rounds()
    return asyncio.run(work)


def main() -> None:
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    with own_database() as server, serving(server.url(), workers=WORKERS) as service:
        races = run(service.address, rounds, tell=lambda text: print(text, file=sys.stderr))
    for text in races.violations[:20]:
        print(text, file=sys.stderr)
    print(races.told(rounds))
    sys.exit(bool(races.violations))


if __name__ == "__main__":
    main()
