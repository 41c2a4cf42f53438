"""Random texts of the policy language, of every type and with every construct, over the facts of `vocabulary`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.columns.vocabulary import FACTS, FIELDS, LISTS, LOOKED_UP, ORDERED, SETS, SHARED_PARAMETERS

if TYPE_CHECKING:
    import random

    Yaml = dict[str, Any]

COMPARISONS = ("==", "!=", ">=", ">", "<=", "<")
OUTSIDE, INSIDE = ("and", "or", "not", "aggregate", "aggregate"), ("and", "or", "not", "aggregate")
TESTS = ("bool", "number", "number", "number", "date", "date", "choice", "choice", "text", "year", "period")
NUMERIC = ("count", "money", "percent", "number")
LITERALS = {
    "count": ("0", "1", "2", "5", "10"),
    "money": ("0", "0.01", "7", "99.99", "1000", "250000"),
    "percent": ("0%", "12.5%", "33.333333%", "50%", "100%"),
    "number": ("0.05", "1.5", "2", "3.333"),
    "date": ("2024-02-29", "2025-02-28", "2025-11-23", "2026-11-23"),
}
DIVISORS = {"count": ("3", "7", "12", "known.few"), "number": ("1.5", "0.3", "known.grade")}
"""What is never 0."""
BY_YEAR = ("2020", "2022", "2025", "2026")
BY_DAY = ("2022-06-01", "2023-01-01", "2024-02-29", "2026-11-23")
"""Where the rows of a parameter begin: the first before the policy is in force, the others within."""


def rows(chance: random.Random, texts: tuple[str, ...], first: str) -> Yaml:
    """A constant by year or by day."""
    edges = chance.choice((BY_YEAR, BY_DAY))
    begun = chance.choice((edges[:1], edges[:2]))
    later = sorted(chance.sample(edges[2:], chance.choice((1, 1, 2))))
    return {edge: first if edge == edges[0] else chance.choice(texts) for edge in (*begun, *later)}


@dataclass
class Writer:
    """Writes the texts of one measure. `parameters` collects what it names; `words` are the items in scope."""

    chance: random.Random
    parameters: Yaml = field(default_factory=dict)
    words: tuple[tuple[str, str], ...] = ()
    built_in: tuple[str, ...] = ()
    """Names that have a meaning here: counted, items, due, paid(this)."""
    awards: tuple[str, ...] = ()
    """What may be asked of other awards and of history: award(measure-0), paid(this, year)."""

    def within(self, word: str, list_name: str) -> Writer:
        return replace(self, words=(*self.words, (word, list_name)))

    def named(self, *built_in: str) -> Writer:
        return replace(self, built_in=built_in)

    def likely(self, share: float) -> bool:
        return self.chance.random() < share

    def fact(self, kind: str) -> str:
        """A fact of a type; inside an aggregate or `each` mostly a field of the item, or what a table has for it."""
        fields = [f"{word}.{name}" for word, of in self.words for name in FIELDS[of].get(kind, ())]
        fields += [
            LOOKED_UP[kind].format(word) for word, of in self.words if of == "things" and kind in LOOKED_UP
        ]
        if fields and self.likely(0.75):
            return self.chance.choice(fields)
        return self.chance.choice(FACTS[kind])

    def literal(self, kind: str) -> str:
        """A constant, now and then under a name."""
        text = self.chance.choice(LITERALS[kind])
        if self.likely(0.05) and kind in SHARED_PARAMETERS:
            return SHARED_PARAMETERS[kind]
        return self.parameter(kind, text) if self.likely(0.2) else text

    def parameter(self, kind: str, text: str) -> str:
        """A name for a constant: for life, or with other values in other years or from other days on."""
        name = f"limit_{len(self.parameters)}"
        self.parameters[name] = rows(self.chance, LITERALS[kind], text) if self.likely(0.25) else text
        return name

    # Conditions

    def condition(self, depth: int) -> str:
        """Any condition."""
        if depth > 0 and self.likely(0.35):
            form = self.chance.choice(INSIDE if self.words else OUTSIDE)
            if form == "not":
                return f"not ({self.condition(depth - 1)})"
            if form == "aggregate":
                return self.quantified(depth - 1)
            return f"({self.condition(depth - 1)} {form} {self.condition(depth - 1)})"
        return self.test(depth)

    def test(self, depth: int) -> str:
        """One atomic condition."""
        if self.built_in and self.likely(0.4):
            name = self.chance.choice(self.built_in)
            return self.comparison(name, self.operand("count" if name == "items" else "money", depth))
        which = self.chance.choice(TESTS)
        match which:
            case "bool":
                return self.chance.choice(("", "not ")) + self.fact("bool")
            case "number":
                kind = self.chance.choice(NUMERIC)
                return self.comparison(self.number(kind, depth), self.operand(kind, depth))
            case "date":
                return self.comparison(self.day(depth), self.day(depth))
            case "choice":
                return self.of_choice()
            case "text":
                return self.of_text()
            case "period":
                operator = self.chance.choice((">=", ">=", ">", "<"))
                return f"years({self.fact('date')}, as_of) {operator} {self.chance.choice('125')}"
        return self.comparison(f"year({self.day(1)})", self.chance.choice(("year", "year - 1", "2025")))

    def comparison(self, left: str, right: str) -> str:
        if self.likely(0.3):
            left, right = right, left
        return f"{left} {self.chance.choice(COMPARISONS)} {right}"

    def of_choice(self) -> str:
        """Equality, order, membership of listed codes or of a set, and two facts of one choice."""
        kind = self.chance.choice(("level", "size", "size"))
        codes, fact = ORDERED[kind].codes, self.fact(kind)
        operators = COMPARISONS if ORDERED[kind].ordered else ("==", "!=")
        match self.chance.choice(("code", "fact", "among", "set")):
            case "code":
                return f"{fact} {self.chance.choice(operators)} {self.chance.choice(codes)}"
            case "fact":
                return f"{fact} {self.chance.choice(operators)} {self.fact(kind)}"
            case "among":
                among = self.chance.sample(codes, self.chance.randint(1, len(codes) - 1))
                return f"{fact} {self.chance.choice(('in', 'not in'))} [{', '.join(among)}]"
        return f"{fact} {self.chance.choice(('in', 'not in'))} {self.chance.choice(SETS[kind])}"

    def of_text(self) -> str:
        fact = self.fact("text")
        match self.chance.choice(("same", "same", "set", "among", "fact")):
            case "set":
                return f"{fact} {self.chance.choice(('in', 'not in'))} {self.chance.choice(SETS['text'])}"
            case "among":
                return f"{fact} {self.chance.choice(('in', 'not in'))} ['P1', '某某']"
            case "fact":
                return f"{fact} {self.chance.choice(('==', '!='))} {self.fact('text')}"
        return f"{fact} {self.chance.choice(('==', '!='))} {self.chance.choice(('某某', 'P1', 'p2')).join(chr(39) * 2)}"

    def quantified(self, depth: int) -> str:
        """`any` and `all`, with and without `where`."""
        inner, opening = self._inside()
        if inner is None:
            return self.test(depth)
        if self.likely(0.5):
            where = f" where {inner.condition(depth)}" if self.likely(0.8) else ""
            return f"any({opening}{where})"
        where = f" where {inner.condition(depth)}" if self.likely(0.5) else ""
        return f"all({inner.condition(depth)} for {opening}{where})"

    def _inside(self) -> tuple[Writer | None, str]:
        """A writer over the items of a list, under a word that is not taken."""
        taken = {word for word, _ in self.words}
        free = [word for word in ("one", "other", "third") if word not in taken]
        if not free or len(self.words) > 1:
            return None, ""
        list_name = self.chance.choice(LISTS)
        return self.within(free[0], list_name), f"{free[0]} in {list_name}"

    # Numbers

    def operand(self, kind: str, depth: int) -> str:
        return self.literal(kind) if self.likely(0.5) else self.number(kind, depth)

    def number(self, kind: str, depth: int) -> str:
        """A number of a type that is no constant."""
        if kind == "count" and self.likely(0.25):
            return self.period(depth)
        if kind == "number" and self.likely(0.15):
            return f"(-{self.plain(kind)})"
        if depth <= 0 or self.likely(0.3):
            return self.plain(kind)
        match self.chance.choice(("sum", "product", "quotient", "least", "aggregate", "aggregate")):
            case "sum":
                sign = self.chance.choice(("+", "+", "-"))
                return f"({self.number(kind, depth - 1)} {sign} {self.operand(kind, depth - 1)})"
            case "product":
                return self.product(kind, depth - 1)
            case "quotient" if kind != "count":
                by = self.chance.choice(DIVISORS[self.chance.choice(tuple(DIVISORS))])
                return f"({self.plain(kind)} / {by})"
            case "least":
                more = [self.operand(kind, depth - 1) for _ in range(self.chance.randint(1, 2))]
                sides = [self.number(kind, depth - 1), *more]
                return f"{self.chance.choice(('min', 'max'))}({', '.join(sides)})"
            case "aggregate":
                return self.aggregate(kind, depth - 1)
        return self.plain(kind)

    def plain(self, kind: str) -> str:
        built_in = [name for name in self.built_in if (name == "items") == (kind == "count")]
        if built_in and kind in ("count", "money") and self.likely(0.7):
            return self.chance.choice(built_in)
        if kind == "money" and self.awards and self.likely(0.15):
            return self.chance.choice(self.awards)
        return self.fact(kind)

    def product(self, kind: str, depth: int) -> str:
        factor = {
            "money": ("count", "percent", "number"),
            "number": ("number", "percent"),
            "percent": ("count",),
        }
        other = self.chance.choice(factor.get(kind, ("count",)))
        text = f"{self.operand(other, depth)} * {self.plain(kind)}"
        if self.likely(0.1):
            text = f"-1 * {text}"
        return f"({text})"

    def period(self, depth: int) -> str:
        """Whole years, months or days between two days."""
        function = self.chance.choice(("years", "months", "days"))
        return f"{function}({self.day(depth)}, {self.day(depth)})"

    def aggregate(self, kind: str, depth: int) -> str:
        """`count sum max min` over a list, with `where` and `else` at random."""
        inner, opening = self._inside()
        if inner is None:
            return self.plain(kind)
        where = f" where {inner.condition(depth)}" if self.likely(0.6) else ""
        if kind == "count" and self.likely(0.6):
            return f"count({opening}{where})"
        function = self.chance.choice(("sum", "max", "min"))
        ending = ""
        if function == "min" or (function == "max" and self.likely(0.4)):
            ending = f" else {self.operand(kind, 0)}"
        return f"{function}({inner.number(kind, depth)} for {opening}{where}{ending})"

    # Days

    def day(self, depth: int) -> str:
        if depth <= 0 or self.likely(0.3):
            return self.chance.choice((self.fact("date"), self.fact("date"), "as_of", self.literal("date")))
        if self.likely(0.5):
            turn = self.chance.choice(("month_start", "month_end", "year_start", "year_end"))
            return f"{turn}({self.day(depth - 1)})"
        unit = self.chance.choice(("days", "months", "years", "day", "month", "year"))
        count = self.chance.choice((1, 3, 12, 31, 400, 99_999))
        return f"({self.day(depth - 1)} {self.chance.choice('+-')} {count} {unit})"
