"""The chain of responsibility from a thing up to tier 1, or the link at which it breaks (Q36)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import networkx as nx

from dutygraph.charts.process import NodeFacts, Process, read_process
from dutygraph.charts.reading import Reading
from dutygraph.model import Thing
from dutygraph.network import Supervision, current_supervision, responsibility_path, upward_graph


class Link(StrEnum):
    """The links of a chain, lowest first, by what may be missing."""

    CONTROL = "control"
    OWNER = "owner"
    HOLDER = "holder"
    SUPERVISOR = "supervisor"
    TIER_1 = "tier-1"


_ORDER = tuple(Link)


@dataclass(frozen=True, slots=True)
class Chain:
    """The shortest way from a thing to a tier-1 supervisor of its own business, the thing first.

    Of a business, a node or an issue it is the shortest from any of its risks, of a person without a post
    from an appointment. Where no way leads up,
    ``steps`` is empty and ``missing`` says what is missing; both are empty for what no chain starts from.
    """

    steps: tuple[Thing, ...]
    missing: Link | None


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a chain starts, whose supervisors answer for it, and the link it needs first."""

    iri: str
    businesses: frozenset[str]
    first: Link


def chain_up(reading: Reading, start: str, process: Process | None = None) -> Chain:
    """Return the chain from a registered thing (by IRI) up to tier 1."""
    process = read_process(reading) if process is None else process
    upward = upward_graph(reading.store, reading.names)
    supervision = current_supervision(reading.store, reading.names)
    starts = list(_starts(reading, process, supervision, start))
    paths = [path for one in starts if (path := _path(upward, supervision, one)) is not None]
    if paths:
        best = min(paths, key=lambda path: (len(path), path))
        return Chain(tuple(map(reading.things.thing, best)), None)
    missing = (_missing(upward, supervision, one) for one in starts)
    return Chain((), max(missing, key=_ORDER.index, default=None))


def _starts(reading: Reading, process: Process, supervision: Supervision, start: str) -> Iterator[_Start]:
    if start in process.risks:
        yield from _from_risks(process, (start,))
    elif start in process.controls:
        risks = (risk.iri for risk in process.risks.values() if start in risk.controls)
        businesses = frozenset[str]().union(*map(process.businesses_of_risk, risks))
        yield _Start(start, businesses, Link.OWNER)
    elif start in process.nodes:
        yield from _from_node(process, process.nodes[start])
    elif start in supervision.of(supervision.by_business):
        yield _from_appointment(supervision, start)
    else:
        for node in process.of_business(start):
            yield from _from_node(process, node)
        yield from _from_people(reading, process, supervision, start)
        of_issue = (row["risk"] for row in reading.rows("issues") if row["issue"] == start and "risk" in row)
        yield from _from_risks(process, of_issue)


def _from_risks(process: Process, risks: Iterable[str]) -> Iterator[_Start]:
    for iri in risks:
        if iri in process.risks and not process.risks[iri].retired:
            yield _Start(iri, process.businesses_of_risk(iri), Link.CONTROL)


def _from_node(process: Process, node: NodeFacts) -> Iterator[_Start]:
    """Yield the risks of a node; its posts where it has none."""
    risks = process.active_risks(node)
    yield from _from_risks(process, (risk.iri for risk in risks))
    posts = {post for each in node.posts.values() for post in each} if not risks else ()
    for post in sorted(posts):
        yield _Start(post, frozenset(node.businesses), Link.HOLDER)


def _from_appointment(supervision: Supervision, appointment: str) -> _Start:
    own = frozenset(business for business, each in supervision.by_business.items() if appointment in each)
    return _Start(appointment, own, Link.TIER_1)


def _from_people(
    reading: Reading, process: Process, supervision: Supervision, start: str
) -> Iterator[_Start]:
    """Yield a post or a person; of a person without a post, the current appointments."""
    held = frozenset(row["post"] for row in reading.rows("holders") if row["person"] == start)
    if held:
        businesses = frozenset[str]().union(*map(process.businesses_of_post, held))
        yield _Start(start, businesses, Link.SUPERVISOR)
    else:
        appointments = {
            row["appointment"] for row in reading.rows("supervisors") if row.get("person") == start
        }
        yield from (_from_appointment(supervision, one) for one in sorted(appointments))
    if any(row["post"] == start for row in reading.rows("posts")):
        yield _Start(start, process.businesses_of_post(start), Link.HOLDER)


def _path(upward: nx.DiGraph[str], supervision: Supervision, start: _Start) -> tuple[str, ...] | None:
    if start.iri in supervision.tier_1:
        return (start.iri,)
    return responsibility_path(upward, start.iri, start.businesses, supervision)


def _missing(upward: nx.DiGraph[str], supervision: Supervision, start: _Start) -> Link:
    """Return the first link that is missing: the graph goes up one link at a time."""
    reached = {start.iri}
    for link in _ORDER[_ORDER.index(start.first) :]:
        reached = {higher for lower in reached & set(upward) for higher in upward.successors(lower)}
        if link is Link.SUPERVISOR:
            reached &= supervision.of(start.businesses)
        if not reached:
            return link
    return Link.TIER_1
