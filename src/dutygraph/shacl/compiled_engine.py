"""The compiled engine: shapes become set-based queries on pyoxigraph."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox
from rdflib import Dataset, Literal

from dutygraph.shacl.dataset import Data
from dutygraph.shacl.errors import DataError
from dutygraph.shacl.evaluate import Evaluator, Violation
from dutygraph.shacl.footprint import predicates_read
from dutygraph.shacl.messages import messages_of
from dutygraph.shacl.parse import parse_shapes
from dutygraph.shacl.report import Report, Result
from dutygraph.shacl.source import Source, read_only

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rdflib import Graph
    from rdflib.term import Node

    from dutygraph.shacl.model import Shape

MessagesOf: TypeAlias = "Callable[[Node, Node | None], tuple[Literal, ...]]"


@dataclass(frozen=True)
class Compiled:
    """Shapes read and checked once, to validate any number of data graphs; `graph` must not be changed."""

    graph: Graph
    shapes: tuple[Shape, ...]

    _messages: dict[tuple[Node | None, ...], tuple[Literal, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def predicates(self) -> frozenset[str] | None:
        """The predicates of all triples that the shapes can ask for; None where that cannot be told."""
        return predicates_read(self.shapes)

    def messages(self, shape: Node, *owners: Node | None) -> tuple[Literal, ...]:
        """Give what `messages_of` gives, looked up once for all data graphs."""
        asked = (shape, *owners)
        if asked not in self._messages:
            self._messages[asked] = messages_of(self.graph, shape, *owners)
        return self._messages[asked]


class Results(Iterator[Result]):
    """The results of a validation, one by one as they are found; none is kept.

    `examined` counts the focus nodes of every shape that has targets (see `Report`); it is complete when
    the results are at their end.
    """

    def __init__(self, data: Data, compiled: Compiled) -> None:
        """Begin; nothing is run before the first result is asked for."""
        self.examined: dict[str, int] = {}
        self._found = self._run(data, compiled)

    def __next__(self) -> Result:
        """Give the next result."""
        return next(self._found)

    def _run(self, data: Data, compiled: Compiled) -> Iterator[Result]:
        evaluator = Evaluator(data)
        for shape in compiled.shapes:
            self.examined[shape.name], violations = evaluator.validate(shape)
            for violation in violations:
                yield result_of(violation, data, compiled.messages)


def compile_shapes(shapes: Source | Compiled) -> Compiled:
    """Read and check shapes, to be handed to `validate` in their place as often as wanted.

    Raises ShapeError, UnsupportedError, DataError.
    """
    if isinstance(shapes, Compiled):
        return shapes
    graph = read_only(shapes)
    return Compiled(graph, parse_shapes(graph))


def iter_results(data: Source, shapes: Source | Compiled, *, graphs: Sequence[str] | None = None) -> Results:
    """Give the results of `validate` on the compiled engine one by one, in no particular order.

    For reports too long to hold: none of the results is kept.

    Raises ShapeError, UnsupportedError, DataError at once, EngineError on the way.
    """
    compiled = compile_shapes(shapes)
    return Results(Data(data, graphs, every=True, predicates=compiled.predicates), compiled)


def validate(data: Source, shapes: Source | Compiled, graphs: Sequence[str] | None) -> Report:
    """Validate by queries on pyoxigraph; a Store is read where it lies.

    In a Store, derived integer types and unusual lexical forms are already lost: sh:datatype with such a
    type accepts any xsd:integer in its range.

    Raises ShapeError, UnsupportedError (both before anything is run), DataError, EngineError.
    """
    compiled = compile_shapes(shapes)
    results = iter_results(data, compiled, graphs=graphs)
    found = list(results)
    return Report.of(found, results.examined, compiled.graph)


def validate_each(
    data: Source, shapes: Source | Compiled, parts: Iterable[Sequence[str]], *, threads: int | None = None
) -> Iterator[Report]:
    """Validate parts of a data set, each by itself, and give their reports in the order of the parts.

    A part is the names of the graphs whose union is its data graph. Several are validated at a time, on as
    many threads as there are processors unless said otherwise: queries of pyoxigraph let other threads run.

    Raises what `validate` does, DataError also for a file, which would be read once for every part.
    """
    if not isinstance(data, ox.Store | Dataset):
        raise DataError("parts of a file are validated from a Store: load it first")
    compiled = compile_shapes(shapes)
    workers = threads or os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Report]] = deque()
        try:
            for part in parts:
                waiting.append(pool.submit(validate, data, compiled, part))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def result_of(violation: Violation, data: Data, messages_of_shape: MessagesOf) -> Result:
    """Give a violation as a validation result, in rdflib's terms (SHACL 3.6.2)."""
    shape, path = violation.shape, violation.path
    focus = violation.chain[-1]
    bindings = tuple((name, data.term(term)) for name, term in violation.bindings)
    row_message = dict(bindings).get("message")
    messages = messages_of_shape(shape.node, violation.owner)
    return Result(
        focus_node=data.term(focus),  # type: ignore[arg-type]
        path=shape.path_node if path is None else data.term(path),
        value=None if violation.value is None else data.term(violation.value),
        source_shape=shape.node,
        source_constraint=violation.constraint,
        component=violation.component,
        severity=shape.severity,
        messages=(row_message,) if isinstance(row_message, Literal) else messages,
        bindings=(*violation.parameters, *bindings),
    )
