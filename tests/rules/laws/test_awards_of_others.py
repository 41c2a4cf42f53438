"""Amounts that turn on what other measures award, or on what history paid (language.md section 9)."""

from __future__ import annotations

import random

import polars as pl
import pytest

from app.rules.columns.deciding import Columns
from app.rules.columns.rows import Rows
from app.rules.columns.schema import population_schema
from app.rules.evaluation import compile_policy
from app.rules.requests import HistoryEntry
from app.rules.words.answer_values import place
from app.rules.words.required_facts import required_facts
from tests.rules.laws.firms import CHOICES, DAY, codes, missing
from tests.rules.laws.several import decide, policy_of, refused, yuan

NATIONAL = """
  national:
    clause: 一
    title: {zh: 国家补贴, en: national subsidy}
    require: [firm.staff >= 10]
    award: {calculated: 10% * firm.spent, cap: 100000}
"""
LOCAL = """
  local:
    clause: 二
    title: {zh: 地方配套, en: local match}
    require: [firm.region == north]
    award: {calculated: 50% * award(national)}
"""


# What another measure awards


def test_a_match_of_another_measures_award() -> None:
    policy = policy_of(NATIONAL + LOCAL, "local, national")
    firm = {"staff": 10, "spent": 300_000_00, "region": "north"}
    assert yuan(decide(policy, **firm)["local"]) == ("eligible", 15_000, 15_000)
    assert (
        yuan(decide(policy, **firm | {"spent": 5_000_000_00})["local"])[1] == 50_000
    )  # the national cap first


def test_asked_for_alone_it_is_the_same() -> None:
    policy = policy_of(NATIONAL + LOCAL, "national, local")
    found = decide(policy, "local", staff=10, spent=300_000_00, region="north")
    assert list(found) == ["local"]
    assert found["local"].amount == 15_000_00


def test_an_ineligible_one_awards_nothing() -> None:
    policy = policy_of(NATIONAL + LOCAL, "national, local")
    found = decide(policy, staff=9, spent=300_000_00, region="north")["local"]
    assert yuan(found) == ("ineligible", 0, 0)
    assert codes(found) == ["local.amount"]


def test_what_leaves_the_other_open_is_missing_here_too() -> None:
    policy = policy_of(NATIONAL + LOCAL, "national, local")
    found = decide(policy, staff=None, spent=300_000_00, region="north")["local"]
    assert yuan(found) == ("undetermined", None, 15_000)
    assert missing(found) == ["firm.staff"]
    assert codes(found) == ["local.staff"]
    assert "firm.staff" not in missing(decide(policy, staff=None, spent=0, region="south")["local"])


def test_limits_of_the_other_come_first_groups_do_not() -> None:
    capped = NATIONAL + "    limits: [at most 20000 per year]\n"
    groups = "groups:\n  both: {measures: [national, local], limits: [at most 12000 per year]}\n"
    policy = policy_of(capped + LOCAL, "national, local", groups)
    found = decide(policy, staff=10, spent=300_000_00, region="north")
    assert yuan(found["national"])[1] == 12_000
    # Half of 20,000, of which the group, national first, leaves nothing.
    assert yuan(found["local"])[1] == 0
    history = [HistoryEntry("national", 2026, 8_000_00)]
    open_ = decide(
        policy_of(capped + LOCAL, "national, local"),
        history=history,
        staff=10,
        spent=300_000_00,
        region="north",
    )
    assert (open_["national"].amount, open_["local"].amount) == (12_000_00, 6_000_00)


def test_a_condition_on_another_award() -> None:
    bonus = """
  bonus:
    clause: 三
    title: {zh: 增补, en: bonus}
    require: [award(national) > 0, firm.green]
    award: {fixed: 500}
"""
    policy = policy_of(NATIONAL + bonus, "national, bonus")
    firm = {"staff": 10, "spent": 100_00, "green": True}
    assert decide(policy, **firm)["bonus"].verdict == "eligible"
    no = decide(policy, **firm | {"staff": 9})["bonus"]
    assert (no.verdict, codes(no)) == ("ineligible", ["bonus.award"])
    open_ = decide(policy, **firm | {"staff": None})["bonus"]
    assert (open_.verdict, missing(open_)) == ("undetermined", ["firm.staff"])


def test_less_what_a_group_of_others_awards() -> None:
    others = """
  town-grant:
    clause: 三
    title: {zh: 镇奖励, en: town grant}
    where: {firm.region: south}
    award: {fixed: 700}
  rest:
    clause: 四
    title: {zh: 补足, en: the rest}
    where: {firm.region: north}
    award: {calculated: firm.spent, less: award(all-others), cap: 9000}
groups:
  all-others: {measures: [national, town-grant, rest], limits: [at most 1000000 per year]}
"""
    # `rest` is of the group itself: a cycle.
    assert refused(NATIONAL + others, "national, town-grant, rest") == [
        ("rest:", "awards that refer to each other: rest → rest")
    ]
    apart = others.replace("national, town-grant, rest]", "national, town-grant]")
    policy = policy_of(NATIONAL + apart, "rest, national, town-grant")
    found = decide(policy, staff=10, spent=8_000_00, region="north")
    assert yuan(found["rest"])[1] == 8_000 - 800
    assert yuan(decide(policy, staff=9, spent=8_000_00, region="north")["rest"])[1] == 8_000


def test_where_keeps_a_pair_apart_that_would_be_a_cycle() -> None:
    pair = """
  one:
    clause: 三
    title: {zh: 甲, en: one}
    where: {firm.region: north}
    award: {calculated: 100 + award(both)}
  two:
    clause: 四
    title: {zh: 乙, en: two}
    where: {firm.region: [south, west]}
    award: {calculated: 200 + award(both)}
groups:
  both: {measures: [one, two], limits: [at most 5000 per year]}
"""
    assert refused(pair, "one, two")[0][1] == "awards that refer to each other: one → one"
    crossed = pair.replace("100 + award(both)", "100 + award(two)").replace(
        "200 + award(both)", "200 + award(one)"
    )
    policy = policy_of(crossed, "one, two")
    assert yuan(decide(policy, region="north")["one"]) == ("eligible", 100, 100)
    assert yuan(decide(policy, region="west")["two"]) == ("eligible", 200, 200)


def test_measures_that_wait_for_each_other_are_refused_with_the_path() -> None:
    loop = (
        LOCAL.replace("award(national)", "award(third)")
        + """
  third:
    clause: 三
    title: {zh: 丙, en: third}
    award: {calculated: 1 * award(local)}
"""
    )
    assert refused(NATIONAL + loop, "national, local, third") == [
        ("local:", "awards that refer to each other: local → third → local")
    ]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("50% * award(nationl)", "there is no measure or group 'nationl'"),
        ("50% * award(local)", "awards that refer to each other: local → local"),
        ("50% * award(national, year)", "expected ')', found ','"),
        ("50% * award(national) * award(national)", None),
        ("50% * paid(that)", "there is no measure or group 'that'"),
        ("50% * paid(this, month)", "expected year"),
        ("50% * award(national-)", "expected a measure"),
    ],
)
def test_what_is_written_wrongly_is_told_at_its_line(said: str, why: str | None) -> None:
    written = LOCAL.replace("{calculated: 50% * award(national)}", "\n      calculated:\n        " + said)
    ((line, told),) = refused(NATIONAL + written, "national, local")
    assert told == why if why else "money" in told
    assert line in (said, "local:")


def test_only_measures_refer_to_awards() -> None:
    derived = "derived:\n  half: {type: money, label: [半, half], value: 50% * award(national)}\n"
    ((_, told),) = refused(NATIONAL, "national", derived)
    assert told == "only measures refer to awards: award()"


def test_an_award_that_an_official_decides_leaves_a_match_open() -> None:
    official = NATIONAL.replace("calculated: 10% * firm.spent, cap: 100000", "up_to: 10000")
    policy = policy_of(official + LOCAL, "national, local")
    found = decide(policy, staff=10, region="north")
    assert yuan(found["local"]) == ("undetermined", None, 5_000)
    assert missing(found["local"]) == []
    assert "local.award" in codes(found["local"])


def test_the_catalogue_names_the_facts_of_what_it_turns_on() -> None:
    policy = policy_of(NATIONAL + LOCAL, "national, local")
    local, national = policy.measures[1], policy.measures[0]
    assert required_facts(local, (), [national]) == ("firm.region", "firm.staff", "firm.spent")


# What was paid before


def test_what_history_paid_for_this_measure_and_for_others() -> None:
    rest = """
  top-up:
    clause: 三
    title: {zh: 补差, en: top-up}
    award:
      calculated: firm.spent
      less: paid(this) + paid(national, year)
"""
    policy = policy_of(NATIONAL + rest, "national, top-up")
    history = [
        HistoryEntry("top-up", 2025, 100_00),
        HistoryEntry("top-up", 2026, 20_00),
        HistoryEntry("national", 2025, 1_000_00),
        HistoryEntry("national", 2026, 3_00),
        HistoryEntry("national", 2026, 500_00, own=False),
    ]
    found = decide(policy, spent=1_000_00, history=history)["top-up"]
    assert yuan(found)[1] == 1_000 - 120 - 3
    assert yuan(decide(policy, spent=1_000_00)["top-up"])[1] == 1_000


WORKS = """
  works-grant:
    clause: 三
    title: {zh: 工程补助, en: works grant}
    each:
      item: work in works
      id: work.no
      require: [paid(this) < 300]
      award:
        calculated: work.cost
        cap: 500
        less: paid(this, year)
"""


def test_what_history_paid_for_each_item() -> None:
    policy = policy_of(WORKS, "works-grant")
    works = [{"no": "A", "cost": 400_00}, {"no": "B", "cost": 900_00}, {"no": "C", "cost": 900_00}]
    history = [
        HistoryEntry("works-grant", 2026, 100_00, "a"),
        HistoryEntry("works-grant", 2025, 200_00, "B"),
        HistoryEntry("works-grant", 2024, 300_00, "C"),
    ]
    found = decide(policy, works=works, history=history, traced=True)["works-grant"]
    assert [(line.item, line.verdict, line.amount) for line in found.lines] == [
        ("A", "eligible", 300_00), ("B", "eligible", 500_00), ("C", "ineligible", 0)
    ]  # fmt: skip
    assert found.amount == 800_00
    assert found.lines[2].reasons[0].point.code == "works-grant.paid"
    assert decide(policy, works=works)["works-grant"].amount == 400_00 + 500_00 + 500_00


# Both engines


EVERYTHING = NATIONAL + LOCAL + WORKS + """
  rest:
    clause: 四
    title: {zh: 补足, en: the rest}
    require: [award(local) < 20000]
    award: {calculated: firm.spent, less: award(two) + paid(this) + paid(two), cap: 90000}
  praise:
    clause: 五
    title: {zh: 表彰, en: praise}
    require: [award(rest) >= 100, firm.green]
    award: unspecified
groups:
  two: {measures: [national, local, works-grant], limits: [at most 100000 per year]}
"""  # fmt: skip


def test_columns_say_what_single_decisions_say() -> None:
    policy = policy_of(EVERYTHING, "praise, national, rest, local, works-grant")
    chance = random.Random(5)  # noqa: S311 - a population, the same every time
    named = {"name": "测", "uscc": "91140802MA0GT0018G", "division": None, "credit": None}

    def history() -> list[dict[str, object]]:
        entry = {"item": None, "items": None, "keys": None}
        names = ["national", "local", "rest", "works-grant"]
        return [
            {**entry, "measure": name, "year": chance.choice([2025, 2026]), "amount": chance.choice([1, 30_000]),
             "item": chance.choice(["A", "b"]) if name == "works-grant" else None}
            for name in chance.sample(names, chance.randrange(4))
        ]  # fmt: skip

    schema = population_schema(policy)
    fields = {one.name for one in schema["history"].inner.fields}  # type: ignore[union-attr]
    found = [
        {
            "ref": str(i), "applicant": named, "other_funding": None,
            "history": [{k: v for k, v in one.items() if k in fields} for one in history()],
            "facts": {
                "firm": {name: chance.choice(values) for name, values in CHOICES.items()},
                "works": chance.choice([None, [], [{"no": "A", "cost": 70_000}, {"no": "B", "cost": None}]]),
            },
        }
        for i in range(300)
    ]  # fmt: skip
    population = pl.DataFrame(found, schema=schema)
    answers = Columns(policy, year=2026, as_of=DAY).decide(population).answers
    alone, read = compile_policy(policy), Rows(policy, 2026, DAY)
    verdicts = set()
    for row, answer in zip(population.iter_rows(named=True), answers.iter_rows(named=True), strict=True):
        for one in alone.evaluate(read.request(row)).measures:
            verdicts.add((one.measure.id, one.verdict))
            assert answer[one.measure.id] == {
                "verdict": one.verdict, "amount": one.amount, "ceiling": one.ceiling, "potential": one.potential,
                "reasons": [reason.point.code for reason in one.reasons],
                "missing": [place(m.name, m.list_name, m.position).fact for m in one.missing],
            }  # fmt: skip
    assert len(verdicts) == 15  # each measure of each verdict
