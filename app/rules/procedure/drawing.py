"""The transition table as a page: a Mermaid diagram and a table, made from the one place that holds it."""

from __future__ import annotations

from app.rules.procedure.applications import BEGINNINGS, TRANSITIONS, Status, Transition

_HEAD = """# From draft to payment

Made from the transition table in `app/rules/procedure/applications.py` by `make procedure`; do not edit by hand.
What each action needs and refuses is in the OpenAPI document; the money behind it in [the ledger](ledger.md).

```mermaid
stateDiagram-v2
"""
_ENDED = (Status.WITHDRAWN, Status.REJECTED, Status.REVOKED)


def procedure_page() -> str:
    """Markdown."""
    lines = [_HEAD.rstrip("\n")]
    lines += [f"    [*] --> {one.status}: {one.name}" for one in BEGINNINGS]
    for (origin, target), actions in _edges().items():
        lines.append(f"    {origin} --> {target}: {', '.join(actions)}")
    lines += [f"    {status} --> [*]" for status in (*_ENDED, Status.PAID)]
    lines += ["```", "", "| action | scope | from | leads to | event |", "|---|---|---|---|---|"]
    lines += [
        f"| {one.name} | {one.scope.value} | (new) | {one.status.value} | `application.created` |"
        for one in BEGINNINGS
    ]
    lines += [_row(row) for row in TRANSITIONS]
    return "\n".join(lines) + "\n"


def _edges() -> dict[tuple[str, str], list[str]]:
    """Origin and target -> the actions that lead there; what leaves the status as it is, is not drawn."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in TRANSITIONS:
        for origin in row.origins:
            for target in row.ends:
                if origin != target:
                    found.setdefault((origin.value, target.value), []).append(row.action.value)
    return found


def _row(row: Transition) -> str:
    origins = ", ".join(status.value for status in row.origins)
    ends = ", ".join(status.value for status in row.ends) or "(stays)"
    return f"| `{row.action.value}` | {row.scope.value} | {origins} | {ends} | `application.{row.past}` |"
