"""Validation again after a change: only the checks whose footprint the change touches.

Why the result equals a full run: what a check finds depends on the data only through the triples of its
footprint and through its focus nodes. A check whose footprint is touched runs again, for the focus nodes from
which a way of reading leads over a changed triple, or for all where no way is known. For those that came
it runs too; what it found on those that went is dropped. SHACL judges each focus node by itself (SHACL 3.4).
Every other check finds what it found before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import RDFS

from dutygraph.shacl.check import Check, Found, checks_of
from dutygraph.shacl.compiled_engine import Compiled, compile_shapes, result_of
from dutygraph.shacl.evaluate import Evaluator
from dutygraph.shacl.focus import FocusNodes
from dutygraph.shacl.footprint import Footprint, footprint_of_change
from dutygraph.shacl.mirror import Mirror, as_stored
from dutygraph.shacl.report import Report, Result
from dutygraph.shacl.scope import Scope
from dutygraph.shacl.source import Source
from dutygraph.shacl.ways import Tracer

if TYPE_CHECKING:
    from rdflib import Graph

    from dutygraph.shacl.dataset import Term

# Fewer focus nodes than this part of all are looked at by themselves.
FEW = 2
_SUBCLASS_OF = str(RDFS.subClassOf)


@dataclass(frozen=True)
class Change:
    """What a change of the data did to the results (multisets): `persisting` and `new` are the report's.

    `checks` is the number of checks that were run again.
    """

    new: tuple[Result, ...]
    resolved: tuple[Result, ...]
    checks: int
    _state: _State = field(repr=False, compare=False)

    @property
    def persisting(self) -> tuple[Result, ...]:
        """Give the results that were there before and still are."""
        left = Counter(self.new)
        persisting: list[Result] = []
        for result in self.report.results:
            if left[result] > 0:
                left[result] -= 1
            else:
                persisting.append(result)
        return tuple(persisting)

    @property
    def report(self) -> Report:
        """Give the whole report, as a full run would."""
        return self._state.report


@dataclass(frozen=True)
class _State:
    """All results at one time."""

    shapes: Graph
    found: tuple[Found, ...]
    examined: Mapping[str, int]

    @cached_property
    def report(self) -> Report:
        results = (result for found in self.found for results in found.values() for result in results)
        return Report.of(results, self.examined, self.shapes)


class Session:
    """A data graph under watch: parsed, compiled and run once, then kept up to date.

    Holds a copy of the data graph in memory (`data`), so that a change costs the same in a Store of any size.
    """

    def __init__(
        self, store: ox.Store, shapes: Source | Compiled, graphs: Sequence[str] | None = None
    ) -> None:
        """Validate the union of `graphs` (default: everything in `store`) once.

        Raises ShapeError, UnsupportedError, DataError, EngineError, as `validate` does.
        """
        self._store = store
        self._graphs = None if graphs is None else [ox.NamedNode(g) for g in graphs]
        self._compiled = compile_shapes(shapes)
        self.data = Mirror(store, graphs)
        self._unsure = False
        self._build()

    @property
    def report(self) -> Report:
        """Give the report on the data as they are now."""
        return self._state.report

    def apply(self, added: Iterable[ox.Quad] = (), removed: Iterable[ox.Quad] = ()) -> Change:
        """Write a change into the Store, removals first, and validate again.

        The writes are several; where they must be one transaction, make it and call `changed`.
        """
        gone, new = list(removed), list(added)
        for quad in gone:
            self._store.remove(quad)
        self._store.extend(new)
        return self.changed([*gone, *new])

    def changed(self, quads: Iterable[ox.Quad]) -> Change:
        """Validate again after these quads have come into the Store or gone from it."""
        triples = as_stored({q.triple for q in quads if self._is_ours(q.graph_name)})
        there = {triple for triple in triples if self._holds(triple)}
        return self.update(there, [triple for triple in triples if triple not in there])

    def update(self, added: Iterable[ox.Triple], removed: Iterable[ox.Triple]) -> Change:
        """Validate again after the data graph as a whole has gained and lost these triples.

        For a caller who knows it: the Store is not looked at. Terms must be as the Store gives them.
        """
        triples = self.data.update(added, removed)
        whole = self._unsure or any(triple.predicate.value == _SUBCLASS_OF for triple in triples)
        # An engine's failure leaves some checks behind: then the next change runs everything.
        self._unsure = True
        change = self._again() if whole else self._refresh(triples)
        self._unsure = False
        return change

    def _is_ours(self, graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph) -> bool:
        return self._graphs is None or graph in self._graphs

    def _holds(self, triple: ox.Triple) -> bool:
        subject, predicate, value = triple
        if self._graphs is None:
            return next(iter(self._store.quads_for_pattern(subject, predicate, value)), None) is not None
        return any(ox.Quad(subject, predicate, value, graph) in self._store for graph in self._graphs)

    def _build(self) -> None:
        self._focus = [FocusNodes(shape, str(n), self.data) for n, shape in enumerate(self._compiled.shapes)]
        self._checks = [check for focus in self._focus for check in checks_of(focus, self.data.subclasses)]
        evaluator = Evaluator(self.data)
        self._runs = 0
        for check in self._checks:
            check.found = self._run(check, evaluator, check.focus.scope) if check.focus.nodes else {}
        self._remember()

    def _remember(self) -> None:
        examined = {focus.shape.name: len(focus.nodes) for focus in self._focus}
        self._state = _State(self._compiled.graph, tuple(check.found for check in self._checks), examined)

    def _run(self, check: Check, evaluator: Evaluator, scope: Scope) -> Found:
        self._runs += 1
        violations = evaluator.violations(check.shape, check.scope(scope))
        found: dict[object, list[Result]] = {}
        for violation in violations:
            found.setdefault(violation.chain[0], []).append(
                result_of(violation, self.data, self._compiled.messages)
            )
        return {node: tuple(results) for node, results in found.items()}

    def _again(self) -> Change:
        """Run everything."""
        before = _all(self._state.found)
        self._build()
        return self._change(before, _all(check.found for check in self._checks))

    def _refresh(self, triples: set[ox.Triple]) -> Change:
        change = footprint_of_change(triples, self.data.types)
        for focus in self._focus:
            focus.follow(triples, change)
        evaluator, tracer = Evaluator(self.data), self.data.tracer(triples)
        before: Counter[Result] = Counter()
        after: Counter[Result] = Counter()
        self._runs = 0
        for check in self._checks:
            concerned = self._concerned(check, tracer, change)
            found = self._rerun(check, evaluator, concerned)
            if found is not None:
                before.update(_all([check.found]))
                after.update(_all([found]))
                check.found = found
        return self._change(before, after)

    def _concerned(self, check: Check, tracer: Tracer, change: Footprint) -> set[Term] | None:
        """Give the focus nodes that a check must look at again, None for all."""
        focus = check.focus
        if not check.reads.touched_by(change):
            return focus.came
        nodes = check.concern.nodes(tracer, change)
        if nodes is None:
            return None
        some = (nodes & focus.nodes) | focus.came
        return some if FEW * len(some) < len(focus.nodes) else None

    def _rerun(self, check: Check, evaluator: Evaluator, concerned: set[Term] | None) -> Found | None:
        """Give what a check finds now, None where it need not be run."""
        focus = check.focus
        if concerned is None:
            return self._run(check, evaluator, focus.scope) if focus.nodes else {}
        if not concerned and not focus.went:
            return None
        gone = concerned | focus.went
        kept = {node: results for node, results in check.found.items() if node not in gone}
        if check.may_fail(concerned, self.data):
            # A list of its own for every check: the evaluator remembers what it found by the pattern.
            kept |= self._run(check, evaluator, Scope(self.data.relist(check.name, concerned)))
        return None if kept == check.found else kept

    def _change(self, before: Counter[Result], after: Counter[Result]) -> Change:
        self._remember()
        new, resolved = after - before, before - after
        return Change(_ordered(new), _ordered(resolved), self._runs, self._state)


def _all(found: Iterable[Found]) -> Counter[Result]:
    return Counter(chain.from_iterable(results for each in found for results in each.values()))


def _ordered(results: Counter[Result]) -> tuple[Result, ...]:
    return tuple(sorted(results.elements(), key=_key))


def _key(result: Result) -> tuple[str, ...]:
    return tuple(
        str(term) for term in (result.focus_node, result.source_shape, result.component, result.value)
    )
