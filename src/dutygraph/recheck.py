"""A bureau under watch: after every commit, which gaps are new, which persist, which are resolved.

The result equals a fresh ``check`` of the same store: rules and shapes run again where the change touches
what they read; a finding is described again when a node it names, or who must act on it, or its waiver may
have changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pyoxigraph as ox
from rdflib import RDF

from dutygraph.bureaus import describe_bureau
from dutygraph.check import count_classes, date_of_check, outcomes, run_triples
from dutygraph.dataset_check import check_dataset
from dutygraph.described import Described
from dutygraph.model import CheckReport, Delta, Finding, GraphKind
from dutygraph.ontology import SV
from dutygraph.rules import Inference
from dutygraph.shacl import Result, Session
from dutygraph.shapes import catalogue, load_dataset_shapes
from dutygraph.shapes.compiled import compiled_shapes
from dutygraph.store import DERIVED_KINDS, BureauGraphs, EmbeddedStore
from dutygraph.store.cells import as_stored, quads_of

_RUN_CLASSES = {str(SV.AnnualPlan), str(SV.RatingPolicy)}


@dataclass(frozen=True, slots=True)
class GapChange:
    """What one commit did to the gaps; ``new`` and ``persisting`` are those there are now.

    ``rules`` and ``checks`` say how many rules of inference and checks ran again. ``added`` and ``removed``
    are the quads that follow from the change, in the derived graphs and that of the run.
    """

    new: tuple[Finding, ...]
    persisting: tuple[Finding, ...]
    resolved: tuple[Finding, ...]
    rules: int
    checks: int
    added: frozenset[ox.Quad] = frozenset()
    removed: frozenset[ox.Quad] = frozenset()


class Recheck:
    """One bureau of a store, checked as of a date and kept checked. All its commits must go through here."""

    def __init__(self, store: EmbeddedStore, names: BureauGraphs, as_of: date | None = None) -> None:
        """Write the run's data and the derived graphs, and check the bureau once, as ``check`` does."""
        self._store, self._names = store, names
        self.as_of = date_of_check(describe_bureau(store, names), as_of)
        store.replace(names.run_graph, run_triples(store, names, self.as_of))
        self._asserted = (*names.all_asserted(DERIVED_KINDS), names.run_graph)
        self._inference = Inference(store.oxigraph, names.run, self._asserted)
        derived = self._inference.derived()
        for kind in DERIVED_KINDS:
            store.replace(names.derived(kind), derived[f"derived-{kind.value}"])
        shapes = compiled_shapes()
        self._session = Session(store.oxigraph, shapes, names.checked())
        self._dataset_shapes = load_dataset_shapes()
        self._dataset_results, self._dataset_examined = self._check_dataset()
        self._described = Described(store, names, self.as_of, shapes.graph, self._session.data)
        self.findings: tuple[Finding, ...] = self._described.findings(self._results())

    def commit(self, delta: Delta) -> GapChange:
        """Write a delta of this bureau and say what it did to the gaps.

        The delta is written in one atomic step, what follows from it in a second one.

        Raises:
            ValueError: the delta is another bureau's.
            StoreError: nothing was written, or all but what follows from it (``prepare`` makes up for that).

        """
        if (delta.base, delta.bureau) != (self._names.base, self._names.code):
            raise ValueError(f"a delta of {delta.bureau}, not of {self._names.code}")
        removed, added = (
            as_stored(quads_of(self._names, statements)) for statements in (delta.removed, delta.added)
        )
        return self.change(removed, added)

    def change(self, removed: Collection[ox.Quad], added: Collection[ox.Quad]) -> GapChange:
        """Write quads of the asserted graphs and of those of their cells, and say what it did to the gaps.

        What is both removed and added, stays. Terms must be as the store gives them.

        Raises:
            StoreError: as ``commit`` does.

        """
        new, old = set(added), set(removed) - set(added)
        came, went = self._net(self._stated(new), self._stated(old))
        self._store.change(old, new)
        run_came, run_went = self._run_change({*came, *went})
        change = self._inference.apply([*came, *run_came], [*went, *run_went])
        session = self._session.update(change.came, change.went)
        before = Counter(self._dataset_results)
        self._dataset_results, self._dataset_examined = self._check_dataset()
        after = Counter(self._dataset_results)
        self._described.follow(
            [*session.resolved, *(before - after).elements()],
            set(_mentioned([*old, *new])),
            (*change.came, *change.went),
        )
        made = frozenset(self._derived_quads(change.added, run_came))
        gone = frozenset(self._derived_quads(change.removed, run_went))
        outcome = replace(self._outcome(change.rules, session.checks), added=made, removed=gone)
        self._store.change(gone, made)
        return outcome

    def report(self) -> CheckReport:
        """Return the whole answer as it is now, as ``check`` gives it."""
        bureau = describe_bureau(self._store, self._names)
        examined = {**self._session.report.examined, **self._dataset_examined}
        return CheckReport(
            bureau=self._names.code,
            bureau_label=bureau.label,
            as_of=self.as_of,
            computed_at=datetime.now(tz=UTC),
            counts=count_classes(self._store, self._names),
            rules=outcomes(catalogue(), examined, self.findings),
            findings=self.findings,
        )

    def _results(self) -> Iterator[Result]:
        yield from self._session.report.results
        yield from self._dataset_results

    def _check_dataset(self) -> tuple[list[Result], dict[str, int]]:
        # The store is not asked which of the graphs there are: that takes longer the more bureaus it holds.
        return check_dataset(self._store, self._dataset_shapes, self._names.checked())

    def _stated(self, quads: Iterable[ox.Quad]) -> set[ox.Quad]:
        """Give those quads that stand in an asserted graph."""
        graphs = {ox.NamedNode(name) for name in self._names.all_asserted()}
        return {quad for quad in quads if quad.graph_name in graphs}

    def _net(
        self, added: Collection[ox.Quad], removed: Collection[ox.Quad]
    ) -> tuple[list[ox.Triple], list[ox.Triple]]:
        """Give what the union of the asserted graphs that rules read will gain and may lose."""
        hidden = ox.NamedNode(self._names.asserted(GraphKind.IDENTITY))
        came = [quad.triple for quad in added if quad.graph_name != hidden]
        went = [
            quad.triple
            for quad in removed
            if quad.graph_name != hidden and not self._stays(quad.triple, removed)
        ]
        return came, went

    def _stays(self, triple: ox.Triple, removed: Collection[ox.Quad]) -> bool:
        places = (_quad(triple, ox.NamedNode(graph)) for graph in self._asserted)
        return any(place not in removed and place in self._store.oxigraph for place in places)

    def _run_change(self, triples: Iterable[ox.Triple]) -> tuple[set[ox.Triple], set[ox.Triple]]:
        """Give how the run's own data change: they follow the years of the plans and the bureau's policy."""
        if not any(_concerns_run(triple) for triple in triples):
            return set(), set()
        before = set(self._store.triples([self._names.run_graph]))
        after = set(run_triples(self._store, self._names, self.as_of))
        return after - before, before - after

    def _derived_quads(
        self, derived: Mapping[str, tuple[ox.Triple, ...]], run: Iterable[ox.Triple]
    ) -> Iterator[ox.Quad]:
        for kind in DERIVED_KINDS:
            graph = ox.NamedNode(self._names.derived(kind))
            yield from (_quad(triple, graph) for triple in derived[f"derived-{kind.value}"])
        yield from (_quad(triple, ox.NamedNode(self._names.run_graph)) for triple in run)

    def _outcome(self, rules: int, checks: int) -> GapChange:
        before = {finding.id: finding for finding in self.findings}
        self.findings = self._described.findings(self._results())
        there = {finding.id for finding in self.findings}
        return GapChange(
            new=tuple(finding for finding in self.findings if finding.id not in before),
            persisting=tuple(finding for finding in self.findings if finding.id in before),
            resolved=tuple(finding for finding in before.values() if finding.id not in there),
            rules=rules,
            checks=checks,
        )


def _mentioned(quads: Iterable[ox.Quad]) -> Iterator[str]:
    """Give the nodes that something is said of, or of which a cell is."""
    for quad in quads:
        subject = quad.object.subject if isinstance(quad.object, ox.Triple) else quad.subject
        if isinstance(subject, ox.NamedNode):
            yield subject.value


def _quad(triple: ox.Triple, graph: ox.NamedNode) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _concerns_run(triple: ox.Triple) -> bool:
    if triple.predicate.value == str(RDF.type):
        return isinstance(triple.object, ox.NamedNode) and triple.object.value in _RUN_CLASSES
    return triple.predicate.value == str(SV.year)
