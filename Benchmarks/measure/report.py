"""The rows of the table, as text and as JSON."""

from dataclasses import asdict, dataclass
from statistics import median


@dataclass
class Row:
    name: str
    unit: str
    ours: float
    peer: float | None = None
    # Larger is better for us; what is asked of it, or of `ours` at most.
    ratio: float | None = None
    asked_ratio: float | None = None
    asked_at_most: float | None = None

    @property
    def met(self):
        if self.asked_ratio is not None:
            return self.ratio >= self.asked_ratio
        return None if self.asked_at_most is None else self.ours <= self.asked_at_most

    @property
    def asked(self):
        if self.asked_ratio is not None:
            return f">= {self.asked_ratio:g}"
        return "" if self.asked_at_most is None else f"<= {self.asked_at_most:g} {self.unit}"


@dataclass
class Check:
    """Whether two implementations say the same."""

    name: str
    holds: bool
    says: str


def paired(name, unit, ours, peer, asked=None):
    """Costs of rounds that alternated: the best of each, and the median of the rounds' ratios."""
    ratio = median(other / own for own, other in zip(ours, peer))
    return Row(name, unit, min(ours), min(peer), ratio, asked_ratio=asked)


class Report:
    SCHEMA = "etacal.benchmarks/1"

    def __init__(self):
        self.rows, self.checks, self.missing = [], [], []

    def json(self, **about):
        rows = [{**asdict(row), "met": row.met} for row in self.rows]
        return {
            "schema": self.SCHEMA, **about, "rows": rows, "checks": [asdict(check) for check in self.checks],
            "missing": self.missing,
        }

    def text(self, old=None):
        before = {row["name"]: row["ours"] for row in old["rows"]} if old else {}
        head = ["", "ours", "peer", "ratio", "asked", "met", *(["now/then"] if old else [])]
        lines = [head] + [
            [
                f"{row.name} [{row.unit}]", number(row.ours), number(row.peer), number(row.ratio), row.asked,
                {None: "", True: "yes", False: "NO"}[row.met],
                *([number(row.ours / before[row.name] if row.name in before else None)] if old else []),
            ]
            for row in self.rows
        ]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        text = [
            "  ".join(cell.ljust(width) if not column else cell.rjust(width)
                      for column, (cell, width) in enumerate(zip(line, widths))).rstrip()
            for line in lines
        ]
        text += [""] + [f"{'agrees' if check.holds else 'DISAGREES'}: {check.name}: {check.says}" for check in self.checks]
        text += [f"not measured: {name}: {why}" for name, why in self.missing]
        return "\n".join(text)


def number(value):
    return "" if value is None else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
