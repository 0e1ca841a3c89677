"""培训: small nets with one hole each, to be found; and a tour of point, line and plane."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from nicegui import ui

from dutygraph.pictures import Look, Picture, RulePlace, rule_picture, rule_places
from dutygraph.service.console.fragments import Asked, Fragment
from dutygraph.service.console.gap_list import severity_word
from dutygraph.service.console.page import Page, has_bureau
from dutygraph.service.console.showing import Showing, add_chart_sheets
from dutygraph.service.console.tour import STEPS, tour_picture
from dutygraph.service.console.visit import Visit
from dutygraph.service.problems import ProblemError
from dutygraph.shapes import ASPECTS, RuleShape, catalogue

PATH = "/training"
_CHOICES = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to point at: its key, what it is, what it is called."""

    key: str
    caption: str
    name: str
    right: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A net with a hole: the rule that it breaks, what one can choose; ``where`` or ``which`` is asked."""

    rule: RuleShape
    asks: str
    choices: Sequence[Choice]
    net: Picture
    marked: Picture
    whole: Picture

    @property
    def right(self) -> Sequence[Choice]:
        """What is right to choose."""
        return [choice for choice in self.choices if choice.right]


@dataclass
class Score:
    """How many cards were answered, how many of them right; kept while the page is open, and nowhere else."""

    answered: int = 0
    right: int = 0
    left: list[str] = field(default_factory=list)


async def build(visit: Visit) -> None:
    """Build the page: a card that the address names, a step of the tour, or the choice between them."""
    ui.add_head_html(f'<link rel="stylesheet" href="{visit.url("/console/work.css")}">')
    add_chart_sheets(visit)
    if visit.query.get("tour", "") in STEPS:
        await _show_tour(visit, visit.query["tour"])
    elif "card" in visit.query:
        await Training(visit).build()
    else:
        counts = [(aspect, sum(one.aspect == aspect for one in _rules())) for aspect in ASPECTS]
        Fragment(visit, "training", aspects=counts, total=len(_rules()))


async def _show_tour(visit: Visit, step: str) -> None:
    shown = Fragment(visit, "tour", step=step, steps=STEPS, waiting=step in STEPS[1:-1])
    if step not in STEPS[1:-1]:
        return
    place = ui.element("div")

    async def fill() -> None:
        picture = await visit.work(tour_picture, step, visit.language)
        shown.show(step=step, steps=STEPS, waiting=False)
        if picture is not None:
            with place:
                Showing(visit, picture)

    ui.timer(0.05, fill, once=True)


def _rules() -> list[RuleShape]:
    return list({shape.rule: shape for shape in reversed(catalogue())}.values())[::-1]


def card_of(rule: RuleShape, look: Look) -> Card:
    """Return the card of a rule: where is the hole; or, where there is one place alone, what is broken."""
    pictures = (
        rule_picture(rule.rule, reveal=False, look=look),
        rule_picture(rule.rule, look=Look(look.language, people=True)),
        rule_picture(rule.rule, conforming=True, look=Look(look.language, people=True)),
    )
    drawn = set(pictures[0].graph)
    places = [place for place in rule_places(rule.rule, look) if place.identity in drawn]
    if len(places) > 1 and any(place.hole for place in places):
        return Card(rule, "where", [_choice(place) for place in places], *pictures)
    others = [one for one in _rules() if one.rule != rule.rule]
    near = sorted(others, key=lambda one: (one.aspect != rule.aspect, one.rule))[: _CHOICES - 1]
    shown = sorted([rule, *near], key=lambda one: one.rule)
    choices = [Choice(one.rule, "", look.say(one.label), one.rule == rule.rule) for one in shown]
    return Card(rule, "which", choices, *pictures)


def _choice(place: RulePlace) -> Choice:
    return Choice(place.identity, place.caption, place.name, place.hole)


class Training:
    """Cards one after another; nothing of it is written down."""

    def __init__(self, visit: Visit) -> None:
        """Begin with the card that the address names, or with any of an aspect."""
        self._visit = visit
        wanted = visit.query.get("card", "").upper()
        rules = {one.rule: one for one in _rules()}
        if wanted not in rules and wanted.lower() not in {"any", *ASPECTS}:
            raise ProblemError(404, "not-found")
        left = [one.rule for one in rules.values() if wanted.lower() in {"any", one.aspect}]
        secrets.SystemRandom().shuffle(left)
        self._score = Score(left=left)
        self._rule = rules[wanted] if wanted in rules else rules[left.pop()]
        self._rules = rules
        self._chosen = ""

    async def build(self) -> None:
        """Put the first card on the page."""
        self._card = await self._drawn()
        acts = {"answer": self._answer, "pick": self._pick, "next": self._next}
        self._asked = Fragment(self._visit, "training-card", tag="div", acts=acts, **self._values())
        pick = self._pick if self._card.asks == "where" else None
        self._shown = Showing(self._visit, self._card.net, pick or self._nothing)
        self._explained = ui.element("div")

    async def _drawn(self) -> Card:
        look = Look(self._visit.language, interactive=True, people=True)
        return await self._visit.work(card_of, self._rule, look)

    def _values(self) -> dict[str, object]:
        return {
            "card": self._card,
            "chosen": self._chosen,
            "score": self._score,
            "severity_word": severity_word,
        }

    async def _nothing(self, _asked: Asked) -> None:
        """Have a click on the picture of a card that does not ask where do nothing."""

    async def _pick(self, asked: Asked) -> None:
        if self._card.asks == "where":
            await self._judge(asked.value)

    async def _answer(self, asked: Asked) -> None:
        await self._judge(asked.fields.get("place", ""))

    async def _judge(self, chosen: str) -> None:
        if self._chosen or chosen not in {choice.key for choice in self._card.choices}:
            return
        self._chosen = chosen
        self._score.answered += 1
        self._score.right += any(choice.key == chosen for choice in self._card.right)
        self._asked.show(**self._values())
        self._shown.draw(self._card.marked)
        with self._explained, ui.element("section").classes("panel"):
            Fragment(self._visit, "rule-example", conforming=True)
            Showing(self._visit, self._card.whole)
        ui.run_javascript("document.querySelector('#verdict')?.focus()")

    async def _next(self, _asked: Asked) -> None:
        if not self._score.left:
            ui.navigate.to(self._visit.url(PATH))
            return
        self._rule, self._chosen = self._rules[self._score.left.pop()], ""
        self._card = await self._drawn()
        self._explained.clear()
        self._asked.show(**self._values())
        self._shown.draw(self._card.net)
        ui.run_javascript("document.querySelector('#main').focus(); scrollTo(0, 0)")


PAGE = Page("training", PATH, icon="training", build=build, may=has_bureau)
