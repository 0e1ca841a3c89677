"""The way from a result to its explanation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from rdflib.term import Node

from dutygraph.shacl.errors import EngineError, ShapeError, UnsupportedError
from dutygraph.shacl.explaining.causes import Causes
from dutygraph.shacl.explaining.derived import ByTest, InGraphs
from dutygraph.shacl.explaining.faults import Fault, Faults, Shapes
from dutygraph.shacl.explaining.model import Cause, Explanation, Naming, Triple
from dutygraph.shacl.explaining.repair import Repairer
from dutygraph.shacl.explaining.trial import Trial
from dutygraph.shacl.explaining.words import prefixed, prefixes_of, word
from dutygraph.shacl.report import Report, Result
from dutygraph.shacl.source import Source, read_only

Derived: TypeAlias = Collection[str] | Callable[[Triple], bool]
_Key: TypeAlias = tuple[Node | None, ...]


class Explainer:
    """Explains results of one data graph by one shapes graph; both are read once.

    Nothing is written to either: changes are tried on a copy.
    """

    def __init__(
        self,
        data: Source,
        shapes: Source,
        *,
        derived: Derived = frozenset(),
        graphs: Sequence[str] | None = None,
        stated: Callable[[Triple], bool] | None = None,
        name: Naming | None = None,
    ) -> None:
        """Read data and shapes.

        `derived` names the graphs that hold derived triples, or is a function that tells whether a triple,
        there or thought of, is derived; no repair touches these. `stated` tells which of the others a repair
        may add or remove (default: any). `name` gives what people call a term; the default is Turtle with
        the prefixes of the graphs.

        Raises DataError or ShapeError as `validate` does.
        """
        shapes_graph = read_only(shapes)
        self._named = name or prefixed(prefixes_of(data) | prefixes_of(shapes_graph) | prefixes_of(shapes))
        self._faults: Faults | None
        try:
            self._faults = Faults(Trial(data, graphs), Shapes(shapes_graph))
        except UnsupportedError:
            self._faults = None
        self._allowed = stated or (lambda _triple: True)
        self._origin = ByTest(derived) if callable(derived) else InGraphs(data, derived)

    def explain(self, results: Iterable[Result]) -> Iterator[Explanation]:
        """Explain results, one after the other.

        Of results that are alike because constraints of a shape are alike, each is told by another of them.
        """
        met: Counter[_Key] = Counter()
        for result in results:
            kind = (result.source_shape, result.source_constraint, result.component)
            key = (result.focus_node, result.path, result.value, *kind)
            yield self._explained(result, met[key])
            met[key] += 1

    def _explained(self, result: Result, skip: int) -> Explanation:
        fault = self._fault(result, skip)
        if fault is None or self._faults is None:
            says = word("constraint", "Unknown", component=self._named(result.component))
            cause = Cause(result.component, says, partial=True)
            return Explanation(result, cause, None, word("no_repair", "undecidable"), self._named)
        cause = Causes(self._faults, self._named, self._origin.derived).cause(fault)
        origin = self._origin
        repairer = Repairer(self._faults, self._named, origin.derived, origin.stated, self._allowed)
        repair, why_not = repairer.repair(fault)
        return Explanation(result, cause, repair, why_not, self._named)

    def _fault(self, result: Result, skip: int) -> Fault | None:
        if self._faults is None:
            return None
        try:
            found = list(islice(self._faults.behind(result), skip + 1))
        except (EngineError, ShapeError):
            return None
        return found[min(skip, len(found) - 1)] if found else None


def explain(
    found: Report | Result,
    data: Source,
    shapes: Source,
    *,
    derived: Derived = frozenset(),
    graphs: Sequence[str] | None = None,
    stated: Callable[[Triple], bool] | None = None,
    name: Naming | None = None,
) -> tuple[Explanation, ...]:
    """Explain every result of a report, or one result, in the report's order (see `Explainer`).

    `data`, `shapes` and `graphs` are those that were validated. Blank nodes have new labels each time a file
    is read: where they are focus nodes or shapes, hand in the graphs themselves, not their paths. Of a
    report, its own shapes graph is used.
    """
    results = found.results if isinstance(found, Report) else (found,)
    graph = found.shapes if isinstance(found, Report) else shapes
    explainer = Explainer(data, graph, derived=derived, graphs=graphs, stated=stated, name=name)
    return tuple(explainer.explain(results))
