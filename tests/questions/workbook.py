"""The example workbook read with openpyxl alone, and the domain's derived notions in plain Python.

Nothing here touches the product: it is the other side of every comparison in this folder. Cells are text
(dates ISO, whole numbers without a point, "" for blank or 无), `；` lists are split with ``items``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import openpyxl

from dutygraph import examples

PATH = Path(examples.__file__).parent / "bureau" / "bureau.xlsx"
AS_OF = "2025-12-31"
MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))
CHECK_KINDS = ("联合监督", "飞行监督", "专项监督")
TIERS = {"一级": 1, "二级": 2, "三级": 3}

Row = dict[str, str]
Answered = list[tuple[str | None, ...]]


def text(value: object) -> str:
    """Return a cell's value as the forms mean it."""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    written = "" if value is None else str(value).strip()
    return "" if written == "无" else written


def items(cell: str) -> list[str]:
    """Split a `；` list."""
    return [part.strip() for part in cell.split("；") if part.strip()]


def ratio(part: int, whole: int) -> str | None:
    """Return part of whole as the questions write it: four places, half up; None where there is no whole."""
    if whole == 0:
        return None
    scaled = Fraction(part, whole) * 10_000 + Fraction(1, 2)
    return decimal_text(Fraction(scaled.numerator // scaled.denominator, 10_000))


def decimal_text(value: Fraction) -> str:
    """Return a decimal in the canonical form of xsd:decimal on the store ("0.5", "1", "2.1875")."""
    return format(float(value), ".4f").rstrip("0").rstrip(".")


class Workbook:
    """The sheets by the name without its "表n " prefix, and what follows from them at AS_OF."""

    def __init__(self, path: Path = PATH) -> None:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        self.sheets: dict[str, list[Row]] = {}
        for page in book.worksheets:
            head, *rows = [[text(cell) for cell in row] for row in page.iter_rows(values_only=True)]
            name = page.title.rpartition(" ")[2]
            self.sheets[name] = [dict(zip(head, row, strict=True)) for row in rows]
        book.close()

    def __getitem__(self, sheet: str) -> list[Row]:
        return self.sheets[sheet]

    @cached_property
    def businesses(self) -> dict[str, Row]:
        return {row["业务编号"]: row for row in self["业务清单"]}

    @cached_property
    def nodes(self) -> dict[str, Row]:
        return {row["节点编号"]: row for row in self["流程节点"]}

    @cached_property
    def key_nodes(self) -> set[str]:
        return {node for node, row in self.nodes.items() if row["是否关键"] == "是"}

    @cached_property
    def posts(self) -> dict[str, Row]:
        """The first row of each post: its name, department and category."""
        first: dict[str, Row] = {}
        for row in self["岗位与人员"]:
            first.setdefault(row["岗位编号"], row)
        return first

    @cached_property
    def departments(self) -> list[str]:
        """Those of the class 部门 alone: not teams, functional departments or the committee office."""
        return sorted(row["部门"] for row in self["部门"] if row["类别"] == "部门")

    @cached_property
    def risks(self) -> dict[str, Row]:
        """The first row of each risk; ``risk_nodes`` has all its nodes."""
        first: dict[str, Row] = {}
        for row in self["风险与措施"]:
            if row["风险编号"]:
                first.setdefault(row["风险编号"], row)
        return first

    @cached_property
    def risk_nodes(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for row in self["风险与措施"]:
            if row["风险编号"]:
                found[row["风险编号"]].update(items(row["节点编号"]))
        return dict(found)

    @cached_property
    def active_risks(self) -> set[str]:
        retired = {row["风险编号"] for row in self["风险与措施"] if row["风险状态"] == "已消除"}
        return set(self.risks) - retired

    @cached_property
    def risk_controls(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {risk: set() for risk in self.risks}
        for row in self["风险与措施"]:
            if row["风险编号"] and row["措施编号"]:
                found[row["风险编号"]].add(row["措施编号"])
        return found

    @cached_property
    def controls(self) -> dict[str, list[Row]]:
        """All rows of each control."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self["风险与措施"]:
            if row["措施编号"]:
                found[row["措施编号"]].append(row)
        return dict(found)

    def control_values(self, control: str, column: str) -> set[str]:
        """The values of a list column (环节, 责任岗位) over all rows of a control."""
        return {value for row in self.controls[control] for value in items(row[column])}

    def businesses_of_risk(self, risk: str) -> set[str]:
        return {
            business
            for node in self.risk_nodes[risk]
            if node in self.nodes
            for business in items(self.nodes[node]["业务编号"])
        }

    @cached_property
    def control_businesses(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {control: set() for control in self.controls}
        for risk, controls in self.risk_controls.items():
            for control in controls:
                found[control] |= self.businesses_of_risk(risk)
        return found

    @cached_property
    def appointments(self) -> dict[str, Row]:
        return {row["任命编号"]: row for row in self["监督员任命"]}

    def is_current(self, row: Row, at: str = AS_OF, start: str = "起", end: str = "止") -> bool:
        """In force at a date; an open start is not in force (domain 9, R24), an open end is."""
        return bool(row[start]) and row[start] <= at and (not row[end] or at <= row[end])

    @cached_property
    def current_appointments(self) -> dict[str, Row]:
        return {name: row for name, row in self.appointments.items() if self.is_current(row)}

    def supervisors(self, business: str, *tiers: int) -> set[str]:
        """The current appointments of these tiers that supervise a business."""
        return {
            name
            for name, row in self.current_appointments.items()
            if TIERS.get(row["级别"]) in tiers and business in items(row["监督业务"])
        }

    @cached_property
    def holdings(self) -> list[tuple[str, str]]:
        """(post, person) at AS_OF; a holding without a start is current while it has not ended."""
        return sorted(
            {
                (row["岗位编号"], person)
                for row in self["岗位与人员"]
                for person in items(row["任职人员"])
                if (row["任职起"] or AS_OF) <= AS_OF <= (row["任职止"] or AS_OF)
            }
        )

    @cached_property
    def stars(self) -> Stars:
        return Stars(self)

    def quarter_of(self, month: str) -> str:
        return f"{month[:4]}-Q{(int(month[5:7]) + 2) // 3}"


class Stars:
    """Domain section 6 and 9: computed and effective stars, by the default policy, for id of subject."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        weights = {risk: Fraction(book.risks[risk]["风险权重"] or "1") for risk in book.active_risks}
        at: dict[str, set[str]] = {node: set() for node in book.nodes}
        for risk in book.active_risks:
            for node in book.risk_nodes[risk]:
                at.setdefault(node, set()).add(risk)
        self.node_weight = {node: _total(at[node], weights) for node in book.nodes}
        self.business_weight: dict[str, Fraction] = {}
        self.key_count: dict[str, int] = {}
        for business in book.businesses:
            nodes = [n for n, row in book.nodes.items() if business in items(row["业务编号"])]
            self.business_weight[business] = _total(set().union(*(at[n] for n in nodes)), weights)
            self.key_count[business] = sum(n in book.key_nodes for n in nodes)
        self.post_weight = {post: self._post_weight(post, at, weights) for post in book.posts}

    def _post_weight(self, post: str, at: dict[str, set[str]], weights: dict[str, Fraction]) -> Fraction:
        largest: dict[str, Fraction] = {}
        parts = (("执行岗位", Fraction(1)), ("审批岗位", Fraction(1)), ("管理岗位", Fraction(1, 2)))
        for node, row in self.book.nodes.items():
            held = [value for column, value in parts if post in items(row[column])]
            for risk in at[node] if held else ():
                largest[risk] = max([*held, largest.get(risk, Fraction(0))])
        return sum((part * weights[risk] for risk, part in largest.items()), Fraction(0))

    def computed(self, subject: str) -> int | None:
        """The computed star; None for no risk or never assessed."""
        if subject in self.business_weight:
            weight, keys = self.business_weight[subject], self.key_count[subject]
            if not weight or not keys:
                return None
            if weight >= 2 * keys and weight >= 10:
                return 3
            return 2 if weight >= keys else 1
        bounds = (3, 2, 1) if subject in self.node_weight else (8, 4, 0)
        weight = self.node_weight.get(subject, self.post_weight.get(subject, Fraction(0)))
        return next(
            (star for star, bound in zip((3, 2, 1), bounds, strict=True) if 0 < weight >= bound), None
        )

    def declared(self, subject: str) -> int | None:
        row = self.book.businesses.get(subject)
        return int(row["公布星级"]) if row and row["公布星级"] else None

    def explained(self, subject: str) -> bool:
        """A star explanation in date at AS_OF that a tier-1 appointment approved."""
        return any(
            row["对象"] == subject
            and self.book.is_current(row, start="批准日期", end="有效期")
            and self.book.appointments.get(row["批准人"], {}).get("级别") == "一级"
            for row in self.book["星级说明"]
        )

    def effective(self, subject: str) -> int | None:
        declared, computed = self.declared(subject), self.computed(subject)
        if declared is not None and self.explained(subject):
            return declared
        return max((star for star in (declared, computed) if star is not None), default=None)


def _total(risks: Iterable[str], weights: dict[str, Fraction]) -> Fraction:
    return sum((weights[risk] for risk in risks), Fraction(0))
