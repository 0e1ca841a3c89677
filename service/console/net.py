"""What the page of the net tells beside the picture: what can be found, around whom, load, departures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dutygraph.charts.chain import Link
from dutygraph.charts.exposure import PostExposure
from dutygraph.charts.neighbourhood import Neighbour, Neighbourhood
from dutygraph.model import Finding, Text, Thing
from dutygraph.pictures.look import address
from dutygraph.pictures.naming import kind_name
from dutygraph.questions import find_question
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.roles import Data
from dutygraph.service.access.view import View
from dutygraph.service.console.drawings import NetWanted, look_of, net_of
from dutygraph.service.console.visit import Visit
from dutygraph.service.endpoints.knowledge import own_scope, require_whole_work
from dutygraph.service.endpoints.leaving import Loss, leaving_of, losses_of
from dutygraph.service.endpoints.metrics import exposures_of
from dutygraph.service.endpoints.questions import answer_question

KINDS = ("Business", "Post", "Person", "IntegrityRisk", "Control", "ProcessNode", "SupervisorAppointment")
"""The classes of what can be found, in the order in which it is listed."""
MOST_FOUND = 24
_LOAD = "Q22"
_MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Named:
    """A thing to go to: its address ("risk/R04-05"), what it and its kind are called."""

    address: str
    thing: Thing
    kind: str
    gaps: int = 0
    more: int = 0

    @property
    def name(self) -> str:
        """Its name; its id where it has none."""
        return self.thing.label or self.thing.id

    @property
    def number(self) -> str:
        """Its id, where that is not its name."""
        return "" if self.thing.id == self.name else self.thing.id


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; ``total`` may be more than is listed."""

    text: str
    listed: Sequence[Named]
    total: int


@dataclass(frozen=True, slots=True)
class Load:
    """What a supervisor carries: businesses, high-star ones and their limit, task sheets of the year."""

    person: Named
    businesses: int
    high_star: int
    limit: int | None
    sheets: int

    @property
    def too_much(self) -> bool:
        """Whether it is more than the policy allows."""
        return self.limit is not None and self.high_star > self.limit


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Where one may begin: connecting posts and loaded supervisors, None where the role may not know them."""

    posts: Sequence[tuple[Named, PostExposure]] | None
    loads: Sequence[Load] | None
    businesses: Sequence[Named]


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a thing, told beside the picture."""

    start: Named
    gaps: Sequence[Finding]
    groups: Sequence[tuple[Text, Sequence[Named]]]
    hidden: int
    chain: Sequence[Named]
    missing: Link | None
    load: Load | None
    exposure: PostExposure | None
    may_leave: bool


@dataclass(frozen=True, slots=True)
class Departure:
    """What a departure touches: what nobody is left for first; ``own``: told of the own scope alone."""

    subject: Named
    lost: Sequence[tuple[Loss, Named]]
    fewer: Sequence[tuple[Loss, Named]]
    own: bool


def named(visit: Visit, thing: Thing, gaps: int = 0, more: int = 0) -> Named:
    """Return a thing as it is listed."""
    return Named(address(thing), thing, kind_name(thing.kind, look_of(visit)), gaps, more)


def search(visit: Visit, view: View, text: str) -> Found:
    """Return what the caller sees whose id or name contains a text; ids that begin with it come first."""
    wanted = text.strip().casefold()
    things = visit.answers.of(view, "net-things", lambda: _things(view))
    hits = [one for one in things if wanted in one.id.casefold() or wanted in one.label.casefold()]
    hits.sort(key=lambda one: (one.id.casefold() != wanted, not one.id.casefold().startswith(wanted)))
    return Found(text.strip(), [named(visit, one) for one in hits[:MOST_FOUND]], len(hits))


def _things(view: View) -> tuple[Thing, ...]:
    found: dict[str, Thing] = {}
    for kind in KINDS:
        query = (
            "PREFIX sv: <https://w3id.org/dutygraph#> "
            f"SELECT DISTINCT ?thing {{ ?thing a sv:{kind} FILTER(isIRI(?thing)) }}"
        )
        rows = view.store.select(query, graphs=view.graphs)
        things = [view.things.thing(row["thing"].value) for row in rows]
        found.update({one.iri: one for one in sorted(things, key=lambda one: one.id)})
    return tuple(found.values())


def beginnings(visit: Visit, view: View) -> Beginnings:
    """Return where one may begin, as far as the caller may know it."""
    things = visit.answers.of(view, "net-things", lambda: _things(view))
    counts: dict[str, int] = {}
    for finding in view.findings:
        counts[finding.focus.iri] = counts.get(finding.focus.iri, 0) + 1
    businesses = sorted(
        (one for one in things if one.kind == KINDS[0]), key=lambda one: -counts.get(one.iri, 0)
    )
    exposed = _exposures(visit, view)
    posts = None if exposed is None else [(named(visit, one.post), one) for one in exposed[:_MOST_LISTED]]
    loads = _loads(visit, view)
    return Beginnings(
        posts=posts,
        loads=None if loads is None else loads[:_MOST_LISTED],
        businesses=[named(visit, one, counts.get(one.iri, 0)) for one in businesses[:_MOST_LISTED]],
    )


def _exposures(visit: Visit, view: View) -> Sequence[PostExposure] | None:
    try:
        view.require(Data.METRICS)
    except ForbiddenError:
        return None
    return exposures_of(view, visit.answers)


def _loads(visit: Visit, view: View) -> Sequence[Load] | None:
    """Return what supervisors carry, the most first."""
    try:
        answer = answer_question(view, visit.answers, find_question(_LOAD), {})
    except ForbiddenError:
        return None
    names = [column.variable for column in answer.columns]
    loads = [_load(visit, dict(zip(names, row, strict=True))) for row in answer.rows]
    return sorted(
        loads, key=lambda one: (not one.too_much, -one.high_star, -one.businesses, one.person.thing.id)
    )


def _load(visit: Visit, row: Mapping[str, object]) -> Load:
    def count(name: str) -> int:
        return int(str(row[name] or 0))

    person = row["person"]
    if not isinstance(person, Thing):
        raise TypeError(person)
    limit = None if row["limit"] is None else count("limit")
    return Load(
        named(visit, person),
        count("businesses"),
        count("highStar"),
        limit,
        count("issued") + count("assigned"),
    )


def around_of(visit: Visit, view: View, wanted: NetWanted) -> Around:
    """Return what stands around a thing.

    Raises:
        ProblemError: 404, there is no such thing, or the caller does not see it.

    """
    found = net_of(visit, view, wanted)
    gaps = {finding.id: finding for finding in view.findings}
    start = next(node for node in found.nodes if node.thing == found.start)
    kind = found.start.kind.lower()
    loads = (_loads(visit, view) or ()) if kind == "person" else ()
    exposed = (_exposures(visit, view) or ()) if wanted.start.startswith("post/") else ()
    return Around(
        start=named(visit, found.start),
        gaps=[gaps[gap] for gap in start.gaps if gap in gaps],
        groups=_groups(visit, found),
        hidden=start.more or 0,
        chain=[named(visit, step) for step in found.chain.steps],
        missing=found.chain.missing,
        load=next((one for one in loads if one.person.thing.iri == found.start.iri), None),
        exposure=next((one for one in exposed if one.post.iri == found.start.iri), None),
        may_leave=wanted.start.startswith(("person/", "post/")) and _may_leave(view),
    )


def _groups(visit: Visit, found: Neighbourhood) -> Sequence[tuple[Text, Sequence[Named]]]:
    """Return the neighbours of the start by what ties them to it."""
    nodes: Mapping[str, Neighbour] = {node.thing.iri: node for node in found.nodes}
    groups: dict[str, tuple[Text, dict[str, Named]]] = {}
    for edge in found.edges:
        if found.start.iri not in (edge.source, edge.target):
            continue
        forwards = edge.source == found.start.iri
        other = nodes[edge.target if forwards else edge.source]
        label = edge.label if forwards else edge.back
        listed = named(visit, other.thing, len(other.gaps), other.more or 0)
        groups.setdefault(label.zh, (label, {}))[1][other.thing.iri] = listed
    return [(label, tuple(listed.values())) for label, listed in groups.values()]


def _may_leave(view: View) -> bool:
    try:
        require_whole_work(view)
    except ForbiddenError:
        return False
    return True


def departure_of(visit: Visit, view: View, start: str) -> Departure:
    """Return what it touches if a person leaves, or a post is vacated.

    Raises:
        ForbiddenError: the caller does not see enough to say.
        ProblemError: 404, it is not there.

    """
    kind, _, identifier = start.partition("/")
    person, post = (identifier, None) if kind == "person" else (None, identifier)
    found = leaving_of(view, visit.answers, person, post)
    losses = [(loss, named(visit, loss.thing)) for loss in losses_of(found)]
    return Departure(
        subject=named(visit, found.subject),
        lost=[one for one in losses if not one[0].left],
        fewer=[one for one in losses if one[0].left],
        own=own_scope(view, Data.WORK),
    )
