"""我的: what the caller must do, overdue first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dutygraph.service.console.fragments import Asked, Fragment
from dutygraph.service.console.gap_drawer import GapDrawer
from dutygraph.service.console.gap_list import severity_word
from dutygraph.service.console.page import Page, has_bureau
from dutygraph.service.console.shell import show_dates
from dutygraph.service.console.visit import Visit
from dutygraph.service.endpoints.mine import GROUNDS, KINDS, duties_of
from dutygraph.service.gaps.mine import DutyKind, DutyRow


@dataclass(frozen=True, slots=True)
class Duties:
    """What is to be done, of a kind or of all kinds."""

    rows: Sequence[DutyRow]
    kind: str
    kinds: Sequence[tuple[DutyKind, int]]
    overdue: int


async def build(visit: Visit) -> None:
    """Build the page."""
    kind = visit.query.get("kind", "")

    async def limit(asked: Asked) -> None:
        nonlocal kind
        kind = asked.value
        shown.show(duties=await visit.work(_duties, visit, kind), **words)

    async def open_gap(asked: Asked) -> None:
        await drawer.open(asked.value)

    async def changed() -> None:
        show_dates(await visit.work(visit.view))
        shown.show(duties=await visit.work(_duties, visit, kind), **words)

    words = {"kinds": KINDS, "grounds": GROUNDS, "severity_word": severity_word}
    duties = await visit.work(_duties, visit, kind)
    acts = {"kind": limit, "open": open_gap}
    shown = Fragment(visit, "mine", tag="div", acts=acts, duties=duties, **words)
    drawer = GapDrawer(visit, changed)


def _duties(visit: Visit, kind: str) -> Duties:
    found = duties_of(visit.view(), visit.answers)
    counts = [(each, sum(row.kind is each for row in found)) for each in DutyKind]
    rows = [row for row in found if kind in {"", row.kind.value}]
    there = [(each, count) for each, count in counts if count]
    return Duties(rows, kind, there, sum(row.overdue for row in rows))


PAGE = Page("mine", "/mine", icon="mine", build=build, may=has_bureau)
