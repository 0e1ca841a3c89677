"""A bureau's working copy: its graphs in memory, under watch, so that a commit reads nothing from disk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date

import pyoxigraph as ox
from rdflib import RDF

from dutygraph.bureaus import describe_bureau
from dutygraph.commits.changes import Changes
from dutygraph.commits.errors import GateError
from dutygraph.gate import refusals
from dutygraph.model import CheckReport, Delta, Finding, GraphKind
from dutygraph.ontology import SV
from dutygraph.recheck import Recheck
from dutygraph.store import BureauGraphs, EmbeddedStore
from dutygraph.store.cells import effect

# A change of more than this part of a bureau is followed faster by checking it anew.
_LARGE = 8
# So few quads are followed faster, however small the bureau; to count a bureau's takes milliseconds.
_FEW = 64
# What of a bureau's own record says the date of its data.
_DATING = {ox.NamedNode(str(RDF.type)), ox.NamedNode(str(SV.dataDate))}


@dataclass(frozen=True, slots=True)
class Followed:
    """What a change of the data led to: the gaps there are, and the quads that follow from it."""

    findings: tuple[Finding, ...]
    removed: Collection[ox.Quad]
    added: Collection[ox.Quad]


class WorkingCopy:
    """One bureau in memory. What it says is the truth only until a call of it has failed: then drop it."""

    def __init__(
        self, names: BureauGraphs, quads: Iterable[ox.Quad], chosen: date | None, today: Callable[[], date]
    ) -> None:
        """Copy the asserted graphs and those of their cells; *chosen* is the date asked for, if any."""
        self.names, self.chosen, self._today = names, chosen, today
        self._bureau = ox.NamedNode(names.bureau)
        self.store = EmbeddedStore()
        self.store.oxigraph.bulk_extend(quads)
        self._recheck: Recheck | None = None

    @property
    def as_of(self) -> date:
        """The date by which the bureau is judged."""
        return self._watched().as_of

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The gaps there are."""
        return self._watched().findings

    def report(self) -> CheckReport:
        """Return the whole answer, as ``check`` gives it."""
        return self._watched().report()

    def watch(self, as_of: date | None) -> None:
        """Check the bureau as of a date (None: the data's, else today)."""
        self._recheck = Recheck(self.store, self.names, as_of or self._date())

    def derived(self) -> set[ox.Quad]:
        """Return what follows from the data."""
        return set(self.store.quads((*self.names.all_derived(), self.names.run_graph)))

    def effect(self, delta: Delta) -> Changes:
        """Return what a delta would change here, if the gate lets it.

        Raises:
            GateError: it does not; every reason at once.

        """
        removed, added = effect(self.store.oxigraph, self.names, delta)
        problems = refusals(self._records(removed, added), delta)
        if problems:
            raise GateError(problems)
        return Changes(removed, added)

    def follow(self, changes: Changes) -> Followed:
        """Make a change, and say what it led to."""
        if self._recheck is None or self._needs_anew(self._recheck, changes):
            return self._anew(changes)
        change = self._recheck.change(changes.removed, changes.added)
        return Followed(self._recheck.findings, change.removed, change.added)

    def judge(self, chosen: date | None) -> Followed:
        """Judge by another date from now on (None: by the data's)."""
        self.chosen = chosen
        return self._anew(Changes((), ()))

    def tried(self, changes: Changes) -> tuple[Finding, ...]:
        """Return the gaps that a change would leave; the copy stays as it is."""
        if self._recheck is not None and not self._needs_anew(self._recheck, changes):
            self._recheck.change(changes.removed, changes.added)
            findings = self._recheck.findings
            self._recheck.change(changes.added, changes.removed)
            return findings
        cells = tuple(self.names.cells(kind) for kind in GraphKind)
        stated = set(self.store.quads((*self.names.all_asserted(), *cells)))
        stated = (stated - set(changes.removed)) | set(changes.added)
        other = WorkingCopy(self.names, stated, self.chosen, self._today)
        other.watch(None)
        return other.findings

    def _anew(self, changes: Changes) -> Followed:
        before = self.derived()
        self.store.change(changes.removed, changes.added)
        self.watch(None)
        after = self.derived()
        return Followed(self.findings, before - after, after - before)

    def _needs_anew(self, recheck: Recheck, changes: Changes) -> bool:
        """Tell whether a change may move the date to judge by, or is followed faster by checking anew."""
        quads = [*changes.removed, *changes.added]
        return (
            (len(quads) > _FEW and len(quads) * _LARGE > len(self.store.oxigraph))
            or recheck.as_of != self._date()
            or any(quad.subject == self._bureau and quad.predicate in _DATING for quad in quads)
        )

    def _date(self) -> date:
        return self.chosen or describe_bureau(self.store, self.names).data_date or self._today()

    def _watched(self) -> Recheck:
        if self._recheck is None:
            self.watch(None)
        assert self._recheck is not None
        return self._recheck

    def _records(self, removed: Collection[ox.Quad], added: Collection[ox.Quad]) -> list[ox.Triple]:
        """Return all that will be said of the nodes that a change says something of."""
        graphs = [ox.NamedNode(name) for name in self.names.all_asserted()]
        stated = set(graphs)
        subjects = {quad.subject for quad in (*removed, *added) if quad.graph_name in stated}
        there = {
            quad
            for subject in subjects
            for graph in graphs
            for quad in self.store.oxigraph.quads_for_pattern(subject, None, None, graph)
        }
        after = (there - set(removed)) | {quad for quad in added if quad.graph_name in stated}
        return [quad.triple for quad in after]
