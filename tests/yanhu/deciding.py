"""The oracle's general rules: exclusions, items, limits, amounts, totals, applied to the rows of `oracle`."""

from __future__ import annotations

from typing import Any as Json

from tests.yanhu.oracle import ROWS, Line, Reader, Request, Row, fen, item_key
from tests.yanhu.truth import Truth, conjunction

PLEDGE_CAP = 20_000_000
BARRED = "exclusion.joint-punishment"
PUNISHMENT = "applicant.credit.joint_punishment"


def yuan(amount: int | None) -> str | None:
    return None if amount is None else f"{amount // 100}.{amount % 100:02d}"


def decide(body: Json) -> dict[str, Json]:
    """{"measures": {id: answer}, "totals": {...}} for a valid request body."""
    request = Request(body)
    wanted = body.get("measures") or list(ROWS)
    measures = {m: Decision(m, request).answer() for m in ROWS if m in wanted}
    mark_same_projects(measures)
    return {"measures": measures, "totals": totals(measures)}


def mark_same_projects(measures: dict[str, Json]) -> None:
    seen: set[str] = set()
    for answer in measures.values():
        for line in answer["lines"]:
            project = line.pop("project")
            if project is None:
                continue
            if item_key(project) in seen:
                line["flags"] = sorted([*line["flags"], "same_project"])
            seen.add(item_key(project))


def totals(measures: dict[str, Json]) -> dict[str, Json]:
    paid = [a for a in measures.values() if a["kind"] != "service"]
    due = [a for a in paid if a["verdict"] == "eligible"]
    return {
        "amount": yuan(sum(fen(a["amount"]) or 0 for a in due if a["kind"] in ("fixed", "calculated"))),
        "discretionary_ceiling": yuan(sum(fen(a["ceiling"]) or 0 for a in due if a["kind"] == "up_to")),
        "potential": yuan(sum(fen(a["potential"]) or 0 for a in paid)),
        "unbounded": [m for m, a in measures.items() if a["kind"] != "service" and a["potential"] is None],
        "currency": "CNY",
    }


class Decision:
    """One measure for one request: the order of work of the page on measures, step by step."""

    def __init__(self, measure: str, request: Request) -> None:
        self.measure = measure
        self.request = request
        self.row: Row = ROWS[measure](Reader(measure, request))
        self.money = self.row.kind != "service"
        self.barred: Truth = request.get(PUNISHMENT) if self.money else False
        self.required = conjunction(node.truth for node in self.row.require)
        self.looked_at = (
            self.row.list_name is not None and self.barred is not True and self.required is not False
        )
        for line in self.row.lines or []:
            self.end_line(line)
        self.limits: list[list[Json]] = []
        self.ended_by: list[str] = []
        self.remaining: int | None = None
        self.level_unknown = False
        self.apply_limit()
        self.low, self.high = self.figures()

    # --- items

    def end_line(self, line: Line) -> None:
        if line.project is not None and self.request.supported(line.project):
            line.ends.append("exclusion.same-project")
        if self.measure in ("patent-award-match", "navigation", "gi-trademark"):
            rows = self.request.past(self.measure)
            line.paid_awards = sum(item_key(h["item"]) == item_key(line.item) for h in rows)
        if self.measure == "pledge-financing":
            rows = self.request.past(self.measure, this_year=True)
            counted = [[h.get("item"), *(h.get("items") or [])] for h in rows]
            line.paid_awards = sum(item_key(line.item) in [item_key(n) for n in c if n] for c in counted)
        if line.paid_awards:
            line.ends.append("limit.once_per_item")

    def verdict_of(self, line: Line) -> str:
        low, high = line.figure
        if line.truth is False or (self.row.inner and high == 0):
            return "ineligible"
        if line.truth is None:
            return "undetermined"
        if self.row.kind == "up_to":
            return "eligible"
        return "eligible" if low == high else "undetermined"

    def line_reasons(self, line: Line) -> list[str]:
        verdict = self.verdict_of(line)
        if verdict == "eligible":
            return line.condition.holding()
        if verdict == "ineligible":
            failing = line.condition.failing()
            word = f"{self.measure}.amount"
            if self.row.inner and line.figure[1] == 0 and not failing:
                failing.append(word)
            return [*failing, *line.ends]
        codes = line.condition.unknown()
        codes += [f"{self.measure}.{fact.rsplit('.', 1)[-1]}" for fact in line.figure_asks]
        return list(dict.fromkeys(codes))

    def line_answer(self, line: Line) -> dict[str, Json]:
        verdict = self.verdict_of(line)
        own = {"ineligible": 0, "undetermined": None, "eligible": line.figure[0]}[verdict]
        return {
            "item": line.item,
            "verdict": verdict,
            "amount": yuan(own) if self.row.inner else None,
            "counted": yuan(own) if self.measure == "pledge-financing" else None,
            "reasons": self.line_reasons(line),
            "flags": sorted(line.flags),
            "project": line.project,
        }

    def items_truth(self) -> Truth:
        """Whether at least one item is awarded (or counts)."""
        if self.row.list_name is None:
            return True
        if self.row.lines is None:
            return None
        verdicts = [self.verdict_of(line) for line in self.row.lines]
        certain = [line.truth is True for line in self.row.lines]
        if "eligible" in verdicts or (not self.row.inner and any(certain)):
            return True
        return None if "undetermined" in verdicts else False

    # --- limits

    def apply_limit(self) -> None:
        kind = self.row.limit[0] if self.row.limit else ""
        if kind in ("once", "once_per_year"):
            used = len(self.request.past(self.measure, this_year=kind == "once_per_year"))
            self.limits.append([kind, None, 1, used, max(0, 1 - used), int(used > 0)])
            if used:
                self.ended_by.append(f"limit.{kind}")
        elif kind == "level":
            level = self.request.get(self.row.limit[1])
            rows = self.request.past(self.measure)
            used = sum(item_key(h["item"]) == item_key(level) for h in rows) if level else 0
            self.level_unknown = level is None and bool(rows)
            if used:
                self.limits.append(["once_per_item", level, 1, used, 0, 1])
                self.ended_by.append("limit.once_per_item")
        elif kind == "annual_cap":
            used = sum(fen(h["amount"]) or 0 for h in self.request.past(self.measure, this_year=True))
            self.remaining = max(0, PLEDGE_CAP - used)
            self.limits.append([kind, None, yuan(PLEDGE_CAP), yuan(used), yuan(self.remaining), "0.00"])
            if self.remaining == 0:
                self.ended_by.append("limit.annual_cap")

    def figures(self) -> tuple[int, int | None]:
        """The lowest and highest amount before the limit; highest None: no bound."""
        if self.row.list_name is None or self.row.kind == "up_to":
            return self.row.amount, self.row.amount if self.row.high is None else self.row.high
        if self.row.lines is None:
            return 0, None
        low, high = 0, 0
        bounded = True
        for line in self.row.lines:
            least, most = line.figure
            if line.truth is True:
                low += least
            if line.truth is not False:
                bounded &= most is not None
                high += most or 0
        if self.measure == "pledge-financing":
            return (low + 1) // 2, (high + 1) // 2 if bounded else None
        return low, high if bounded else None

    # --- the whole

    def total_zero(self) -> bool:
        return self.measure == "pledge-financing" and self.items_truth() is not False and self.high == 0

    def verdict(self) -> str:
        barred = None if self.barred is None else not self.barred
        limit = False if self.ended_by else None if self.level_unknown else True
        items = self.items_truth()
        amount: Truth = True
        if self.measure == "pledge-financing" and items is not False:
            amount = False if self.high == 0 else True if self.low > 0 else None
        whole = conjunction([barred, self.required, items, amount, limit])
        return {True: "eligible", False: "ineligible", None: "undetermined"}[whole]

    def after_cap(self, amount: int | None) -> int | None:
        if self.remaining is None:
            return amount
        return self.remaining if amount is None else min(amount, self.remaining)

    def award(self, verdict: str) -> tuple[int | None, int | None, int | None]:
        """amount, ceiling, potential."""
        kind = self.row.kind
        if kind == "service":
            return None, None, None
        if verdict == "ineligible":
            return 0, None, 0
        if kind == "unspecified":
            return None, None, None
        if kind == "up_to":
            return None, self.row.amount, self.row.amount
        return self.after_cap(self.low) if verdict == "eligible" else None, None, self.after_cap(self.high)

    def reasons(self, verdict: str) -> list[str]:
        if verdict == "eligible":
            codes = [code for node in self.row.require for code in node.holding()]
            codes += self.summary()
            cut = self.remaining is not None and self.low > self.remaining
            return codes + (["limit.annual_cap"] if cut else [])
        items = self.items_truth() if self.looked_at else True
        if verdict == "ineligible":
            codes = [code for node in self.row.require if node.truth is False for code in node.failing()]
            codes += self.summary() if items is False else []
            codes += [f"{self.measure}.amount"] if self.looked_at and self.total_zero() else []
            codes += [BARRED] if self.barred else []
            return codes + self.ended_by
        codes = [code for node in self.row.require if node.truth is None for code in node.unknown()]
        unsettled = self.measure == "pledge-financing" and self.low == 0 != self.high
        codes += self.summary() if items is None or unsettled else []
        codes += [BARRED] if self.barred is None else []
        return codes

    def summary(self) -> list[str]:
        return [f"{self.measure}.{self.row.list_name}"] if self.row.list_name else []

    def missing(self, verdict: str) -> list[str]:
        if verdict == "ineligible":
            return []
        facts = [fact for node in self.row.require if node.truth is None for fact in node.asks()]
        if self.row.list_name and self.items_matter():
            if self.row.lines is None:
                facts.append(self.row.list_name)
            for line in self.row.lines or []:
                if self.verdict_of(line) == "undetermined":
                    facts += [*line.condition.asks(), *line.figure_asks]
        facts += [PUNISHMENT] if self.barred is None else []
        return list(dict.fromkeys(facts))

    def items_matter(self) -> bool:
        if self.measure == "pledge-financing":
            return self.after_cap(self.low) != self.after_cap(self.high)
        return self.row.kind != "up_to" or self.items_truth() is None

    def shown_limits(self) -> list[list[Json]]:
        rows = []
        if self.looked_at:
            for line in self.row.lines or []:
                entry = ["once_per_item", line.item, 1, line.paid_awards, 0, 1]
                rows += [entry] if line.paid_awards else []
        bare = self.barred is not True and self.required is not False
        open_lines = self.row.list_name is None or self.row.lines is None
        open_lines |= any(self.verdict_of(line) != "ineligible" for line in self.row.lines or [])
        if self.ended_by or (bare and open_lines):
            if self.remaining is not None and self.looked_at:
                self.limits[0][5] = yuan(max(0, self.low - self.remaining))
            rows += self.limits
        return rows

    def answer(self) -> dict[str, Json]:
        verdict = self.verdict()
        amount, ceiling, potential = self.award(verdict)
        lines = [self.line_answer(line) for line in self.row.lines or []] if self.looked_at else []
        obligations = []
        if self.measure == "patent-award-match" and verdict == "eligible":
            for line in lines:
                if line["verdict"] == "eligible":
                    half = yuan(((fen(line["amount"]) or 0) + 1) // 2)
                    obligations.append(["inventor-share", line["item"], half])
        return {
            "kind": self.row.kind,
            "verdict": verdict,
            "amount": yuan(amount),
            "ceiling": yuan(ceiling),
            "potential": yuan(potential),
            "reasons": self.reasons(verdict),
            "missing": self.missing(verdict),
            "lines": lines,
            "limits": self.shown_limits(),
            "obligations": obligations,
            "flags": sorted(self.row.flags),
        }
