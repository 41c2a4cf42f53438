"""Random policies in which every construct that the loader takes stands somewhere, loaded like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from app.rules.facts import MOST_ITEMS
from app.rules.language.value_ranges import range_of_value, scale_of
from app.rules.loading import PackErrors, load_policy
from tests.columns.grammar import Writer
from tests.columns.scarcity import allotment
from tests.columns.values import DEPTH, award
from tests.columns.vocabulary import FILED, ORDERED, TEXT

if TYPE_CHECKING:
    import random

    from app.rules.policy import Measure, Policy

    Yaml = dict[str, Any]

KINDS = ("fixed", "calculated", "calculated", "up_to", "unspecified", "service")
FIGURED = ("fixed", "calculated")
MEASURES = 5
STARTS = 20
"""How often it is begun anew."""
ATTEMPTS = 60
YEAR, PUBLISHED = 2026, "2026-01-15"
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


def words(text: str) -> dict[str, str]:
    return {"zh": f"测{text}", "en": text}


def random_policy(chance: random.Random) -> Policy:
    """A policy of a few measures, and the same under a notice of 2026."""
    for _ in range(STARTS):
        if (policy := _tried(chance)) is not None:
            return policy
    raise AssertionError("no policy that the loader takes")


def _tried(chance: random.Random) -> Policy | None:
    """One with what a head and a notice of chance allow; None where mending leads nowhere."""
    made = {f"measure-{index}": measure(chance, index) for index in range(MEASURES)}
    head = _head(chance)
    notice = _notice(chance, made)
    for _ in range(ATTEMPTS):
        try:
            policy = load_policy(_files(head, made, notice))
        except PackErrors as refused:
            _anew(chance, refused, head, made, notice)
            continue
        too_large = [one.id for one in policy.measures if not fits(one)]
        if not too_large:
            return policy
        for name in too_large:
            made[name] = measure(chance, int(name.rpartition("-")[2]), service=False)
    return None


def as_read_in(policy: Policy, year: int) -> Policy:
    """The policy under the notice of a year, where it has one."""
    return next((notice.policy for notice in policy.notices if notice.year == year), policy)


def _files(head: Yaml, made: dict[str, Yaml], notice: Yaml) -> dict[str, str]:
    services = {name: one for name, one in made.items() if "does" in one}
    files = {
        "policy.yaml": dump({**head, "order": list(made), "services": services}),
        "facts.yaml": TEXT,
        "sets/filed.txt": FILED,
        f"notices/{YEAR}.yaml": dump(notice),
    }
    return files | {f"measures/{name}.yaml": dump(one) for name, one in made.items() if name not in services}


def _anew(
    chance: random.Random, refused: PackErrors, head: Yaml, made: dict[str, Yaml], notice: Yaml
) -> None:
    """Parts that the loader refuses (a condition that always holds, a value below 0) are written anew."""
    for path in sorted({error.file for error in refused.errors}):
        if path.startswith("measures/"):
            name = path.removeprefix("measures/").removesuffix(".yaml")
            made[name] = measure(chance, int(name.rpartition("-")[2]), service=False)
        elif path.startswith("notices/"):
            fresh = _notice(chance, made)
            notice.clear()
            notice.update(fresh)
        else:
            head.update(_head(chance))
            for name in [name for name, one in made.items() if "does" in one]:
                made[name] = measure(chance, int(name.rpartition("-")[2]), service=True)
    told = {error.file for error in refused.errors}
    if not told <= {"policy.yaml", f"notices/{YEAR}.yaml", *(f"measures/{name}.yaml" for name in made)}:
        raise refused


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


def _head(chance: random.Random) -> Yaml:
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
    if writer.likely(0.35):
        head["groups"] = {"some": _group(chance)}
    return head


def _group(chance: random.Random) -> Yaml:
    """Limits of two measures or of all; what does not go with what they are is drawn anew."""
    members = [f"measure-{index}" for index in sorted(chance.sample(range(MEASURES), 2))]
    limits = [
        "at most 1200 per year",
        "at most 90000",
        "at most 2 awards",
        "once per year",
        "best 1 per year",
    ]
    found = chance.sample([*limits, "best 1 per year topped up"], chance.choice((1, 2)))
    return {"measures": chance.choice((members, members, "all")), "limits": found}


def _notice(chance: random.Random, made: dict[str, Yaml]) -> Yaml:
    """One that changes parameters, adds a requirement or closes a measure."""
    notice: Yaml = {"year": str(YEAR), "published": PUBLISHED}
    paying = [name for name, one in made.items() if "does" not in one]
    if paying and chance.random() < 0.3:
        notice["closed"] = [chance.choice(paying)]
    if paying and chance.random() < 0.5:
        name = chance.choice(paying)
        test = Writer(chance).test(0)
        notice["require"] = {name: {"is": test, "code": "added"}}
    return notice


def measure(chance: random.Random, index: int, *, service: bool | None = None) -> Yaml:
    """A measure of any kind, with or without items."""
    kind = chance.choice(KINDS[:-1] if service is False else KINDS)
    if service or kind == "service":
        return _service(chance)
    writer = Writer(chance)
    one: Yaml = {"clause": "一", "title": words(f"m{index}")}
    if writer.likely(0.7):
        one["require"] = requirements(writer, "r")
    limits = _each(writer, one, kind) if writer.likely(0.6) else []
    if "award" not in one and "award" not in one.get("each", {}):
        one["award"] = award(writer, kind)
    _limit(writer, one, kind, limits)
    if writer.likely(0.3):
        one["flags"] = {"look": flag(writer)}
    by_item = "award" in one.get("each", {})
    if writer.likely(0.3) and (shared := allotment(writer, kind, by_item=by_item)) is not None:
        one["allot"] = shared
    if writer.parameters:
        one["parameters"] = dict(writer.parameters)
    return one


def _service(chance: random.Random) -> Yaml:
    one: Yaml = {"clause": "二", "title": words("service"), "does": words("help")}
    writer = Writer(chance)
    require = requirements(writer, "r")
    # A service has no parameters of its own.
    return one | ({} if writer.parameters else {"require": require})


def requirements(writer: Writer, prefix: str) -> list[Any]:
    """Expressions alone, with a code, under all, any and not, and in named groups."""
    count = [0]
    return [_requirement(writer, prefix, count, DEPTH) for _ in range(writer.chance.choice((1, 1, 2, 3)))]


def _requirement(writer: Writer, prefix: str, count: list[int], depth: int) -> Any:
    count[0] += 1
    code = f"{prefix}{count[0]}"
    form = writer.chance.choice(("is", "is", "is", "all", "any", "not", "named"))
    if depth == 0 or form == "is":
        stated = {"is": writer.condition(1), "code": code}
        return stated | ({"says": words("it")} if writer.likely(0.2) else {})
    if form == "not":
        return {"not": _requirement(writer, prefix, count, depth - 1)}
    legs = [_requirement(writer, prefix, count, depth - 1) for _ in range(writer.chance.choice((1, 2, 3)))]
    if form == "named":
        return {"code": code, writer.chance.choice(("all", "any")): legs}
    return {form: legs}


def flag(writer: Writer) -> Yaml:
    return {writer.chance.choice(("when", "unless")): writer.condition(1), "says": words("look")}


def _each(writer: Writer, one: Yaml, kind: str) -> list[str]:
    """Items: awarded on their own or counted; the limits of items that they allow."""
    list_name = writer.chance.choice(("things", "things", "deep.parts"))
    inner = writer.within("thing", list_name)
    each: Yaml = {"item": f"thing in {list_name}"}
    one["each"] = each
    named = list_name == "things" and writer.likely(0.85)
    if named:
        each["id"] = "thing.thing_id"
    if list_name == "things" and writer.likely(0.6):
        project = writer.chance.choice(("thing.project", "thing.project", "thing.thing_id"))
        each["keys"] = {"project": project} | ({"mark": "thing.label"} if writer.likely(0.5) else {})
    if writer.likely(0.8):
        each["require"] = requirements(inner, "i")
    if writer.likely(0.5):
        each["award"] = award(inner, kind)
    elif kind != "unspecified" and writer.likely(0.7):
        each["counts"] = inner.number("money", DEPTH)
        one["award"] = award(writer.named("counted", "items"), kind)
    else:
        one["award"] = award(writer.named("items"), kind)
    if writer.likely(0.5):
        names = (["due"] if "award" in each else []) + (["paid(this)"] if named else [])
        each["flags"] = {"see": flag(inner.named(*names))}
    if not named or writer.likely(0.3):
        return []
    return [writer.chance.choice(("once per item", "once per item and year", "once per item for anyone"))]


def _limit(writer: Writer, one: Yaml, kind: str, limits: list[str]) -> None:
    """Limits of the measure behind those of its items."""
    if kind in FIGURED and writer.likely(0.5):
        limits.append(f"at most {writer.chance.choice((900, 1000, 200000))} per year")
    if writer.likely(0.4):
        limits.append(writer.chance.choice(("once", "once per year", "once per year for anyone")))
    if "each" not in one and writer.likely(0.4):
        level = writer.fact(writer.chance.choice(tuple(ORDERED)))
        limits.append(f"once per {level}" + writer.chance.choice(("", " and year", " for anyone")))
    if writer.likely(0.4):
        limits += _counted(writer, one, kind)
    if limits:
        one["limits"] = limits


def _counted(writer: Writer, one: Yaml, kind: str) -> list[str]:
    """Limits by number, by key, for life; among items the best and the first."""
    each = one.get("each", {})
    chance, stated, named = writer.chance, kind in ("fixed", "calculated"), "id" in each
    key, kept = ("known.level", "known.note"), chance.choice((["known.level"], ["known.note"]))
    awarded = "award" in each
    if awarded:
        key = ("thing.rank", "known.level") + (("thing.label",) if named else ())
        kept = [chance.choice(key)]
        if each["item"] == "thing in things":
            kept = [name for name in kept if name.split(".")[-1] not in each.get("keys", {})]
    found = [chance.choice((f"at most {chance.choice('123')} awards", "at most 2 awards per year"))]
    if kind != "unspecified":
        found += chance.sample(
            ["at most 1500", f"at most 700 per {kept[0]}"] if kept else ["at most 1500"], 1
        )
    if awarded or named:
        by = " by thing.since" if writer.likely(0.4) or kind == "unspecified" else ""
        among = chance.choice(
            (f"best {chance.choice('12')}{by}", f"first {chance.choice('12')} by thing.units")
        )
        choose = [among + " per year"]
        if awarded:
            choose += [f"{among} per thing.rank and year", "once per thing.rank and year"]
        if awarded and kept and kept[0].startswith("thing"):
            choose += [f"{among} per {kept[0]}"] + (
                [f"{among} per {kept[0]} topped up"] * 4 if stated else []
            )
        found.insert(0, chance.choice(choose))
    if awarded and named and kind != "unspecified" and writer.likely(0.3):
        found.append("at most 300 per item")
    elif stated and writer.likely(0.4) and not any("topped" in limit for limit in found):
        found.append("once topped up")
    if kept:
        one["ledger"] = {"keys": kept}
    return found


__all__ = ["YEAR", "as_read_in", "random_policy"]
