"""The register of gaps as RDF, in the graph ``findings`` of its bureau: written, and read back exactly.

A gap's node says what SPARQL asks for (rule, severity, focus, state, sentences, its commits) and holds the
whole gap as JSON. Commits are nodes of their own. What a gap that is there was last seen in is the bureau's
latest commit, which is not written to every gap again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pyoxigraph as ox
from rdflib import RDFS, XSD

from dutygraph.commits.acts import Actor
from dutygraph.commits.described_gap import from_json, to_json
from dutygraph.commits.entries import COMMIT_NUMBER, TYPE, date_time, integer
from dutygraph.commits.gaps import Assignment, GapHistory, GapState, Seen
from dutygraph.ontology import SV
from dutygraph.store import BureauGraphs, EmbeddedStore


def _term(name: str) -> ox.NamedNode:
    return ox.NamedNode(str(SV[name]))


_LABEL = ox.NamedNode(str(RDFS.label))
_COMMIT, _GAP, _ASSIGNMENT = _term("Commit"), _term("RegisteredGap"), _term("GapAssignment")
_COMMITTED_AT, _JUDGED, _CHOSEN = _term("committedAt"), _term("judgedAsOf"), _term("dateChosen")
_RULESET = _term("underRuleset")
_RULE, _SEVERITY, _FOCUS, _STATE = (
    _term("gapRule"),
    _term("gapSeverity"),
    _term("gapFocus"),
    _term("gapState"),
)
_WHOLE = _term("gapDescription")
_FIRST, _LAST, _RESOLVED = _term("firstSeenIn"), _term("lastSeenIn"), _term("resolvedIn")
_REOPENED = _term("reopenedIn")
_OF_GAP, _NUMBER, _AT, _DUE = (
    _term("ofGap"),
    _term("assignmentNumber"),
    _term("assignedAt"),
    _term("dueBy"),
)
_ASSIGNEE, _REMARK = _term("assignedPerson"), _term("assignmentRemark")
_ACCOUNT, _ROLE, _PERSON = _term("byAccount"), _term("inRole"), _term("byPerson")


@dataclass(frozen=True, slots=True)
class CommitMark:
    """What the register says of a commit: when, judged by which date, under which rules.

    ``chosen`` tells that somebody asked for that date; it holds until another is asked for.
    """

    seen: Seen
    ruleset: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Register:
    """What the register of a bureau holds."""

    marks: Mapping[int, CommitMark]
    gaps: Mapping[str, GapHistory]

    @property
    def head(self) -> CommitMark | None:
        """The latest commit, if any."""
        return self.marks[max(self.marks)] if self.marks else None


def commit_node(names: BureauGraphs, number: int) -> ox.NamedNode:
    """Return the node of a commit."""
    return ox.NamedNode(names.thing("commit", str(number)))


def commit_of(names: BureauGraphs, quads: Iterable[ox.Quad]) -> int:
    """Return the number of the latest commit that stands in the quads of a bureau; 0 for none."""
    graph = ox.NamedNode(names.findings)
    numbers = (
        int(quad.object.value)
        for quad in quads
        if quad.predicate == COMMIT_NUMBER
        and quad.graph_name == graph
        and isinstance(quad.object, ox.Literal)
    )
    return max(numbers, default=0)


def mark_quads(names: BureauGraphs, mark: CommitMark) -> Iterator[ox.Quad]:
    """Yield a commit's quads."""
    node, graph = commit_node(names, mark.seen.commit), ox.NamedNode(names.findings)
    yield ox.Quad(node, TYPE, _COMMIT, graph)
    yield ox.Quad(node, COMMIT_NUMBER, integer(mark.seen.commit), graph)
    yield ox.Quad(node, _COMMITTED_AT, date_time(mark.seen.at), graph)
    yield ox.Quad(node, _JUDGED, _date(mark.seen.as_of), graph)
    yield ox.Quad(node, _RULESET, ox.Literal(mark.ruleset), graph)
    if mark.chosen:
        yield ox.Quad(node, _CHOSEN, ox.Literal(value=True), graph)


def register_change(
    names: BureauGraphs, before: Mapping[str, GapHistory], after: Mapping[str, GapHistory]
) -> tuple[set[ox.Quad], set[ox.Quad]]:
    """Return the quads that leave and that enter the register; no history ever leaves it whole."""
    removed: set[ox.Quad] = set()
    added: set[ox.Quad] = set()
    for gap, history in after.items():
        old = before.get(gap)
        if old is None:
            added.update(gap_quads(names, history))
        elif _written(old) != _written(history):
            was, now = set(gap_quads(names, old)), set(gap_quads(names, history))
            removed |= was - now
            added |= now - was
    return removed, added


def gap_quads(names: BureauGraphs, history: GapHistory) -> Iterator[ox.Quad]:
    """Yield a gap's quads, and those of its assignments."""
    finding, graph = history.finding, ox.NamedNode(names.findings)
    node = ox.NamedNode(names.thing("gap", finding.id))
    said: list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]] = [
        (TYPE, _GAP),
        (_RULE, ox.Literal(finding.rule)),
        (_SEVERITY, ox.Literal(finding.severity.value)),
        (_FOCUS, ox.NamedNode(finding.focus.iri)),
        (_STATE, ox.Literal(history.state.value)),
        (_LABEL, ox.Literal(finding.message.zh, language="zh-hans")),
        (_LABEL, ox.Literal(finding.message.en, language="en")),
        (_WHOLE, ox.Literal(to_json(finding))),
        (_FIRST, commit_node(names, history.first_seen.commit)),
    ]
    if history.resolved is not None:
        said.append((_LAST, commit_node(names, history.last_seen.commit)))
        said.append((_RESOLVED, commit_node(names, history.resolved.commit)))
    said.extend((_REOPENED, commit_node(names, seen.commit)) for seen in history.reopened)
    for predicate, value in said:
        yield ox.Quad(node, predicate, value, graph)
    for number, assignment in enumerate(history.assignments, start=1):
        yield from _assignment_quads(names, node, number, assignment)


def read_register(store: EmbeddedStore, names: BureauGraphs) -> Register:
    """Return the register as it stands in the store.

    Raises:
        ValueError: it is not as ``gap_quads`` and ``mark_quads`` write it.

    """
    said = _by_node(store.quads([names.findings]))
    marks = {mark.seen.commit: mark for mark in _marks(said)}
    seen = {commit_node(names, number).value: mark.seen for number, mark in marks.items()}
    gaps: dict[str, GapHistory] = {}
    try:
        assignments = _assignments(said)
        for node, told in said.items():
            if _GAP.value in told[TYPE.value]:
                history = _history(told, seen, assignments.get(node, ()))
                gaps[history.finding.id] = history
    except (KeyError, IndexError) as error:
        raise ValueError(f"the register of {names.code} lacks {error}") from error
    return Register(marks, gaps)


def read_marks(store: EmbeddedStore, names: BureauGraphs) -> Mapping[int, CommitMark]:
    """Return the commits of a bureau by number.

    Raises:
        ValueError: they are not as ``mark_quads`` writes them.

    """
    graph = ox.NamedNode(names.findings)
    nodes = {quad.subject for quad in store.oxigraph.quads_for_pattern(None, TYPE, _COMMIT, graph)}
    said = _by_node(
        quad for node in nodes for quad in store.oxigraph.quads_for_pattern(node, None, None, graph)
    )
    return {mark.seen.commit: mark for mark in _marks(said)}


def _by_node(quads: Iterable[ox.Quad]) -> dict[str, dict[str, list[str]]]:
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode | ox.Triple):
            said[quad.subject.value][quad.predicate.value].append(quad.object.value)
    return said


def _history(
    told: Mapping[str, list[str]], seen: Mapping[str, Seen], assignments: tuple[Assignment, ...]
) -> GapHistory:
    resolved = told.get(_RESOLVED.value)
    last = told[_LAST.value][0] if resolved else max(seen, key=lambda node: seen[node].commit)
    reopened = sorted((seen[node] for node in told.get(_REOPENED.value, ())), key=lambda one: one.commit)
    return GapHistory(
        finding=from_json(told[_WHOLE.value][0]),
        first_seen=seen[told[_FIRST.value][0]],
        last_seen=seen[last],
        resolved=seen[resolved[0]] if resolved else None,
        reopened=tuple(reopened),
        assignments=assignments,
    )


def _marks(said: Mapping[str, Mapping[str, list[str]]]) -> Iterator[CommitMark]:
    for told in said.values():
        if _COMMIT.value in told[TYPE.value]:
            values = [told[term.value] for term in (_COMMITTED_AT, _JUDGED, COMMIT_NUMBER, _RULESET)]
            if any(len(value) != 1 for value in values):
                raise ValueError("a commit lacks something, or says it twice")
            [at], [as_of], [number], [ruleset] = values
            seen = Seen(int(number), datetime.fromisoformat(at), date.fromisoformat(as_of))
            yield CommitMark(seen, ruleset, _CHOSEN.value in told)


def _assignments(said: Mapping[str, Mapping[str, list[str]]]) -> Mapping[str, tuple[Assignment, ...]]:
    found: dict[str, list[tuple[int, Assignment]]] = defaultdict(list)
    for told in said.values():
        if _ASSIGNMENT.value in told[TYPE.value]:
            found[told[_OF_GAP.value][0]].append((int(told[_NUMBER.value][0]), _assignment(told)))
    return {
        gap: tuple(assignment for _, assignment in sorted(ones, key=lambda one: one[0]))
        for gap, ones in found.items()
    }


def _assignment(told: Mapping[str, list[str]]) -> Assignment:
    def first(term: ox.NamedNode) -> str | None:
        return told[term.value][0] if told.get(term.value) else None

    due = first(_DUE)
    return Assignment(
        person=first(_ASSIGNEE),
        due=None if due is None else date.fromisoformat(due),
        remark=first(_REMARK) or "",
        by=Actor(told[_ACCOUNT.value][0], told[_ROLE.value][0], first(_PERSON)),
        at=datetime.fromisoformat(told[_AT.value][0]),
    )


def _assignment_quads(
    names: BureauGraphs, gap: ox.NamedNode, number: int, assignment: Assignment
) -> Iterator[ox.Quad]:
    graph = ox.NamedNode(names.findings)
    node = ox.NamedNode(f"{gap.value}/assignment/{number}")
    said: dict[ox.NamedNode, ox.NamedNode | ox.Literal | None] = {
        TYPE: _ASSIGNMENT,
        _OF_GAP: gap,
        _NUMBER: integer(number),
        _AT: date_time(assignment.at),
        _DUE: None if assignment.due is None else _date(assignment.due),
        _ASSIGNEE: None if assignment.person is None else ox.Literal(assignment.person),
        _REMARK: ox.Literal(assignment.remark),
        _ACCOUNT: ox.Literal(assignment.by.account),
        _ROLE: ox.Literal(assignment.by.role),
        _PERSON: None if assignment.by.person is None else ox.Literal(assignment.by.person),
    }
    for predicate, value in said.items():
        if value is not None:
            yield ox.Quad(node, predicate, value, graph)


def _written(history: GapHistory) -> tuple[object, ...]:
    """Return what of a history stands in the store."""
    last = None if history.state is not GapState.RESOLVED else history.last_seen
    return (
        history.finding,
        history.first_seen,
        last,
        history.resolved,
        history.reopened,
        history.assignments,
    )


def _date(day: date) -> ox.Literal:
    return ox.Literal(day.isoformat(), datatype=ox.NamedNode(str(XSD.date)))
