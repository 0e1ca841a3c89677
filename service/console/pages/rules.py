"""规则: the catalogue by aspect; one rule with its reason and both of its examples drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nicegui import ui

from dutygraph.pictures import Picture, rule_picture
from dutygraph.service.access.view import View
from dutygraph.service.console.drawings import look_of
from dutygraph.service.console.fragments import Asked, Fragment
from dutygraph.service.console.gap_list import severity_word
from dutygraph.service.console.page import Page, has_bureau
from dutygraph.service.console.showing import Showing, add_chart_sheets
from dutygraph.service.console.visit import Visit
from dutygraph.service.gaps.filters import gap_filter
from dutygraph.service.gaps.rows import rows_of
from dutygraph.service.problems import ProblemError
from dutygraph.shapes import ASPECTS, RuleShape, catalogue

PATH = "/rules"


@dataclass(frozen=True, slots=True)
class RuleHits:
    """A rule at one severity, and how many gaps of it the caller sees now, waived ones too."""

    shape: RuleShape
    hits: int


@dataclass(frozen=True, slots=True)
class Aspect:
    """The rules of an aspect."""

    name: str
    rules: Sequence[RuleHits]

    @property
    def hits(self) -> int:
        """The gaps of all its rules."""
        return sum(one.hits for one in self.rules)


async def build(visit: Visit) -> None:
    """Build the page: all rules, or the one that the address names."""
    ui.add_head_html(f'<link rel="stylesheet" href="{visit.url("/console/work.css")}">')
    view = await visit.work(visit.view)
    hits = await visit.work(hits_of, visit, view)
    wanted = visit.query.get("rule", "").upper()
    if wanted:
        await _show_rule(visit, [one for one in hits if one.shape.rule == wanted])
    else:
        _show_list(visit, hits)


def hits_of(visit: Visit, view: View) -> list[RuleHits]:
    """Return every rule with the gaps that the caller sees of it now."""
    there = gap_filter(None, None).chosen(rows_of(view, visit.answers))
    found = [(row.finding.rule, row.finding.severity) for row in there]
    return [RuleHits(shape, found.count((shape.rule, shape.severity))) for shape in catalogue()]


def _show_list(visit: Visit, hits: Sequence[RuleHits]) -> None:
    async def search(asked: Asked) -> None:
        text = asked.fields.get("text", "")[:100]
        only = "only" in asked.fields
        shown.show(aspects=list(_aspects(visit, hits, text, only=only)), sought=text, only=only, **words)
        ui.navigate.history.replace(visit.url(PATH, text=text, only="on" if only else None))

    words = {"severity_word": severity_word}
    sought, only = visit.query.get("text", "")[:100], "only" in visit.query
    aspects = list(_aspects(visit, hits, sought, only=only))
    shown = Fragment(
        visit,
        "rules",
        tag="div",
        acts={"search": search},
        aspects=aspects,
        sought=sought,
        only=only,
        **words,
    )


def _aspects(visit: Visit, hits: Sequence[RuleHits], text: str, *, only: bool) -> Iterator[Aspect]:
    sought = text.strip().lower()
    for name in ASPECTS:
        rules = [
            one
            for one in hits
            if one.shape.aspect == name and (one.hits or not only) and sought in _told(visit, one.shape)
        ]
        if rules:
            yield Aspect(name, rules)


def _told(visit: Visit, shape: RuleShape) -> str:
    said = (shape.rule, visit.text(shape.label), visit.text(shape.rationale), visit.text(shape.remedy))
    return " ".join(said).lower()


async def _show_rule(visit: Visit, rules: Sequence[RuleHits]) -> None:
    if not rules:
        raise ProblemError(404, "not-found")
    add_chart_sheets(visit)
    rule = rules[0].shape
    Fragment(visit, "rule", rules=rules, rule=rule, severity_word=severity_word)
    for conforming in (False, True):
        with ui.element("section").classes("panel"):
            Fragment(visit, "rule-example", conforming=conforming)
            Showing(visit, await visit.work(example_of, visit, rule.rule, conforming))


def example_of(visit: Visit, rule: str, conforming: bool) -> Picture:  # noqa: FBT001 - through a thread
    """Draw an example of a rule, its hole marked."""
    return rule_picture(rule, conforming=conforming, look=look_of(visit))


PAGE = Page("rules", PATH, icon="rules", build=build, may=has_bureau)
