"""The example of a rule, read from its file: things as cards, what joins them, the gaps that it names."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import pyoxigraph as ox
from rdflib import RDF, SH

from dutygraph.charts.ties import ties
from dutygraph.ontology import SV
from dutygraph.pictures.look import Look, address
from dutygraph.pictures.naming import kind_name, term_name
from dutygraph.pictures.net import Card, Net, Tie
from dutygraph.pictures.words import word
from dutygraph.shapes import RuleFolder
from dutygraph.things import Things


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap that an offending example names: what it is about, and the value, if it says one (IRIs)."""

    focus: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Example:
    """An example as a net; ``said`` are the values, ``properties`` the names of what is said of a thing.

    ``paths`` are the properties of ``sv:`` of which the rule's shape says what they must hold.
    """

    net: Net
    gaps: tuple[Gap, ...]
    said: Mapping[str, frozenset[str]]
    properties: Mapping[str, frozenset[str]]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Drawn:
    background: frozenset[str]
    unsaid: frozenset[str]
    most_facts: int
    lacking: Mapping[str, str]
    aside: Mapping[str, tuple[str, ...]]


def read_example(folder: RuleFolder, look: Look, *, conforming: bool) -> Example:
    """Return the conforming or the offending example of a rule."""
    form = ox.RdfFormat.TRIG if folder.dataset else ox.RdfFormat.TURTLE
    quads = list(ox.parse(folder.valid if conforming else folder.invalid, form))
    gaps = tuple(sorted(_gaps(quads), key=lambda gap: (gap.focus, gap.value or "")))
    reader = _Reader(quads, look, gaps)
    said: dict[str, set[str]] = defaultdict(set)
    properties: dict[str, set[str]] = defaultdict(set)
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            said[quad.subject.value].add(getattr(quad.object, "value", ""))
            properties[quad.subject.value].add(_local(quad.predicate))
    return Example(
        net=Net(tuple(reader.cards()), tuple(reader.ties())),
        gaps=gaps,
        said={key: frozenset(values) for key, values in said.items()},
        properties={key: frozenset(values) for key, values in properties.items()},
        paths=_paths(folder),
    )


def _paths(folder: RuleFolder) -> tuple[str, ...]:
    shape = list(ox.parse(folder.shape, ox.RdfFormat.TURTLE))
    rules = {quad.subject for quad in shape if quad.predicate.value == str(SV.ruleId)}
    own = {q.object for q in shape if q.subject in rules and q.predicate.value == str(SH.property)}
    paths = (q.object for q in shape if q.subject in own and q.predicate.value == str(SH.path))
    found = (path.value for path in paths if isinstance(path, ox.NamedNode))
    return tuple(sorted(path.removeprefix(str(SV)) for path in found if path.startswith(str(SV))))


def lacking_kind(rule: str) -> str | None:
    """Return the class of what a gap of a rule lacks, where ``examples.toml`` says it."""
    return _drawn().lacking.get(rule)


def lanes_aside() -> Mapping[str, tuple[str, ...]]:
    """Return the lanes of background, by colour, with the terms by which a shape tells that it needs them."""
    return _drawn().aside


def _gaps(quads: Iterable[ox.Quad]) -> Iterator[Gap]:
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        name = _local(quad.predicate)
        if name in ("expectedFocus", "expectedValue"):
            said[str(quad.subject)][name].append(quad.object.value)  # type: ignore[union-attr]
    for gap in said.values():
        for focus in gap["expectedFocus"]:
            yield Gap(focus, next(iter(gap["expectedValue"]), None))


class _Reader:
    """Reads cards and ties from the triples of an example."""

    def __init__(self, quads: Iterable[ox.Quad], look: Look, gaps: Iterable[Gap]) -> None:
        self._quads, self._look, self._drawn = tuple(quads), look, _drawn()
        self._things = Things(ox.Triple(q.subject, q.predicate, q.object) for q in self._quads)
        self._named = {iri for gap in gaps for iri in (gap.focus, gap.value) if iri}
        self._shown = dict.fromkeys(filter(self._is_shown, self._subjects()))
        self._shown |= dict.fromkeys(filter(self._is_dangling, self._objects()))

    def _subjects(self) -> Iterator[str]:
        typed = (quad for quad in self._quads if quad.predicate.value == str(RDF.type))
        return (quad.subject.value for quad in typed if isinstance(quad.subject, ox.NamedNode))

    def _objects(self) -> Iterator[str]:
        subjects = {q.subject.value for q in self._quads if isinstance(q.subject, ox.NamedNode)}
        for quad in self._quads:
            drawn = isinstance(quad.subject, ox.NamedNode) and quad.subject.value in self._shown
            if drawn and isinstance(quad.object, ox.NamedNode) and quad.object.value not in subjects:
                yield quad.object.value

    def _is_shown(self, iri: str) -> bool:
        kinds = {name.rpartition("#")[2] for name in self._things.types(iri)}
        known = any(name.startswith(str(SV)) for name in self._things.types(iri))
        return known and (iri in self._named or not kinds & self._drawn.background)

    def _is_dangling(self, iri: str) -> bool:
        """Tell whether a thing is referred to and stands nowhere: its place in the net is shown, too."""
        return "/" in iri.partition("/bureau/")[2].partition("/")[2]

    def cards(self) -> Iterator[Card]:
        """Yield a card for each thing that is shown."""
        facts = self._facts()
        for iri in self._shown:
            thing = self._things.thing(iri)
            caption = kind_name(thing.kind, self._look)
            said = tuple(facts.get(iri, ()))[: self._drawn.most_facts]
            if not self._things.types(iri):
                said = (word("word", "unregistered", self._look),)
            name = thing.label or thing.id
            number = "" if name == thing.id else thing.id
            told = "\n".join((f"{caption} {number} {name}", *said))
            yield Card(iri, thing.kind, caption, number, name, told, address(thing), said)

    def _facts(self) -> Mapping[str, list[str]]:
        facts: dict[str, list[str]] = defaultdict(list)
        for quad in self._quads:
            if not isinstance(quad.subject, ox.NamedNode) or _local(quad.predicate) in self._drawn.unsaid:
                continue
            value = self._value(quad.object)
            if value is not None:
                facts[quad.subject.value].append(self._fact(_local(quad.predicate), value))
        for quad in self._quads:
            if isinstance(quad.graph_name, ox.NamedNode) and isinstance(quad.subject, ox.NamedNode):
                kept = quad.graph_name.value.rpartition("/")[2]
                fact = f"{word('graph', 'kept', self._look)}：{word('graph', kept, self._look)}"
                if fact not in facts[quad.subject.value]:
                    facts[quad.subject.value].insert(0, fact)
        return facts

    def _fact(self, name: str, value: str) -> str:
        return f"{term_name(name, self._look)}：{value}"

    def _value(self, node: object) -> str | None:
        """Return a literal or a concept as people read it; None for what is drawn as a thing of its own."""
        if isinstance(node, ox.Literal):
            return word("truth", node.value, self._look) if node.value in ("true", "false") else node.value
        if isinstance(node, ox.NamedNode) and node.value not in self._shown:
            label = self._things.label(node.value)
            return label.in_language(self._look.language)
        return None

    def ties(self) -> Iterator[Tie]:
        """Yield what joins the things that are shown, each pair and property once."""
        known = ties()
        joined: dict[frozenset[str], set[str]] = defaultdict(set)
        found = dict.fromkeys(self._joined())
        for source, name, target in found:
            joined[frozenset((source, target))].add(name)
        for source, name, target in found:
            tie = known.get(name)
            if tie is not None and tie.unless & joined[frozenset((source, target))]:
                continue
            plain = term_name(_after(name), self._look)
            label = plain if tie is None else self._look.say(tie.label)
            yield Tie(source, target, label, plain if tie is None else self._look.say(tie.back))

    def _joined(self) -> Iterator[tuple[str, str, str]]:
        for quad in self._quads:
            ends = (quad.subject, quad.object)
            source, target = (end.value if isinstance(end, ox.NamedNode) else "" for end in ends)
            unsaid = _local(quad.predicate) in self._drawn.unsaid
            if source in self._shown and target in self._shown and not unsaid:
                yield source, quad.predicate.value, target


def _local(predicate: ox.NamedNode) -> str:
    return _after(predicate.value)


def _after(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]


@cache
def _drawn() -> _Drawn:
    text = resources.files("dutygraph.pictures").joinpath("examples.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    aside = {lane: tuple(terms) for lane, terms in told["aside"].items()}
    named = frozenset(told["background"]), frozenset(told["unsaid"])
    return _Drawn(*named, told["most_facts"], told["lacking"], aside)
