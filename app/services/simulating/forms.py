"""What a simulation comes to, as JSON: counts as numbers, money as yuan in text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rules.money import format_yuan
from app.rules.procedure.masking import mask_uscc
from app.services.simulating.allotments import allotment_form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rules.columns.comparing import Change, Compared, Moved
    from app.rules.columns.summing import Cover, Sum, Summary
    from app.services.simulating.readings import Reading
    from app.services.simulating.simulation import Outcome, Simulated

_WHOLE = 10_000
"""Shares are told in ten-thousandths, rounded down: "1.0000" is all of it and nothing less."""


def result_form(done: Simulated) -> dict[str, Any]:
    """The result of a job, and the content of its JSON file."""
    base, *others = (_outcome_form(one) for one in done.outcomes)
    return {
        "policy": policy_form(done.outcomes[0].reading),
        "as_of": done.as_of.isoformat(),
        "year": done.year,
        "population": {"rows": done.rows, "bad_rows": done.bad_rows},
        "base": base,
        "scenarios": others,
    }


def policy_form(reading: Reading) -> dict[str, Any]:
    """Which text a reading is of; an altered one has a digest of its own."""
    policy = reading.policy
    return {"id": policy.id, "version": policy.version, "status": policy.status, "digest": policy.digest}


def _outcome_form(one: Outcome) -> dict[str, Any]:
    reading = one.reading
    found: dict[str, Any] = {
        "name": reading.name,
        "policy": policy_form(reading),
        "parameters": {name: str(value) for name, value in reading.scenario.parameters.items()},
        **_summary_form(one.summary),
    }
    for name, shared in one.allotments.items():
        found["measures"][name]["allotment"] = allotment_form(shared)
    if one.against_base is not None:
        found["against_base"] = _compared_form(one.against_base)
    if one.summary.cover is not None:
        found["budget"] = _cover_form(one.summary.cover)
    return found


def _summary_form(summary: Summary) -> dict[str, Any]:
    return {
        "measures": {
            name: {
                **_counts(found.eligible, found.ineligible, found.undetermined),
                "amount": format_yuan(found.amount),
                "ceiling": format_yuan(found.ceiling),
            }
            for name, found in summary.measures.items()
        },
        "totals": _sum_form(summary.totals),
        "by": {name: _groups_form(groups) for name, groups in summary.by.items()},
        "distribution": [
            {
                "over": None if band.over is None else format_yuan(band.over),
                "up_to": None if band.up_to is None else format_yuan(band.up_to),
                "applicants": band.applicants,
                "amount": format_yuan(band.amount),
            }
            for band in summary.bands
        ],
    }


def _counts(eligible: int, ineligible: int, undetermined: int) -> dict[str, int]:
    return {"eligible": eligible, "ineligible": ineligible, "undetermined": undetermined}


def _groups_form(groups: Mapping[str, Sum]) -> dict[str, Any]:
    return {code: _sum_form(found) for code, found in groups.items()}


def _sum_form(found: Sum) -> dict[str, Any]:
    return {
        "applicants": found.applicants,
        "with_any_award": found.with_any_award,
        "amount": format_yuan(found.amount),
        "discretionary_ceiling": format_yuan(found.discretionary_ceiling),
    }


def _compared_form(found: Compared) -> dict[str, Any]:
    return {
        **_change_form(found.all),
        "measures": {name: _change_form(change) for name, change in found.measures.items()},
        "largest_gains": [_moved_form(one) for one in found.largest_gains],
        "largest_losses": [_moved_form(one) for one in found.largest_losses],
    }


def _change_form(change: Change) -> dict[str, Any]:
    return {
        "gain": change.gain,
        "lose": change.lose,
        "same": change.same,
        "difference": format_yuan(change.difference),
    }


def _moved_form(one: Moved) -> dict[str, Any]:
    """Results are shown around: the row and its ref name the applicant to whoever has the population."""
    return {
        "row": one.row,
        "ref": one.ref,
        "uscc": None if one.uscc is None else mask_uscc(one.uscc),
        "before": format_yuan(one.before),
        "after": format_yuan(one.after),
        "difference": format_yuan(one.after - one.before),
        "ceiling_before": format_yuan(one.ceiling_before),
        "ceiling_after": format_yuan(one.ceiling_after),
    }


def _cover_form(cover: Cover) -> dict[str, Any]:
    return {
        "budget": format_yuan(cover.budget),
        "enough": cover.amount <= cover.budget,
        "share_covered": share(cover.budget, cover.amount),
        "share_covered_with_ceilings": share(cover.budget, cover.amount + cover.ceiling),
        "first_come": {
            "covered": cover.first_come,
            "covered_amount": format_yuan(cover.first_come_amount),
            "not_covered": cover.without,
        },
    }


def share(part: int, whole: int) -> str:
    """How much of the whole the part is, at most all of it, with four decimals rounded down; of nothing all."""
    found = _WHOLE if whole <= part else part * _WHOLE // whole
    return f"{found // _WHOLE}.{found % _WHOLE:04d}"
