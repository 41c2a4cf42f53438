"""How an award is paid out, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.money import format_yuan
from app.rules.payment_terms import WHOLE
from app.rules.policy import Words
from app.rules.words.answer_parts import words_json
from app.rules.words.describing import describe_condition
from app.rules.words.wording import Shown, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.rules.facts import FactSchema
    from app.rules.payment_terms import Instalment, PaymentTerms
    from app.rules.policy import Measure
    from app.rules.results import PaymentPlan


PERCENT = Shown("percent", WHOLE)
FROM_DECISION = Words("公示期满后", "after the public notice")
FROM_PAYMENT = Words("上期支付后", "after the payment before")


def share_words(share: int | None) -> Words:
    """`30%`, with the spaces that Chinese sets around figures; or the rest."""
    if share is None:
        return Words("其余部分", "the rest")
    words = figure(share, PERCENT, "")
    return Words(f" {words.zh} ", words.en)


def due_words(number: int, one: Instalment, schema: FactSchema, currency: str) -> Words:
    """When an instalment is due; `number` from 0."""
    zh, en = [], []
    if one.after is not None:
        since = FROM_DECISION if number == 0 else FROM_PAYMENT
        zh.append(f"{since.zh} {one.after.words.zh}")
        en.append(f"{one.after.words.en} {since.en}")
    if one.when is not None:
        condition = describe_condition(one.when, schema, currency)
        zh.append(f"须：{condition.zh}")
        en.append(f"when: {condition.en}")
    if one.says is not None:
        zh.append(one.says.zh)
        en.append(one.says.en)
    return Words("，".join(zh), ", ".join(en))


def terms_words(terms: PaymentTerms, schema: FactSchema, currency: str) -> Iterator[tuple[str, Words]]:
    """A sentence for each instalment, payee and hold, with what it is of."""
    for number, one in enumerate(terms.instalments):
        share, due = share_words(one.share), due_words(number, one, schema, currency)
        yield (
            f"instalments {number + 1}",
            Words(
                f"第 {number + 1} 期支付{share.zh}".rstrip() + (f"（{due.zh}）" if due.zh else ""),
                f"Instalment {number + 1}: {share.en}" + (f" ({due.en})" if due.en else ""),
            ),
        )
    for number, payee in enumerate(terms.payees, 1):
        share = share_words(payee.share)
        zh, en = payee.to.zh, payee.to.en
        if payee.name is not None:
            label = schema.facts[payee.name].label
            zh, en = f"{zh}（{label.zh}）", f"{en} ({label.en})"
        if len(terms.payees) == 1:
            yield "payee", Words(f"支付给{zh}", f"Paid to {en}")
        else:
            yield f"payee {number}", Words(f"其中{share.zh}支付给{zh}", f"Of it {share.en} to {en}")
    if terms.hold is not None:
        when = describe_condition(terms.hold.when, schema, currency)
        yield (
            "hold",
            Words(
                f"以下情形暂缓支付：{when.zh}（{terms.hold.says.zh}）",
                f"Not paid while: {when.en} ({terms.hold.says.en})",
            ),
        )


def payment_json(measure: Measure, plan: PaymentPlan, schema: FactSchema, currency: str) -> dict[str, object]:
    """How an award will be paid, as an answer shows it."""
    terms = measure.payment
    assert terms is not None
    parts = []
    for part in plan.parts:
        due = Words("", "")
        if terms.instalments:
            due = due_words(part.instalment, terms.instalments[part.instalment], schema, currency)
        parts.append(
            {
                "instalment": part.instalment + 1,
                "amount": None if part.amount is None else format_yuan(part.amount),
                "due": words_json(due) if due.zh else None,
                "payee": words_json(terms.payees[part.payee].to) if terms.payees else None,
                "payee_name": plan.names[part.payee] if terms.payees else None,
            }
        )
    hold = terms.hold
    held = None if hold is None else {"held": plan.held, "message": words_json(hold.says)}
    return {"parts": parts, "hold": held}
