"""The example of a rule as a small net: what conforms, or what does not with its hole marked.

The files of a rule's folder are read as they are: who exists, what joins them, which gaps they name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from rdflib import RDFS

from dutygraph.model import Text
from dutygraph.ontology import SV, load_ontology
from dutygraph.pictures.canvas import Box, Canvas
from dutygraph.pictures.example_facts import Example, Gap, lacking_kind, lanes_aside, read_example
from dutygraph.pictures.look import FactTable, Frame, Heading, Look, Picture
from dutygraph.pictures.marks import LegendItem, gap_tag, hole
from dutygraph.pictures.naming import kind_name, term_name
from dutygraph.pictures.net import Card, Net, Tie, by_key, lane_of
from dutygraph.pictures.net_draw import NetDrawing
from dutygraph.pictures.net_layout import lay_out
from dutygraph.pictures.responsibility import graph_of
from dutygraph.pictures.words import word
from dutygraph.shapes import RuleFolder, RuleShape, catalogue, rule_folders

_WIDEST_ON_A4 = 1700.0
_TERM = re.compile(r"\b(?:sv|org):(\w+)")


_UNTOLD = Text("一张有缺口的小网", "A small net with a hole")


class UnknownRuleError(Exception):
    """There is no such rule; ``text`` says so."""

    def __init__(self, rule: str) -> None:
        """Keep what to tell the user."""
        self.text = Text(
            f"没有规则{rule}；“dutygraph rules”列出全部。",
            f"No rule {rule}; “dutygraph rules” lists them all.",
        )
        super().__init__(f"{self.text.zh} / {self.text.en}")


def rule_picture(
    rule: str,
    *,
    conforming: bool = False,
    reveal: bool = True,
    look: Look = Look(),  # noqa: B008 - frozen
) -> Picture:
    """Return an example of a rule (such as ``R01``) as a picture.

    Without *reveal* the hole is not marked, and the rule not told.

    Raises:
        UnknownRuleError: there is no such rule.

    """
    wanted = rule.upper()
    shapes = [shape for shape in catalogue() if shape.rule == wanted]
    if not shapes:
        raise UnknownRuleError(rule)
    folder = next(f for f in rule_folders() if f.name.startswith(f"{wanted}-"))
    example = read_example(folder, look, conforming=conforming)
    offending = read_example(folder, look, conforming=False) if conforming else example
    shown = example.gaps if reveal and not conforming else ()
    net = _without(_Marked(example, folder, look, shown).net(), _lanes_aside(offending, folder))
    layout = lay_out(net, look)
    kind = word("word", "conforming" if conforming else "offending", look)
    label = look.say(shapes[0].label)
    told = conforming or reveal
    title = f"{wanted} {label}　{kind}" if told else look.say(_UNTOLD)
    paper = "A4" if layout.width <= _WIDEST_ON_A4 else "A3"
    frame = Frame(
        title,
        _about(shapes, example, shown, look) if told else "",
        Heading(),
        look,
        _legend(look, shown),
        paper,
    )
    tables = (_table(net, look), _ties_table(net, look))
    return frame.draw(layout.width, layout.height, NetDrawing(net, layout, look).draw, tables, graph_of(net))


def _lanes_aside(offending: Example, folder: RuleFolder) -> frozenset[str]:
    """Return the lanes, by colour, that neither the rule nor its gap has anything to do with."""
    gaps = {key for gap in offending.gaps for key in (gap.focus, gap.value)}
    pairs = [{tie.source, tie.target} for tie in offending.net.ties]
    beside = {end for pair in pairs if gaps & pair for end in pair}
    near = {lane_of(card.kind).colour for card in offending.net.cards if card.key in beside | gaps}
    mentioned = set(_TERM.findall(folder.shape))
    return frozenset(
        lane for lane, terms in lanes_aside().items() if lane not in near and not mentioned & set(terms)
    )


def _without(net: Net, lanes: frozenset[str]) -> Net:
    cards = tuple(card for card in net.cards if lane_of(card.kind).colour not in lanes)
    kept = by_key(cards)
    return Net(cards, tuple(tie for tie in net.ties if tie.source in kept and tie.target in kept))


@dataclass(frozen=True, slots=True)
class _Marked:
    """An example with its gaps marked: red cards, red lines, and a card for what is missing."""

    example: Example
    folder: RuleFolder
    look: Look
    gaps: tuple[Gap, ...]

    def net(self) -> Net:
        cards, ties = by_key(self.example.net.cards), list(self.example.net.ties)
        found = dict(cards)
        for gap in self.gaps:
            if gap.focus in found:
                tag = word("word", "gap", self.look)
                found[gap.focus] = replace(found[gap.focus], gaps=tag, start=False)
        for number, gap in enumerate(self.gaps):
            ghost = self._ghost(gap, f"missing-{number}")
            if ghost is not None and gap.focus in found:
                same = next((one for one in found.values() if one.missing and one.name == ghost.name), ghost)
                found[same.key] = same
                ties.append(
                    Tie(
                        gap.focus,
                        same.key,
                        word("word", "missing", self.look),
                        word("word", "missing", self.look),
                        broken=True,
                    )
                )
        marked = [self._broken(tie) for tie in ties]
        return Net(tuple(found.values()), tuple(marked))

    def _broken(self, tie: Tie) -> Tie:
        """Mark a line between what a gap is about and the value that is wrong."""
        ends = {tie.source, tie.target}
        return replace(tie, broken=tie.broken or any({gap.focus, gap.value} == ends for gap in self.gaps))

    def _ghost(self, gap: Gap, key: str) -> Card | None:
        """Return the card of what is missing, where that is told: a stage, a property without value."""
        caption = word("hole", "tier", self.look)
        if gap.value is not None:
            if not gap.value.startswith(str(SV)) or gap.value in self.example.said.get(gap.focus, ()):
                return None
            name = term_name(gap.value.removeprefix(str(SV)), self.look)
            kind = "Control" if "stage-" in gap.value else "TaskSheet"
            return Card(key, kind, caption, "", name, f"{caption} {name}", missing=True)
        lacking = lacking_kind(self.folder.name[:3])
        if lacking:
            name = kind_name(lacking, self.look)
            return Card(key, lacking, caption, "", name, f"{caption} {name}", missing=True)
        for path in self.example.paths:
            if path not in self.example.properties.get(gap.focus, ()):
                name = term_name(path, self.look)
                return Card(
                    key, _ranges().get(path, ""), caption, "", name, f"{caption} {name}", missing=True
                )
        return None


@cache
def _ranges() -> Mapping[str, str]:
    """Return the class of the values of each property of ``sv:``, as the ontology says it."""
    found = load_ontology().subject_objects(RDFS.range)
    return {str(term).removeprefix(str(SV)): str(kind).rpartition("#")[2] for term, kind in found}


def _about(shapes: Sequence[RuleShape], example: Example, gaps: tuple[Gap, ...], look: Look) -> str:
    if not gaps:
        return look.say(shapes[0].rationale)
    cards = by_key(example.net.cards)
    told = look.say(shapes[0].message)
    gap = gaps[0]
    for variable, key in (("this", gap.focus), ("value", gap.value)):
        name = cards[key].name if key is not None and key in cards else "…"
        if key not in cards and key and key.startswith(str(SV)):
            name = term_name(key.removeprefix(str(SV)), look)
        for mark in "$?":
            told = told.replace(f"{{{mark}{variable}}}", f"“{name}”")
    return told


def _table(net: Net, look: Look) -> FactTable:
    return FactTable(
        word("column", "thing", look),
        tuple(word("column", key, look) for key in ("kind", "thing", "facts", "gaps")),
        tuple(
            (card.caption, f"{card.number} {card.name}".strip(), "\n".join(card.facts), card.gaps)
            for card in net.cards
        ),
    )


def _ties_table(net: Net, look: Look) -> FactTable:
    names = {card.key: f"{card.number} {card.name}".strip() for card in net.cards}
    return FactTable(
        word("column", "tie", look),
        tuple(word("column", key, look) for key in ("from", "tie", "to")),
        tuple((names[tie.source], tie.label, names[tie.target]) for tie in net.ties),
    )


def _legend(look: Look, gaps: tuple[Gap, ...]) -> tuple[LegendItem, ...]:
    if not gaps:
        return ()
    return (
        LegendItem(word("word", "gap", look), _sample_tag),
        LegendItem(word("legend", "hole", look), hole),
    )


def _sample_tag(canvas: Canvas, box: Box) -> None:
    gap_tag(canvas, (box.x, box.y + 2), "!", 9)
