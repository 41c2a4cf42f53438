"""What must hold of any two answers where the second request knows more than the first."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

SETTLED_BY_VERDICT = ("up_to", "unspecified", "service")


def money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def settled(measure: dict[str, Any]) -> bool:
    """Verdict decided and, where the text gives the figure, its lowest value equal to its highest."""
    if measure["verdict"] == "undetermined":
        return False
    award = measure["award"]
    if measure["verdict"] == "ineligible" or award["kind"] in SETTLED_BY_VERDICT:
        return True
    return bool(award["amount"] == award["potential"])


def check_one(measure: dict[str, Any]) -> None:
    """What one answer must hold by itself."""
    award, verdict = measure["award"], measure["verdict"]
    amount, ceiling, potential = (money(award[k]) for k in ("amount", "ceiling", "potential"))
    # An eligible "up to" may still miss facts of its ceiling; a completion then shows whether they mattered.
    if not (award["kind"] == "up_to" and verdict == "eligible"):
        assert (measure["missing"] == []) == settled(measure), measure["id"]
    assert all(value is None or value >= 0 for value in (amount, ceiling, potential))
    if award["kind"] == "service":
        assert amount is ceiling is potential is None
        return
    if verdict == "ineligible":
        assert amount == potential == 0
        assert ceiling is None
        assert measure["reasons"]
    if verdict == "undetermined":
        assert amount is None
        assert measure["reasons"]
    if verdict == "eligible" and award["kind"] in ("fixed", "calculated"):
        assert amount is not None
        assert amount > 0
        assert potential is None or potential >= amount
    for limit in measure["limits"]:
        if limit["kind"] == "annual_cap" and amount is not None:
            assert amount <= Decimal(limit["remaining"])


def check_learning(before: dict[str, Any], after: dict[str, Any]) -> None:
    """`after` answers a completion of the request that `before` answers."""
    assert [m["id"] for m in before["measures"]] == [m["id"] for m in after["measures"]]
    for first, second in zip(before["measures"], after["measures"], strict=True):
        check_learning_of(first, second)


def check_learning_of(first: dict[str, Any], second: dict[str, Any]) -> None:
    name = first["id"]
    old, new = first["award"], second["award"]
    if first["verdict"] != "undetermined":
        assert second["verdict"] == first["verdict"], name
    if not first["missing"]:
        assert (new["amount"], new["ceiling"]) == (old["amount"], old["ceiling"]), name
    amount, least, bound = money(new["amount"]), money(old["amount"]), money(old["potential"])
    if least is not None and amount is not None:
        assert amount >= least, name
    if bound is not None and amount is not None:
        assert amount <= bound, name
    later, ceiling = money(new["potential"]), money(new["ceiling"])
    if bound is not None and old["kind"] != "service":
        assert later is not None, name
        assert later <= bound, name
        assert ceiling is None or ceiling <= bound, name
