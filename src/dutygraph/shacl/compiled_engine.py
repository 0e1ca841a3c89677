"""The compiled engine: shapes become set-based queries on pyoxigraph."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, TypeAlias

from rdflib import Literal

from dutygraph.shacl.dataset import Data
from dutygraph.shacl.evaluate import Evaluator, Violation
from dutygraph.shacl.messages import messages_of
from dutygraph.shacl.parse import parse_shapes
from dutygraph.shacl.report import Report, Result
from dutygraph.shacl.source import Source, read_only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rdflib.term import Node

MessagesOf: TypeAlias = "Callable[[Node, Node | None], tuple[Literal, ...]]"


def validate(data: Source, shapes: Source, graphs: Sequence[str] | None) -> Report:
    """Validate by queries on pyoxigraph; a Store is read where it lies.

    In a Store, derived integer types and unusual lexical forms are already lost: sh:datatype with such a
    type accepts any xsd:integer in its range.

    Raises ShapeError, UnsupportedError (both before anything is run), DataError, EngineError.
    """
    shapes_graph = read_only(shapes)
    parsed = parse_shapes(shapes_graph)
    dataset = Data(source=data, graphs=graphs)
    evaluator = Evaluator(dataset)
    examined: dict[str, int] = {}
    results: list[Result] = []
    messages = cache(partial(messages_of, shapes_graph))
    for shape in parsed:
        examined[shape.name], violations = evaluator.validate(shape)
        results.extend(result_of(v, dataset, messages) for v in violations)
    return Report.of(results, examined, shapes_graph)


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
