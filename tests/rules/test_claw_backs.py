"""What is left of an award once some of it is claimed back, whatever the order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.procedure.claw_backs import PaidAward
from app.rules.procedure.ledger import Account, AwardState, Posting, balances, used

STEPS = st.lists(
    st.tuples(st.sampled_from(["claim_back", "recover", "write_off"]), st.integers(1, 1_000)), max_size=20
)


@given(st.integers(1, 1_000), STEPS)
def test_award_and_ledger_say_the_same(amount: int, steps: list[tuple[str, int]]) -> None:
    award = PaidAward(amount)
    postings = [
        Posting("a", Account.FREE, Account.RESERVED, amount),
        Posting("a", Account.RESERVED, Account.PAYABLE, amount),
        Posting("a", Account.PAYABLE, Account.PAID, amount),
    ]
    for step, fen in steps:
        if step == "claim_back" and fen <= award.kept:
            award = award.claim_back(fen)
            postings.append(Posting("a", Account.PAID, Account.OWED, fen))
        elif step == "recover" and fen <= award.owed:
            award = award.recover(fen)
            postings.append(Posting("a", Account.OWED, Account.RECOVERED, fen))
        elif step == "write_off" and award.owed:
            postings.append(Posting("a", Account.OWED, Account.WRITTEN_OFF, award.owed))
            award = award.write_off()
        held = balances(postings)
        assert (award.kept, award.owed, award.recovered, award.written_off) == (
            held[Account.PAID],
            held[Account.OWED],
            held[Account.RECOVERED],
            held[Account.WRITTEN_OFF],
        )
        assert used(held) == amount - award.recovered
        assert (award.state is AwardState.OWED) == (award.owed > 0)
        assert award.all_back == (held[Account.RECOVERED] == amount)


@pytest.mark.parametrize(
    ("award", "state"),
    [
        (PaidAward(10), AwardState.PAID),
        (PaidAward(10, 4), AwardState.OWED),
        (PaidAward(10, 4, 4), AwardState.PAID),
        (PaidAward(10, 10, 4), AwardState.OWED),
        (PaidAward(10, 10, 10), AwardState.RECOVERED),
        (PaidAward(10, 10, 4, 6), AwardState.WRITTEN_OFF),
        (PaidAward(10, 4, 0, 4), AwardState.PAID),
    ],
)
def test_a_debt_shows_first_then_what_stays_paid(award: PaidAward, state: AwardState) -> None:
    assert award.state is state


@pytest.mark.parametrize(
    ("amount", "clawed_back", "recovered", "written_off"),
    [(10, 11, 0, 0), (10, 4, 5, 0), (10, 4, 2, 3), (10, 4, -1, 0)],
)
def test_more_than_there_is_cannot_be(
    amount: int, clawed_back: int, recovered: int, written_off: int
) -> None:
    with pytest.raises(ValueError, match="more than there is"):
        PaidAward(amount, clawed_back, recovered, written_off)
