"""What is left of an award's money once some of it is claimed back, and the state that follows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.rules.procedure.ledger import AwardState


@dataclass(frozen=True, slots=True)
class PaidAward:
    """An award that was paid; fen, never below 0. What was claimed back is owed, has come back, or was given up."""

    amount: int
    clawed_back: int = 0
    recovered: int = 0
    written_off: int = 0

    def __post_init__(self) -> None:
        if min(self.recovered, self.written_off, self.owed, self.kept) < 0:
            raise ValueError(f"more than there is: {self}")

    @property
    def kept(self) -> int:
        """What stays paid."""
        return self.amount - self.clawed_back

    @property
    def owed(self) -> int:
        """What was claimed back and neither came nor was given up."""
        return self.clawed_back - self.recovered - self.written_off

    @property
    def all_back(self) -> bool:
        """Whether the whole award has come back."""
        return self.recovered == self.amount

    @property
    def state(self) -> AwardState:
        """A debt shows first; once it is settled, whatever stays paid is paid."""
        if self.owed:
            return AwardState.OWED
        if self.kept:
            return AwardState.PAID
        return AwardState.WRITTEN_OFF if self.written_off else AwardState.RECOVERED

    def claim_back(self, fen: int) -> PaidAward:
        """Raises ValueError for more than is kept."""
        return replace(self, clawed_back=self.clawed_back + fen)

    def recover(self, fen: int) -> PaidAward:
        """Raises ValueError for more than is owed."""
        return replace(self, recovered=self.recovered + fen)

    def write_off(self) -> PaidAward:
        """Give up all that is owed."""
        return replace(self, written_off=self.written_off + self.owed)
