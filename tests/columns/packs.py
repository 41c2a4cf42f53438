"""Random policies in which every construct that the loader takes stands somewhere, loaded like any other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import yaml

from app.rules.facts import MOST_ITEMS
from app.rules.language.value_ranges import range_of_value, scale_of
from app.rules.loading import PackErrors, load_policy
from tests.columns.grammar import LITERALS, Writer, rows
from tests.columns.measures import measure, words
from tests.columns.sections import OPTIONS, sections
from tests.columns.vocabulary import FILED, MICRO, SHARED_PARAMETERS

if TYPE_CHECKING:
    import random

    from app.rules.policy import Measure, Policy

    Yaml = dict[str, Any]

MEASURES = 5
FIGURED = {"fixed", "calculated"}
PLAIN_LIMITS = (
    "at most 1200 per year",
    "at most most_yuan per year",
    "at most 90000",
    "at most 2 awards",
    "at most most_pieces awards per year",
    "once per year",
)
LIMITS_OF_ITEMS = (
    "once per item",
    "at most 1200 per item and year",
    "at most 90000 per item",
    "at most 2 awards per item",
    "at most 700 per year",
)
LIMITS_BY_RANK = ("best 1 per year", "best 1 per year topped up", "once topped up", "at most 1200 per year")
STARTS = 20
"""How often it is begun anew."""
ATTEMPTS = 60
YEAR, PUBLISHED = 2026, "2026-01-15"
DAYS = (date(2024, 2, 29), date(2026, 11, 23))
HEAD: Yaml = {
    "id": "made",
    "family": "made",
    "title": {"zh": "随机政策", "en": "A random policy"},
    "authority": {"zh": "某局", "en": "An office"},
    "division": "140802",
    "status": "draft",
    "version": "1",
    "in_force": {"from": "2023-01-01"},
}


@dataclass
class Pack:
    """What a policy is made of; a part that the loader refuses is made anew."""

    chance: random.Random
    facts: dict[str, Yaml]
    """By path."""
    shared: Yaml
    """The policy's own parameters: those that are used are stated."""
    head: Yaml
    made: dict[str, Yaml]
    """Measures and services."""
    grouped: bool
    """Whether measures share limits: also where a group had to be drawn anew."""
    notice: Yaml = field(default_factory=dict)

    @classmethod
    def of(cls, chance: random.Random) -> Pack:
        made = {f"measure-{index}": measure(chance, index) for index in range(MEASURES)}
        grouped = chance.random() < 0.5
        if grouped and chance.random() < 0.3:
            made |= {name: _of_items(chance, name) for name in list(made)[:2]}
        pack = cls(
            chance, sections(chance), _shared(chance), _head(chance, made, grouped=grouped), made, grouped
        )
        pack.notice = notice_of(pack)
        return pack

    @property
    def paying(self) -> list[str]:
        return [name for name, one in self.made.items() if "does" not in one]

    def files(self) -> dict[str, str]:
        services = {name: one for name, one in self.made.items() if "does" in one}
        head = {**self.head, "order": list(self.made), "services": services}
        if standards := [path.split("/")[1].removesuffix(".yaml") for path in self.facts if "/" in path]:
            head["standards"] = standards
        said = {path: dump(one) for path, one in self.facts.items()}
        said |= {
            f"measures/{name}.yaml": dump(one) for name, one in self.made.items() if name not in services
        }
        text = dump(head) + "".join(said.values())
        if parameters := {name: value for name, value in self.shared.items() if name in text}:
            head["parameters"] = parameters
        notice = {f"notices/{YEAR}.yaml": dump(self.notice)}
        return {"policy.yaml": dump(head), **said, "sets/filed.txt": FILED, **notice}

    def mend(self, refused: PackErrors) -> None:
        """Write anew what the loader refuses: a condition that always holds, a value below 0."""
        for path in sorted({error.file for error in refused.errors}):
            if path.startswith("measures/"):
                self.anew(path.removeprefix("measures/").removesuffix(".yaml"))
            elif path.startswith("notices/"):
                self.notice = notice_of(self)
            elif path == "policy.yaml":
                self.head = _head(self.chance, self.made, grouped=self.grouped)
                self.shared = _shared(self.chance)
                for name in [name for name, one in self.made.items() if "does" in one]:
                    self.made[name] = measure(self.chance, int(name.rpartition("-")[2]), service=True)
            else:
                raise refused

    def anew(self, name: str) -> None:
        self.made[name] = measure(self.chance, int(name.rpartition("-")[2]), service=False)


def random_policy(chance: random.Random) -> Policy:
    """A policy of a few measures, and the same under a notice of 2026."""
    return random_pack(chance)[1]


def random_pack(chance: random.Random) -> tuple[dict[str, str], Policy]:
    """The files of such a policy, and the policy."""
    for _ in range(STARTS):
        pack = Pack.of(chance)
        if (policy := _tried(pack)) is not None:
            return pack.files(), policy
    raise AssertionError("no policy that the loader takes")


def _tried(pack: Pack) -> Policy | None:
    """The policy; None where mending leads nowhere."""
    for _ in range(ATTEMPTS):
        try:
            policy = load_policy(pack.files())
        except PackErrors as refused:
            pack.mend(refused)
            continue
        read = [policy, *(term.policy for term in policy.terms)]
        too_large = {one.id for each in read for one in each.measures if not fits(one)}
        if not too_large:
            return policy
        for name in sorted(too_large):
            pack.anew(name)
    return None


def moments(policy: Policy, chance: random.Random) -> tuple[int, date]:
    """A year and a day on which it is asked: mostly at an edge of what is dated in it."""
    days = set(DAYS)
    for one in policy.measures:
        if one.in_force is not None:
            days |= _around(one.in_force.since) | _around(one.in_force.until, 1)
    days |= {day for term in policy.terms for day in _around(term.since)}
    days |= {day for notice in policy.notices for day in _around(notice.published)}
    years = {YEAR - 1, YEAR} | {term.year - back for term in policy.terms if term.year for back in (0, 1)}
    return chance.choice(sorted(years)), chance.choice(sorted(days))


def _around(day: date | None, after: int = 0) -> set[date]:
    """The last day before a change, and the first one after it."""
    return set() if day is None else {day + timedelta(after - 1), day + timedelta(after)}


def fits(made: Measure) -> bool:
    """Whether its amounts are whole fen of 64 bits, added up over a list, whatever a request states."""
    each = made.each
    inside = () if each is None else (each.counts, None if each.award is None else each.award.value)
    amounts = [(made.award.value, 1), *((amount, MOST_ITEMS) for amount in inside)]
    return all(
        range_of_value(amount)[1] * times < 2**63 * scale_of(amount)
        for amount, times in amounts
        if amount is not None
    )


def dump(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=10**6)


def _head(chance: random.Random, made: dict[str, Yaml], *, grouped: bool) -> Yaml:
    """General exclusions: of all money, of items by what they publish, or none."""
    writer = Writer(chance)
    exclusions: Yaml = {}
    if writer.likely(0.8):
        bars = {"when": "applicant.credit.joint_punishment", "bars": "money"}
        exclusions["joint"] = {**bars, "clause": "六", "title": words("joint")}
    if writer.likely(0.4):
        test = Writer(chance).condition(1)
        exclusions["other"] = {"when": test, "bars": "money", "clause": "七", "title": words("other")}
    for key in ("project", "mark"):
        if writer.likely(0.6):
            bars = {"bars": f"items with {key}"}
            exclusions[f"same-{key}"] = {**bars, "clause": "六", "title": words(key)}
    head = {**HEAD, "exclusions": exclusions} if exclusions else dict(HEAD)
    if grouped:
        head["groups"] = {"some": _group(chance, made)}
    return head


def _shared(chance: random.Random) -> Yaml:
    """The policy's parameters, each now and then by year or by day."""
    texts = {name: LITERALS[kind] for kind, name in SHARED_PARAMETERS.items()} | {MICRO: ("5", "10", "12")}
    stated = {name: chance.choice(some) for name, some in texts.items()}
    return {
        name: rows(chance, texts[name], first) if chance.random() < 0.2 else first
        for name, first in stated.items()
    }


def _of_items(chance: random.Random, name: str) -> Yaml:
    """A measure that awards items which have an id, as limits per item need of all members of a group."""
    while True:
        one = measure(chance, int(name.rpartition("-")[2]), service=False)
        if {"award", "id"} <= one.get("each", {}).keys():
            return one


def _group(chance: random.Random, made: dict[str, Yaml]) -> Yaml:
    """Limits of two measures or of all, by what the members award; what does not go together is drawn anew."""
    paying = [name for name, one in made.items() if "does" not in one]
    members = sorted(chance.sample(paying, 2)) if len(paying) > 1 else paying
    by_item = [name for name in paying if {"award", "id"} <= made[name].get("each", {}).keys()]
    ranked = [name for name in paying if FIGURED & _award_of(made[name]).keys()]
    limits: tuple[str, ...] = PLAIN_LIMITS
    named: Any = chance.choice((members, members, "all"))
    if len(by_item) > 1 and chance.random() < 0.95:
        limits, named = LIMITS_OF_ITEMS, sorted(chance.sample(by_item, 2))
    elif len(ranked) > 1 and chance.random() < 0.7:
        limits, named = LIMITS_BY_RANK, sorted(chance.sample(ranked, 2))
    found = chance.sample(limits, chance.choice((1, 2)))
    titled = {"title": words("group")} if chance.random() < 0.3 else {}
    return titled | {"measures": named, "limits": found}


def _award_of(one: Yaml) -> Yaml:
    """The mapping of its award; of `unspecified` nothing."""
    found = one.get("each", {}).get("award", one.get("award"))
    return found if isinstance(found, dict) else {}


def notice_of(pack: Pack) -> Yaml:
    """One that changes parameters, readings and tables, adds a requirement or closes a measure."""
    chance, made, paying = pack.chance, pack.made, pack.paying
    notice: Yaml = {"year": str(YEAR), "published": PUBLISHED}
    if paying and chance.random() < 0.3:
        notice["closed"] = [chance.choice(paying)]
    if paying and chance.random() < 0.5:
        name = chance.choice(paying)
        test = Writer(chance).test(0)
        notice["require"] = {name: {"is": test, "code": "added"}}
    if chance.random() < 0.3:
        notice["readings"] = {"way": chance.choice(OPTIONS)}
    if chance.random() < 0.3:
        changed = {"by_size": {"small": "7"}, "reference": {"2026-03-01": "2.9%"}}
        changed |= {"allowance": {"none": {"2026": "55.55"}}}
        notice["tables"] = {
            name: changed[name] for name in chance.sample(tuple(changed), chance.choice((1, 2)))
        }
    named = [
        (f"{one}.{name}", value) for one in paying for name, value in made[one].get("parameters", {}).items()
    ]
    changing = {name: _other(chance, value) for name, value in chance.sample(named, min(len(named), 2))}
    if chance.random() < 0.4:
        changing[MICRO] = chance.choice(("3", "25"))
    if changing and chance.random() < 0.6:
        notice["parameters"] = changing
    return notice


def _other(chance: random.Random, value: Any) -> str:
    """Another constant of the type that one has."""
    text = next(iter(value.values())) if isinstance(value, dict) else value
    kinds = [kind for kind, texts in LITERALS.items() if text in texts]
    return chance.choice(LITERALS[chance.choice(kinds)] if kinds else ("800", "1200"))


__all__ = ["DAYS", "YEAR", "moments", "random_pack", "random_policy"]
