"""The gaps one caller may see, less what the caller may not (domain section 9: visible as its focus is)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Protocol

import pyoxigraph as ox
from rdflib import DCTERMS

from dutygraph.commits.acts import Actor
from dutygraph.commits.gaps import Assignment, BureauState, GapHistory, GapState
from dutygraph.model import Finding, Responsible, Thing, Waiver
from dutygraph.ontology import SV
from dutygraph.responsible import Responsibilities
from dutygraph.service.access.contents import Contents
from dutygraph.service.access.reading import Reading
from dutygraph.service.access.roles import Caller, Data, Reach
from dutygraph.service.access.tables import AccessTables
from dutygraph.service.access.union import UnionStore
from dutygraph.shapes import catalogue
from dutygraph.things import Things

_ID_LENGTH = 12


class Visible(Protocol):
    """The part of a cut that gaps are told from."""

    @property
    def store(self) -> UnionStore:
        """The visible triples."""

    @property
    def things(self) -> Things:
        """What people call the visible nodes."""


@dataclass(frozen=True, slots=True)
class VisibleGap:
    """A gap as the caller sees it, and the ids that it goes by in the register."""

    gap: GapHistory
    registered: tuple[str, ...]


class VisibleGaps:
    """Takes from a bureau's gaps those, and of those what, one caller may see."""

    def __init__(
        self, reading: Reading, contents: Contents, caller: Caller, tables: AccessTables, seen: Visible
    ) -> None:
        """Keep what is visible."""
        self._reading = reading
        self._contents = contents
        self._caller = caller
        self._tables = tables
        self._seen = seen

    def of(self, state: BureauState) -> tuple[VisibleGap, ...]:
        """Return the visible gaps in the order of the state; gaps that have become alike are told as one."""
        found: dict[str, list[tuple[GapHistory, str]]] = {}
        for gap in state.gaps.values():
            if self._sees(gap.finding.focus.iri, (Reach.ALL,)):
                told = self._told(gap)
                found.setdefault(told.finding.id, []).append((told, gap.finding.id))
        return tuple(_one(alike) for alike in found.values())

    def _sees(self, iri: str, reaches: Sequence[Reach]) -> bool:
        """Tell whether a node is visible; of one that nobody registers, whether its kind is seen so far."""
        node = ox.NamedNode(iri)
        if self._contents.registers(node):
            return node not in self._reading.hidden
        row = self._contents.row_of_unregistered(node)
        return row is None or self._reach(row) in reaches

    def _reach(self, data: Data) -> Reach:
        return self._tables.reach(data, self._caller.role)

    def _told(self, gap: GapHistory) -> GapHistory:
        finding = gap.finding
        sees_all_work = self._reach(Data.WORK) is Reach.ALL
        if not sees_all_work:
            responsible = self._responsibilities.of(finding.focus.iri, finding.focus.kind)
            finding = replace(finding, responsible=responsible, explanation=None)
        if not self._cell_visible(finding):
            finding = replace(finding, cell=None)
        finding = replace(finding, waived=self._waiver(finding))
        if self._names_hidden(finding):
            finding = self._veiled(finding)
        return replace(
            gap,
            finding=finding,
            assignments=gap.assignments if sees_all_work else self._assignments(gap.assignments),
        )

    @cached_property
    def _responsibilities(self) -> Responsibilities:
        store, graphs = self._seen.store, self._contents.names.checked()
        return Responsibilities(store, graphs, self._seen.things, partial(store.ends, graphs=graphs))

    def _names_hidden(self, finding: Finding) -> bool:
        """Tell whether a gap names a hidden node, or that something is a value of a hidden property."""
        focus, value = ox.NamedNode(finding.focus.iri), finding.value
        if focus in self._reading.partial:
            return True
        if value is None:
            return False
        # what nobody registered tells nothing but that a record names it
        if value.iri and not self._sees(value.iri, (Reach.ALL, Reach.OWN)):
            return True
        ties = list(_ties(self._contents, focus, value))
        return bool(ties) and not any(map(self._reading.shows, ties))

    def _veiled(self, finding: Finding) -> Finding:
        """Return a gap less its value, under an id that does not depend on the value.

        The id of a gap is a hash that anyone can work out: trying all persons' ids would tell whose it is.
        """
        rule = next(shape for shape in catalogue() if shape.rule == finding.rule)
        names = (self._contents.names.code, finding.focus.iri)
        parts = ("veiled", finding.rule, finding.severity.value, *names, finding.shape, finding.component)
        told = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_ID_LENGTH]
        whose = finding.responsible
        if ox.NamedNode(finding.focus.iri) in self._reading.partial:
            whose = Responsible(None, None, dict.fromkeys(whose.supervisors, ()))
        return replace(
            finding,
            id=told,
            path=None,
            value=None,
            message=rule.label,
            remedy=rule.remedy,
            responsible=whose,
            cell=None,
            explanation=None,
        )

    def _cell_visible(self, finding: Finding) -> bool:
        """Tell whether the record is visible whose cell a gap names: its own, or what it was derived for."""
        registered = self._contents.origin(ox.NamedNode(finding.focus.iri))
        return registered not in self._reading.hidden

    def _waiver(self, finding: Finding) -> Waiver | None:
        reach = self._reach(Data.WAIVERS)
        if finding.waived is None or reach is Reach.ALL:
            return finding.waived
        by = self._waived_by.get((finding.rule, finding.focus.id))
        if reach is not Reach.OWN or by is None:
            return None
        return finding.waived if finding.waived.by in by else replace(finding.waived, by="")

    @cached_property
    def _waived_by(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """Return the visible waivers by rule and id of the node, with the visible ones of their approvers."""
        rows = self._seen.store.select(_WAIVERS, graphs=self._contents.names.checked())
        found: dict[tuple[str, str], set[str]] = {}
        for row in rows:
            approvers = found.setdefault((row["rule"].value, row["focus"].value), set())
            approvers.update([row["by"].value] if row["by"] else [])
        return {key: frozenset(approvers) for key, approvers in found.items()}

    def _assignments(self, assignments: Sequence[Assignment]) -> tuple[Assignment, ...]:
        """Return the assignments to visible persons and to the caller, less the accounts that made them."""
        names = self._contents.names
        kept = [
            replace(each, by=Actor("", each.by.role, None))
            for each in assignments
            if each.person is None
            or each.person == self._caller.person
            or self._sees(names.thing("person", each.person), (Reach.ALL,))
        ]
        return tuple(kept) if any(each.person is not None for each in kept) else ()


_WAIVERS = f"""SELECT DISTINCT ?rule ?focus ?by {{
  ?waiver a <{SV.RuleWaiver}> ; <{SV.waivesRule}> ?rule ; <{SV.waivesFocus}> ?focus .
  OPTIONAL {{ ?waiver <{SV.approvedBy}>/<{DCTERMS.identifier}> ?by }}
}}"""


def _ties(contents: Contents, focus: ox.NamedNode, value: Thing) -> Iterator[int]:
    """Yield the places of the triples that join a gap's focus and its value, either way."""
    node = ox.NamedNode(value.iri) if value.iri else None
    for place, quad in contents.said(focus):
        if quad.object == node or (
            node is None and isinstance(quad.object, ox.Literal) and quad.object.value == value.id
        ):
            yield place
    if node is not None:
        yield from (place for place, quad in contents.said(node) if quad.object == focus)


def _one(alike: Sequence[tuple[GapHistory, str]]) -> VisibleGap:
    """Return gaps that look the same to the caller as one: the gravest state, seen from first to last."""
    gaps = [gap for gap, _ in alike]
    told = min(gaps, key=lambda gap: _STATES.index(gap.state))
    first = min((gap.first_seen for gap in gaps), key=lambda seen: seen.commit)
    last = max((gap.last_seen for gap in gaps), key=lambda seen: seen.commit)
    return VisibleGap(replace(told, first_seen=first, last_seen=last), tuple(sorted(key for _, key in alike)))


_STATES = (GapState.OPEN, GapState.WAIVED, GapState.RESOLVED)
