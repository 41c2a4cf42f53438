"""What a pack comes to when it is a policy."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from app.rules.limits import LimitKind
from app.rules.loading import load_policy
from app.rules.policy import AwardKind, Parameter
from app.rules.values import Modified
from app.services.packs import read_pack
from app.settings import PACKAGED_POLICIES
from tests.rules.loading.packs import FACTS, GRANT, HEAD, LOANS, MATCH, PACK, SERVICES

POLICY = load_policy(PACK)


def test_the_head() -> None:
    assert (POLICY.id, POLICY.family, POLICY.version, POLICY.currency) == ("small", "small", "2024.1", "CNY")
    assert (POLICY.in_force_from, POLICY.in_force_to) == (date(2024, 1, 1), date(2026, 12, 31))
    assert [measure.id for measure in POLICY.measures] == ["grant", "match", "loans", "advice"]
    assert [(one.id, one.when is not None, one.item_key) for one in POLICY.exclusions] == [
        ("punished", True, None),
        ("twice", False, "project"),
    ]
    assert POLICY.provisions[0].says.en == "See the notice"


def test_facts_are_the_engines_then_the_applicants_then_the_others() -> None:
    names = list(POLICY.facts.facts)
    assert names[:6] == [
        "applicant.name",
        "applicant.uscc",
        "applicant.division",
        "applicant.credit.joint_punishment",
        "applicant.kind",
        "applicant.town",
    ]
    assert names[6] == "staff.total"
    assert list(POLICY.facts.facts["prizes"].fields) == ["prize_id", "project", "level", "amount", "first"]


def test_limits_of_facts_are_in_the_engines_units() -> None:
    facts = POLICY.facts.facts
    bounds = {
        name: (facts[f"staff.{name}"].min, facts[f"staff.{name}"].max)
        for name in ("total", "pay", "share", "score")
    }
    assert bounds == {"total": (1, None), "pay": (0, 500_000_000), "share": (0, 10**8), "score": (-50, 995)}
    assert POLICY.facts.ordered == {"levels"}
    assert POLICY.facts.sets == {
        "payers": ("kinds", ("enterprise", "other")),
        "towns": ("text", ("东镇", "西镇")),
    }
    assert len(POLICY.facts.relations) == 1


def test_parameters_have_the_type_of_their_use() -> None:
    grant = POLICY.measure("grant")
    assert grant is not None
    assert grant.parameters == {
        "most": Parameter("most", "count", 10),
        "amount": Parameter("amount", "money", 20_000_000),
        "common": Parameter("common", "count", 30),
    }


def test_codes_of_leaves_and_groups() -> None:
    grant = POLICY.measure("grant")
    assert grant is not None
    kind, big, share = grant.require
    assert (kind.code, big.code, share.code) == ("grant.kind", "grant.big", "grant.share_min")
    assert big.named
    assert [part.kind for part in big.parts] == ["is", "all"]
    assert (share.clause, kind.clause) == ("一（一）", "")
    assert share.says is not None


def test_negation_and_clauses_reach_the_leaves() -> None:
    text = PACK[GRANT].replace(
        "- applicant.kind in payers",
        "- {not: {any: [applicant.kind == school, not staff.green]}, clause: 七}\n"
        "  - not (staff.abroad > 1 or staff.pay > 2)",
    )
    grant = load_policy({**PACK, GRANT: text}).measure("grant")
    assert grant is not None
    first, second = grant.require[:2]
    assert (first.kind, first.parts[0].kind, first.parts[0].named) == ("not", "any", False)
    kind, green = first.parts[0].parts
    assert (kind.code, kind.clause) == ("grant.kind", "七")
    assert (green.kind, green.parts[0].code, green.parts[0].clause) == ("not", "grant.green", "七")
    assert [leaf.code for leaf in second.parts[0].parts] == ["grant.abroad", "grant.pay"]


def test_awards_limits_flags_and_duties() -> None:
    grant, match, loans, advice = POLICY.measures
    assert isinstance(grant.award.value, Modified)
    assert (match.award.kind, match.award.value) == (AwardKind.CALCULATED, None)
    assert match.each is not None
    assert match.each.award is not None
    assert [(limit.kind, limit.key, limit.per_year, limit.for_anyone, limit.cap) for limit in
            (*grant.limits, *match.limits, *loans.limits)] == [
        (LimitKind.ONCE_PER_ITEM, "staff.level", False, False, 1),
        (LimitKind.ANNUAL_CAP, None, False, False, 20_000_000),
        (LimitKind.ONCE_PER_ITEM, None, False, True, 1),
        (LimitKind.ONCE_PER_ITEM, None, True, False, 1),
        (LimitKind.ANNUAL_CAP, None, False, False, 20_000_000),
    ]  # fmt: skip
    assert grant.limits[1].text == "at most amount per year"
    assert [flag.code for flag in (*grant.flags, *match.each.flags)] == ["grant.town", "match.raised"]
    assert (match.obligations[0].code, match.obligations[0].per_item) == ("share", True)
    assert (grant.ledger_key, match.ledger_key) == ("small.old-grant", "small.match")
    assert (advice.award.kind, advice.evaluated, advice.require[0].code) == (
        AwardKind.SERVICE,
        True,
        "advice.kind",
    )


def text_only(text: str) -> Any:
    """YAML as packs have it: every scalar is text."""
    return yaml.BaseLoader(text).get_single_data()


def one_file() -> dict[str, str]:
    """The whole pack in policy.yaml, its keys in another order, without comments."""
    whole: dict[str, object] = {}
    for path in (HEAD, FACTS, SERVICES):
        whole |= text_only(PACK[path])
    names = {"grant": GRANT, "match": MATCH, "loans": LOANS}
    measures = {name: text_only(PACK[path]) for name, path in names.items()}
    measures = {name: dict(reversed(measure.items())) for name, measure in reversed(measures.items())}
    whole = {"measures": measures, **dict(reversed(whole.items()))}
    return {
        HEAD: yaml.safe_dump(whole, allow_unicode=True, sort_keys=False),
        "sets/towns.txt": PACK["sets/towns.txt"],
    }


def test_one_file_and_a_folder_say_the_same() -> None:
    assert load_policy(one_file()) == POLICY


def test_comments_layout_and_cases_do_not_matter_to_the_digest() -> None:
    files = {
        path: f"# about\n{text}\n# end\n" if path.endswith("yaml") else text for path, text in PACK.items()
    }
    files["cases/grant.yaml"] = "cases: [*not-even-yaml"
    assert load_policy(files).digest == POLICY.digest
    assert POLICY.digest.startswith("sha256:")
    assert len(POLICY.digest) == 71


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (GRANT, "most: 10", "most: 11"),
        (GRANT, "en: Grant", "en: Grants"),
        (FACTS, "max: 99.5", "max: 99"),
        ("sets/towns.txt", "西镇", "南镇"),
        (HEAD, "order: [grant, match", "order: [match, grant"),
        (FACTS, "    middle: [中, middle]\n    high: [高, high]\n", "    high: [高, high]\n    middle: [中, middle]\n"),
        (FACTS, "  kind: {choice: [类型, kind], of: kinds}\n  town: {text: [镇, town]}\n",
                "  town: {text: [镇, town]}\n  kind: {choice: [类型, kind], of: kinds}\n"),
        (MATCH, "    - prize.level >= middle\n    - prize.first\n", "    - prize.first\n    - prize.level >= middle\n"),
    ],
)  # fmt: skip
def test_what_shows_in_answers_changes_the_digest(path: str, old: str, new: str) -> None:
    assert old in PACK[path]
    assert load_policy({**PACK, path: PACK[path].replace(old, new)}).digest != POLICY.digest


def test_the_packaged_policy_loads() -> None:
    policy = load_policy(read_pack(PACKAGED_POLICIES / "yanhu-ip"))
    assert policy.id == "yanhu-ip"
    assert len([measure for measure in policy.measures if measure.pays]) == 13
