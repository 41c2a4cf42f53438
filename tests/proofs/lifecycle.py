"""The lifecycle: hypothesis drives the HTTP API in any order, and after every step the service agrees with the law.

`python -m tests.proofs.lifecycle [ROUNDS]`, `make lifecycle ROUNDS=`. Prints `lifecycle: N steps, 0 violations`.
"""

from __future__ import annotations

import sys
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.proofs.codes import code_of
from tests.proofs.deeds import Refused, body_of, draw_given, learn
from tests.proofs.effects import assessed_anew, do
from tests.proofs.model import Case
from tests.proofs.player import MANNERS, Player
from tests.proofs.procedure import TABLE, Deed, against, changed, kept_apart, open_to
from tests.proofs.service import own_database
from tests.proofs.speaking import new_key
from tests.proofs.stage import Stage
from tests.proofs.wishes import wishes

if TYPE_CHECKING:
    from tests.proofs.asking import Asked

ROUNDS, STEPS = 200, 60
TOLD = 25
"""Steps of the story that are told of a violation."""
NEXT = {
    "draft": "submit",
    "submitted": "accept",
    "returned": "submit",
    "accepted": "approve",
    "approved": "publicise",
    "publicised": "grant",
    "granted": "pay",
    "paying": "confirm",
}
ORGANISATIONS, FEWEST_CASES, MOST_CASES = 3, 3, 6


class Lifecycle(RuleBasedStateMachine):
    """One play: a few organisations, two platforms, all officers, a clock that goes forward."""

    stage: ClassVar[Stage]
    wrong: ClassVar[str | None] = None
    """The story of the first violation."""

    @classmethod
    def set_on(cls, stage: Stage) -> None:
        cls.stage, cls.wrong = stage, None

    def __init__(self) -> None:
        super().__init__()
        self.player = Player(self.stage)
        self.law = self.player.law
        self.organisations = [self.stage.new_organisation() for _ in range(ORGANISATIONS)]
        self.refs = 0

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Nothing can be played without applications and a list that was read."""
        self.read_now()
        for _ in range(FEWEST_CASES):
            self.create(data)

    @precondition(lambda self: len(self.law.cases) < MOST_CASES)
    @rule(data=st.data())
    def create_one_more(self, data: st.DataObject) -> None:
        self.create(data)

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """Hypothesis leaves rules out of a play: it is there three times."""
        self.some_actions(data)

    @rule(data=st.data())
    def step_again(self, data: st.DataObject) -> None:
        self.some_actions(data)

    @rule(data=st.data())
    def step_once_more(self, data: st.DataObject) -> None:
        self.some_actions(data)

    def some_actions(self, data: st.DataObject) -> None:
        often = (self.go_on, self.do_what_is_open, self.do_what_is_open)
        kinds = (*often, self.take_money_back, self.do_anything)
        for kind in data.draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3)):
            kind(data)

    def create(self, data: st.DataObject) -> None:
        """A platform makes an application; sometimes it sends the order again, or uses a reference twice."""
        asked: Asked = data.draw(wishes(self.player.play))
        organisation = data.draw(st.sampled_from(self.organisations))
        platform = data.draw(st.sampled_from(["platform-a", "platform-a", "platform-b"]))
        again = [case for case in self.law.cases if data.draw(st.integers(0, 9)) == 0]
        self.refs += 1
        ref = again[0].ref if again else f"R-{self.player.play}-{self.refs}"
        body = asked.body(code_of(organisation), f"Organisation {organisation}", self.stage.day.year, ref)
        call = self.player.call("POST", "/v1/applications", self.player.member(platform), body)
        heard = self.player.hear(call)
        ended = ("withdrawn", "rejected", "revoked")
        if any(c.ref == ref and c.platform == platform and c.status not in ended for c in self.law.cases):
            assert (heard.status, heard.slug) == (409, "duplicate-ref"), f"{ref} twice: {heard}"
            return
        assert heard.status == 201, f"not created: {heard}"
        if data.draw(st.booleans()):
            self.player.replay(call, heard)
        case = Case(len(self.law.cases), heard.body["id"], ref, platform, organisation, body["year"], asked)
        self.law.cases.append(case)
        self.player.agrees(case)

    @rule(data=st.data())
    def change(self, data: st.DataObject) -> None:
        """The platform changes what it asks for."""
        case: Case = data.draw(st.sampled_from(self.law.cases))
        asked: Asked = data.draw(wishes(self.player.play))
        if case.submitted and asked.measures() != case.asked.measures():
            return
        whole = asked.body(code_of(case.organisation), f"Organisation {case.organisation}", case.year)
        body = {name: whole[name] for name in ("measures", "applicant", "facts")}
        by = self.player.member(case.platform)
        call = self.player.call(
            "PATCH", self.player.path(case), by, body, keyed=False, version=f'"{case.version}"'
        )
        heard = self.player.hear(call)
        if case.status not in ("draft", "returned"):
            assert (heard.status, heard.slug) == (409, "not-allowed-now"), f"changed: {heard}"
        else:
            assert heard.status == 200, f"not changed: {heard}"
            case.asked = asked
            case.events += 1
        self.player.agrees(case)

    def go_on(self, data: st.DataObject) -> None:
        """Some of the next steps on the way to payment; when one must wait for its day, the day comes."""
        case: Case = data.draw(st.sampled_from(self.law.cases))
        for _ in range(data.draw(st.sampled_from([1, 1, 2, 4, 8]))):
            self.go_one_step(data, case)

    def go_one_step(self, data: st.DataObject, case: Case) -> None:
        action = "resume" if case.on_hold else NEXT.get(case.status)
        if action is None:
            return
        if action == "grant" and case.notice is not None and self.stage.day <= case.notice[1]:
            self.stage.clock += timedelta(days=(case.notice[1] - self.stage.day).days + 1)
        if action in ("approve", "pay") and self.stage.stale:
            self.read_now()
        self.act(data, case, action)

    def do_what_is_open(self, data: st.DataObject) -> None:
        """One of the actions that are open, whatever it leads to."""
        case: Case = data.draw(st.sampled_from(self.law.cases))
        choice = sorted(open_to(case))
        if data.draw(st.integers(0, 5)):
            choice = [one for one in choice if one not in ("withdraw", "reject", "revoke")]
        if choice:
            self.act(data, case, data.draw(st.sampled_from(choice)))

    def take_money_back(self, data: st.DataObject) -> None:
        """Of what was paid: claim it back, recover it, write it off."""
        paid = [case for case in self.law.cases if case.held("paid") or case.held("owed")]
        if paid:
            case: Case = data.draw(st.sampled_from(paid))
            choice = sorted(open_to(case) & {"revoke", "recover", "write-off", "fail"})
            self.act(data, case, data.draw(st.sampled_from(choice or ["revoke"])))

    def do_anything(self, data: st.DataObject) -> None:
        """Any action, open or not."""
        self.act(data, data.draw(st.sampled_from(self.law.cases)), data.draw(st.sampled_from(sorted(TABLE))))

    def act(self, data: st.DataObject, case: Case, action: str) -> None:
        """By anybody who has the scope, well or ill mannered."""
        manner = data.draw(st.sampled_from(MANNERS))
        if action == "object" and case.status == "publicised":
            self.stage.pass_days(1)  # nobody objects before the notice is out
        scope = TABLE[action][0]
        names = [n for n, m in self.stage.cast.items() if scope in m.scopes and n != "onlooker"]
        if data.draw(st.integers(0, 5)):
            names = [name for name in names if name not in kept_apart(case, action)] or names
        who = case.platform if scope == "apply" else data.draw(st.sampled_from(names))
        deed = Deed(self.law, case, action, who, self.stage.day, self.stage.stale)
        if not draw_given(deed, data):
            return
        call = self.player.call(
            "POST",
            self.player.path(case, action),
            self.player.member(who),
            body_of(deed),
            version=f'"{case.version}"',
        )
        self.player.ill_mannered(case, call, manner)
        wanted = against(deed)
        heard = self.player.hear(call)
        if wanted:
            assert heard.status == 409, f"{action} should be refused ({wanted}): {heard}"
            assert heard.slug in wanted, f"{action} should be refused with {wanted}: {heard}"
            self.stage.refused[str(heard.slug)] += 1
            if heard.slug == "assessment-changed" and changed(deed):
                assessed_anew(deed)
                case.events += 1
        else:
            assert heard.status == 200, f"{action} should be done: {heard}"
            try:
                learn(deed, heard.body)
            except Refused as wrong:
                raise AssertionError(f"{action}: {wrong}: {heard}") from None
            do(deed)
            self.stage.done[action] += 1
            if manner == "replayed":
                self.player.replay(call, heard)
            if manner == "reused":
                self.player.reuse(call)
        self.player.agrees(case)

    @rule(days=st.sampled_from([1, 1, 3, 7, 31]))
    def pass_time(self, days: int) -> None:
        self.stage.pass_days(days)

    @rule()
    def read_lists(self) -> None:
        self.read_now()

    def read_now(self) -> None:
        """An officer reads the punishment list."""
        body = {"source": "proofs", "queried_at": self.stage.clock.isoformat()}
        call = self.player.call(
            "PUT", "/v1/joint-punishment/lists/national", self.player.member("reviewer-1"), body
        )
        heard = self.player.hear(call)
        assert heard.status in (200, 201), f"list not read: {heard}"
        self.stage.read_at = self.stage.clock

    @rule(data=st.data(), for_ever=st.booleans())
    def punish(self, data: st.DataObject, for_ever: bool) -> None:
        """An organisation is put on the list, at once, for some days or without an end."""
        organisation = self.law.who(data.draw(st.sampled_from(self.law.cases)).organisation)
        if data.draw(st.integers(0, 2)):
            return
        until = None if for_ever else self.stage.day + timedelta(days=20)
        body = {"uscc": code_of(organisation), "list": "national", "listed_on": self.stage.day.isoformat()}
        body |= {"source": "proofs"} | ({} if until is None else {"removed_on": until.isoformat()})
        heard = self.player.hear(
            self.player.call("POST", "/v1/joint-punishment", self.player.member("reviewer-2"), body)
        )
        assert heard.status == 201, f"not listed: {heard}"
        self.law.listed.setdefault(organisation, []).append((self.stage.day, until))

    @rule(data=st.data())
    def fund(self, data: st.DataObject) -> None:
        """The district pays for a project of this play in another way."""
        if data.draw(st.integers(0, 3)):
            return
        case: Case = data.draw(st.sampled_from(self.law.cases))
        project = f"P-{self.player.play}-{data.draw(st.integers(0, 1))}"
        body = {
            "uscc": code_of(case.organisation),
            "source": "district",
            "project": project,
            "amount": "1000.00",
            "granted_on": self.stage.day.isoformat(),
            "reference": new_key(),
        }
        heard = self.player.hear(
            self.player.call("POST", "/v1/funding-records", self.player.member("reviewer-1"), body)
        )
        assert heard.status == 201, f"not recorded: {heard}"
        self.law.funded.add(project.replace("-", "").lower())

    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        """Two organisations become one: nothing that either took is forgotten."""
        known = sorted({self.law.who(case.organisation) for case in self.law.cases})
        if len(known) < 2 or data.draw(st.integers(0, 9)):
            return
        survivor, other = data.draw(st.permutations(known))[:2]
        body = {"uscc": code_of(other), "from": self.stage.day.isoformat(), "reason": "merged"}
        path = f"/v1/organisations/{code_of(survivor)}/codes"
        heard = self.player.hear(self.player.call("POST", path, self.player.member("administrator"), body))
        assert heard.status in (200, 201), f"not merged: {heard}"
        self.law.merge(survivor, other)
        for case in self.law.cases:
            self.player.agrees(case)

    def teardown(self) -> None:
        """A play that fails is told as it was: what was asked of the service cannot be unasked."""
        error = sys.exc_info()[1]
        if isinstance(error, Exception) and type(self).wrong is None:
            told = "".join(traceback.format_exception(error)[-3:])
            type(self).wrong = "\n".join([*self.player.story[-TOLD:], told])


def play(stage: Stage, rounds: int, steps: int, *, by_chance: bool) -> str | None:
    """Plays; what went wrong first, in words, or None."""
    Lifecycle.set_on(stage)
    how = settings(
        max_examples=rounds,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=not by_chance,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    try:
        run_state_machine_as_test(Lifecycle, settings=how)
    except Exception as error:  # noqa: BLE001 - whatever it was, it is the violation
        return Lifecycle.wrong or f"{type(error).__name__}: {error}"
    return None


def main() -> None:
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    with own_database() as server:
        stage = Stage(server.url)
        try:
            wrong = play(stage, rounds, STEPS, by_chance=True)
        finally:
            stage.close()
    if wrong:
        sys.stderr.write(wrong + "\n")
    print(f"lifecycle: {stage.steps} steps, {1 if wrong else 0} violations")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
