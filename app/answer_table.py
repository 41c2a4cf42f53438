"""An answer of the service, and its refusals, as a person reads them in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from rich.markup import escape
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from app.rules.facts import InputError

    Json = Mapping[str, Any]

Language = Literal["zh", "en"]

_COLOURS = {"eligible": "green", "ineligible": "red", "undetermined": "yellow"}
_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "eligible": "eligible", "ineligible": "not eligible", "undetermined": "not yet known",
        "measure": "Measure", "verdict": "Verdict", "amount": "Amount (yuan)", "why": "Why", "needed": "needed",
        "up_to": "up to", "could_be": "could be", "official": "an official decides", "total": "Total",
        "ceilings": "Officials may grant up to", "potential": "Could still become", "unbounded": "or more",
        "refused": "The request was not accepted",
        "note": "note", "duty": "duty", "assumed": "Assumed",
    },
    "zh": {
        "eligible": "符合", "ineligible": "不符合", "undetermined": "尚不能确定",
        "measure": "措施", "verdict": "结论", "amount": "金额（元）", "why": "理由", "needed": "尚需",
        "up_to": "最高", "could_be": "可达", "official": "由主管部门确定", "total": "合计",
        "ceilings": "主管部门可核定最高", "potential": "最多可达", "unbounded": "或更多",
        "refused": "请求未被接受", "note": "提示", "duty": "义务", "assumed": "假定",
    },
}  # fmt: skip


def print_answer(console: Console, answer: Json, language: Language) -> None:
    """A table of the measures with verdict, amount and reasons, then the totals."""
    words = _WORDS[language]
    policy = answer["policy"]
    console.print(
        f"[bold]{escape(policy['id'])}[/] {escape(policy['version'])} ({escape(policy['status'])}), "
        f"{answer['as_of']}, {answer['year']}"
    )
    table = Table(show_lines=True, expand=True)
    table.add_column(words["measure"], ratio=3, overflow="fold")
    table.add_column(words["verdict"], ratio=2)
    table.add_column(words["amount"], ratio=2, justify="right")
    table.add_column(words["why"], ratio=7, overflow="fold")
    for measure in answer["measures"]:
        verdict = measure["verdict"]
        table.add_row(
            Text.assemble((measure["title"][language], "bold"), "\n", (measure["clause"], "dim")),
            Text(words[verdict], style=_COLOURS[verdict]),
            Text(_amount(measure, words)),
            Text("\n".join(_why(measure, language))),
        )
    console.print(table)
    for line in _totals(answer, words):
        console.print(line)


def _amount(measure: Json, words: Mapping[str, str]) -> str:
    award = measure["award"]
    if award["kind"] == "service":
        return ""
    if award["amount"] is not None:
        return str(award["amount"])
    if award["ceiling"] is not None and measure["verdict"] == "eligible":
        return f"{words['up_to']} {award['ceiling']}"
    if award["potential"] is not None:
        return f"{words['could_be']} {award['potential']}"
    return words["official"]


def _why(measure: Json, language: Language) -> list[str]:
    words = _WORDS[language]
    told = [f"• {reason['message'][language]}" for reason in measure["reasons"]]
    for line in measure["lines"]:
        amount = line["amount"] if line["amount"] is not None else line["counted"]
        ending = "" if amount is None else f" {amount}"
        told.append(f"  {line['item']}: {words[line['verdict']]}{ending}")
        told.extend(f"    • {reason['message'][language]}" for reason in line["reasons"])
    told.extend(
        f"? {words['needed']}: {missing['label'][language]} ({missing['fact']})"
        for missing in measure["missing"]
    )
    told.extend(f"! {words['duty']}: {duty['message'][language]}" for duty in measure["obligations"])
    told.extend(f"! {words['note']}: {flag['message'][language]}" for flag in measure["flags"])
    return told


def _totals(answer: Json, words: Mapping[str, str]) -> list[str]:
    totals = answer["totals"]
    told = [f"[bold]{words['total']}: {totals['amount']} {totals['currency']}[/]"]
    if totals["discretionary_ceiling"] not in (None, "0.00"):
        told.append(f"{words['ceilings']}: {totals['discretionary_ceiling']}")
    if totals["potential"] not in (None, totals["amount"]):
        more = f" {words['unbounded']} ({', '.join(totals['unbounded'])})" if totals["unbounded"] else ""
        told.append(f"{words['potential']}: {totals['potential']}{more}")
    if answer["assumptions"]:
        told.append(f"{words['assumed']}: " + escape(", ".join(map(_assumption, answer["assumptions"]))))
    return told


def _assumption(assumption: object) -> str:
    if isinstance(assumption, dict):
        return " = ".join(str(part) for part in assumption.values())
    return str(assumption)


def print_refusal(console: Console, errors: Sequence[InputError], language: Language) -> None:
    """Why a request was refused: each place in it, and what is wrong there."""
    console.print(f"[bold red]{_WORDS[language]['refused']}[/]")
    for error in errors:
        told = error.message.zh if language == "zh" else error.message.en
        console.print(
            f"  [bold]{escape(error.pointer or '/')}[/]  {escape(told)} [dim]({escape(error.code)})[/]"
        )
