"""How much is covered, by department, business, star, tier or stage (domain section 9, "Covered, by axis").

What counts as covered on an axis is its ``<axis>.rq``: rows of ?group, ?item (absent where a group has
none), ?covered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from importlib import resources

from dutygraph.model import Text, Thing
from dutygraph.store import BureauGraphs, Store
from dutygraph.things import Things


class Axis(StrEnum):
    """By what coverage is counted."""

    DEPARTMENT = "department"
    TIER = "tier"
    STAR = "star"
    STAGE = "stage"
    BUSINESS = "business"


TITLES = {
    Axis.DEPARTMENT: Text(
        "各部门：有措施且措施有责任岗位的风险点", "By department: risks with a control that has an owner post"
    ),
    Axis.BUSINESS: Text(
        "各业务：有措施且措施有责任岗位的风险点", "By business: risks with a control that has an owner post"
    ),
    Axis.STAR: Text(
        "各星级：三星业务有在任三级监督员、其余有在任二级监督员",
        "By star: three-star businesses with a current tier-3 supervisor, others with a tier-2 one",
    ),
    Axis.TIER: Text(
        "各级监督员：有在任监督员的业务", "By tier: businesses with a current supervisor of the tier"
    ),
    Axis.STAGE: Text(
        "各环节：有该环节措施的三星业务", "By stage: three-star businesses with a control in the stage"
    ),
}
STARS = {
    "3": Text("三星", "three stars"),
    "2": Text("二星", "two stars"),
    "1": Text("一星", "one star"),
    "0": Text("未评星", "unrated"),
}
TIERS = {"1": Text("一级", "tier 1"), "2": Text("二级", "tier 2"), "3": Text("三级", "tier 3")}
NOWHERE = Text("（未归口）", "(nowhere)")


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One group of an axis: how many of its items are covered, and which are not."""

    group: str
    label: Text
    total: int
    missing: tuple[Thing, ...]

    @property
    def covered(self) -> int:
        """How many items are covered."""
        return self.total - len(self.missing)

    @property
    def ratio(self) -> Fraction | None:
        """Covered over total; None where there is nothing to cover, which is not 100 %."""
        return Fraction(self.covered, self.total) if self.total else None


def coverage(
    store: Store,
    names: BureauGraphs,
    axis: Axis,
    *,
    things: Things | None = None,
    counted: Callable[[str], bool] = lambda _item: True,
) -> tuple[CoverageRow, ...]:
    """Return the coverage of one prepared bureau by an axis, in its query's order, the nameless last.

    *things* spares making the register where there is one. Items (by IRI) that are not to be *counted* are
    neither covered nor missing.
    """
    query = resources.files("dutygraph.coverage").joinpath(f"{axis.value}.rq").read_text(encoding="utf-8")
    things = Things(store.triples(names.checked())) if things is None else things
    items: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in store.select(query, graphs=names.checked()):
        group = row["group"].value if row["group"] else ""
        members = items[group]
        if row["item"] and counted(row["item"].value):
            members[row["item"].value] = row["covered"].value == "true"
    rows = [_row(axis, group, members, things) for group, members in items.items()]
    return tuple(sorted(rows, key=lambda row: row.group == ""))


def _row(axis: Axis, group: str, members: dict[str, bool], things: Things) -> CoverageRow:
    missing = sorted((things.thing(item) for item, covered in members.items() if not covered), key=_by_id)
    identifier = things.thing(group).id if ":" in group else group
    return CoverageRow(identifier, _label(axis, group, things), len(members), tuple(missing))


def _label(axis: Axis, group: str, things: Things) -> Text:
    if not group:
        return NOWHERE
    if axis is Axis.STAR:
        return STARS.get(group, Text(group, group))
    if axis is Axis.TIER:
        return TIERS[group]
    return things.label(group)


def _by_id(thing: Thing) -> str:
    return thing.id
