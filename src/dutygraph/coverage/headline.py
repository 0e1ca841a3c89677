"""The figures that an office is asked for first, each with what it is a share of and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from importlib import resources

from dutygraph.coverage import CoverageRow
from dutygraph.model import Text
from dutygraph.store import BureauGraphs, Store
from dutygraph.things import Things


class Headline(StrEnum):
    """Active risks with an owned control; task sheets due that were issued; issues with an owner, in time."""

    RISKS = "risks"
    SHEETS = "sheets"
    OWNERS = "owners"
    IN_TIME = "in-time"


HEADLINES: Mapping[Headline, Text] = {
    Headline.RISKS: Text("有防控措施且有责任岗位的风险点", "Risks with a control that has an owner post"),
    Headline.SHEETS: Text("按期下发的月度任务单", "Monthly task sheets issued that were due"),
    Headline.OWNERS: Text("有整改责任人的问题", "Issues with an owner"),
    Headline.IN_TIME: Text("本年到期且按期销号的问题", "Issues due this year that were closed in time"),
}


def headlines(store: Store, names: BureauGraphs, things: Things) -> Mapping[Headline, CoverageRow]:
    """Return the figures of one prepared bureau; a total of 0 where there is nothing to count."""
    query = resources.files("dutygraph.coverage").joinpath("headline.rq").read_text(encoding="utf-8")
    items: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in store.select(query, graphs=names.checked()):
        items[row["group"].value][row["item"].value] = row["covered"].value == "true"
    return {each: _row(each, items[each], things) for each in Headline}


def _row(headline: Headline, members: Mapping[str, bool], things: Things) -> CoverageRow:
    missing = sorted(
        (things.thing(iri) for iri, covered in members.items() if not covered), key=lambda t: t.id
    )
    return CoverageRow(headline.value, HEADLINES[headline], len(members), tuple(missing))
