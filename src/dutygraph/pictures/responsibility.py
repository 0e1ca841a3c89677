"""The responsibility net around a thing as a picture, with the chain up to tier 1 or where it breaks.

It shows exposure, never suspicion (domain section 8). Persons are not named, but for the one asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from dutygraph.charts.chain import Link
from dutygraph.charts.neighbourhood import Neighbour, Neighbourhood
from dutygraph.charts.ties import ties
from dutygraph.model import Finding, Text, Thing
from dutygraph.pictures.canvas import Box, Canvas
from dutygraph.pictures.look import FactTable, Frame, GapNotes, Heading, Look, Picture, address, name_of
from dutygraph.pictures.look import Net as Graph
from dutygraph.pictures.marks import LegendItem, gap_tag
from dutygraph.pictures.naming import kind_name
from dutygraph.pictures.net import Card, Net, Tie, by_key, lane_of
from dutygraph.pictures.net_draw import NetDrawing
from dutygraph.pictures.net_layout import lay_out
from dutygraph.pictures.words import word

_LACKING = {
    Link.CONTROL: "Control",
    Link.OWNER: "Post",
    Link.HOLDER: "Person",
    Link.SUPERVISOR: "SupervisorAppointment",
    Link.TIER_1: "SupervisorAppointment",
}
_STEPS = {
    ("kind-risk", "kind-control"): "hasControl",
    ("kind-control", "kind-post"): "ownerPost",
    ("kind-post", "kind-person"): "heldBy",
    ("kind-person", "kind-supervisor"): "supervisedBy",
    ("kind-supervisor", "kind-supervisor"): "escalatesTo",
}
_MISSING = "missing"


def responsibility_picture(
    found: Neighbourhood,
    findings: Sequence[Finding] = (),
    *,
    look: Look = Look(),  # noqa: B008 - frozen
    heading: Heading = Heading(),  # noqa: B008 - frozen
) -> Picture:
    """Return the net around a thing as a picture; *findings* tell what the gaps say."""
    around = _Around(found, GapNotes(findings, look, frozenset({found.start.id})), look)
    net = Net(tuple(around.cards()), tuple(around.ties()))
    layout = lay_out(net, look)
    start = by_key(net.cards)[found.start.iri]
    title = " ".join(filter(None, (word("chart", "responsibility", look) + "　", start.number, start.name)))
    frame = Frame(title, around.about(), heading, look, _legend(around, look), "A3")
    drawing = NetDrawing(net, layout, look)
    return frame.draw(layout.width, layout.height, drawing.draw, around.tables(net), graph_of(net))


@dataclass(frozen=True, slots=True)
class _Around:
    """The cards and ties of a neighbourhood; what stands only in the chain is added."""

    found: Neighbourhood
    notes: GapNotes
    look: Look

    def cards(self) -> Iterator[Card]:
        shown = {node.thing.iri for node in self.found.nodes}
        chain = [Neighbour(step, 0, (), None) for step in self.found.chain.steps if step.iri not in shown]
        for neighbour in (*self.found.nodes, *chain):
            yield self._card(neighbour)
        if self.found.chain.missing is not None:
            kind = _LACKING[self.found.chain.missing]
            said = word("chain", self.found.chain.missing.value, self.look)
            yield Card(_MISSING, kind, word("hole", "tier", self.look), "", said, said, missing=True)

    def _card(self, neighbour: Neighbour) -> Card:
        thing, look = neighbour.thing, self.look
        hidden = self._hidden(thing)
        name = word("word", "holder", look) if hidden else thing.label or thing.id
        more = f"{word('legend', 'more', look)} {neighbour.more}" if neighbour.more else ""
        caption = kind_name(thing.kind, look)
        told = [name if hidden else f"{caption} {name_of(thing)}", *self.notes.told(neighbour.gaps), more]
        return Card(
            key=thing.iri,
            kind=thing.kind,
            caption=caption,
            number="" if hidden or name == thing.id else thing.id,
            name=name,
            told="\n".join(filter(None, told)),
            identity=None if hidden else address(thing),
            facts=(more,) if more else (),
            gaps=f"{word('word', 'gap', look)} {self.notes.tag(neighbour.gaps)}" if neighbour.gaps else "",
            start=thing == self.found.start,
            chained=thing in self.found.chain.steps,
        )

    def _hidden(self, thing: Thing) -> bool:
        return thing.kind.lower() == "person" and not self.look.people and thing != self.found.start

    def ties(self) -> Iterator[Tie]:
        steps = [step.iri for step in self.found.chain.steps]
        chain = set(pairwise(steps))
        drawn: set[tuple[str, str]] = set()
        for edge in self.found.edges:
            ends = (edge.source, edge.target)
            on_chain = ends in chain or ends[::-1] in chain
            drawn |= {ends, ends[::-1]}
            label, back = self.look.say(edge.label), self.look.say(edge.back)
            yield Tie(edge.source, edge.target, label, back, chained=on_chain)
        for lower, higher in pairwise(steps):
            if (lower, higher) not in drawn:
                label, back = self._step_label(lower, higher)
                yield Tie(lower, higher, label, back, chained=True)
        if self.found.chain.missing is not None:
            yield Tie(self.found.start.iri, _MISSING, word("word", "missing", self.look), "", broken=True)

    def _step_label(self, lower: str, higher: str) -> tuple[str, str]:
        """Return what a step up is called that the neighbourhood does not show."""
        lanes = {step.iri: lane_of(step.kind).colour for step in self.found.chain.steps}
        name = _STEPS.get((lanes[lower], lanes[higher]), "")
        tie = next((tie for tie in ties().values() if tie.name == name), None)
        if tie is None:
            return word("chain", "up", self.look), ""
        return self.look.say(tie.label), self.look.say(tie.back)

    def about(self) -> str:
        chain, look = self.found.chain, self.look
        said = ""
        if chain.missing is not None:
            said = word("chain", chain.missing.value, look) + look.say(Text("。", ". "))
        elif chain.steps:
            said = word("chain", "whole", look) + look.say(Text("。", ". "))
        count, edges = len(self.found.nodes), len(self.found.edges)
        counts = Text(f"{count}个对象，{edges}条联系。", f"{count} things, {edges} ties. ")
        return said + look.say(counts) + word("word", "exposure", look)

    def tables(self, net: Net) -> tuple[FactTable, ...]:
        cards = by_key(net.cards)
        look = self.look
        named = {key: _card_name(card) for key, card in cards.items()}
        things = tuple(
            (card.caption, named[card.key], *("\n".join(card.told.splitlines()[1:]),)) for card in net.cards
        )
        joined = tuple((named[tie.source], tie.label, named[tie.target]) for tie in net.ties)
        chain = tuple((str(place), named[step.iri]) for place, step in enumerate(self.found.chain.steps, 1))
        heads = (("kind", "thing", "gaps"), ("from", "tie", "to"))
        titles = [tuple(word("column", key, look) for key in keys) for keys in heads]
        made = [
            FactTable(word("column", "thing", look), titles[0], things),
            FactTable(word("column", "tie", look), titles[1], joined),
        ]
        if chain:
            headings = ("", word("column", "thing", look))
            made.append(FactTable(word("legend", "chain", look), headings, chain))
        return tuple(made)


def _card_name(card: Card) -> str:
    return " ".join(filter(None, (card.number, card.name)))


def graph_of(net: Net) -> Graph:
    """Return the cards and ties of a net as a graph; a hole is a node of its own."""
    graph: Graph = nx.MultiDiGraph()
    names = {card.key: card.identity or f"x-{place}" for place, card in enumerate(net.cards)}
    for card in net.cards:
        graph.add_node(
            names[card.key],
            label=_card_name(card),
            kind=card.kind,
            caption=card.caption,
            gaps=card.gaps,
            told=card.told,
            asked=card.start,
            chain=card.chained,
            missing=card.missing,
        )
    for tie in net.ties:
        graph.add_edge(
            names[tie.source], names[tie.target], label=tie.label, chain=tie.chained, missing=tie.broken
        )
    return graph


def _legend(around: _Around, look: Look) -> tuple[LegendItem, ...]:
    items = [LegendItem(word("legend", "gap-rule", look), _sample_tag)]
    if around.found.chain.steps:
        items.append(LegendItem(word("legend", "chain", look), _sample_chain))
    items.append(LegendItem(word("legend", "start", look), _sample_start))
    return tuple(items)


def _sample_tag(canvas: Canvas, box: Box) -> None:
    gap_tag(canvas, (box.x, box.y + 2), "R", 9)


def _sample_chain(canvas: Canvas, box: Box) -> None:
    canvas.line((box.x, box.middle[1]), (box.right, box.middle[1]), "chain", 2.6)


def _sample_start(canvas: Canvas, box: Box) -> None:
    canvas.rect(box.inset(2), "card", "chain", width=2.4, radius=4)
