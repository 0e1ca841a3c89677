"""A SHACL validator in its own right: data graph and shapes graph in, report out.

`validate` is the door. `Report` and `Result` are what it gives; everything raised on purpose is a
`ShaclError`. `compile_shapes` reads shapes once for many data graphs, `validate_each` validates the parts of
a data set side by side, `iter_results` gives the results of a report too long to hold, `Session` validates
again after changes, `explain` tells why, `run_rules` is the door to SHACL rules.

The compiled engine, in reading order: `parse` (shapes graph to `model`; `parameters`, `paths`, `regex`,
`prefixes`, `components` read the parts), `dataset` (the data in a Store), `scope` (focus and value nodes as
patterns), `core` (a constraint as one SELECT), `evaluate` (set algebra over what the SELECTs find),
`select` with `prebind`, `exists` and `sparql_text` (queries of the shapes graph). `pyshacl_engine` is the
reference to judge it by.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Literal

from dutygraph.shacl import compiled_engine, limited
from dutygraph.shacl.compiled_engine import Compiled, Results, compile_shapes, iter_results, validate_each
from dutygraph.shacl.errors import (
    DataError,
    EngineError,
    ShaclError,
    ShapeError,
    TimeLimitError,
    UnsupportedError,
)
from dutygraph.shacl.explaining import Explanation, explain
from dutygraph.shacl.incremental import Change, Session
from dutygraph.shacl.plan import Step, plan
from dutygraph.shacl.report import Report, Result, fill, path_text
from dutygraph.shacl.rules import run_rules
from dutygraph.shacl.source import read_only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dutygraph.shacl.source import Source

Engine = Literal["compiled", "pyshacl"]

__all__ = [
    "Change",
    "Compiled",
    "DataError",
    "Engine",
    "EngineError",
    "Explanation",
    "Report",
    "Result",
    "Results",
    "Session",
    "ShaclError",
    "ShapeError",
    "Step",
    "TimeLimitError",
    "UnsupportedError",
    "compile_shapes",
    "explain",
    "fill",
    "iter_results",
    "path_text",
    "plan",
    "run_rules",
    "validate",
    "validate_each",
]


def validate(
    data: Source,
    shapes: Source | Compiled,
    *,
    engine: Engine = "compiled",
    graphs: Sequence[str] | None = None,
    advanced: bool = False,
    time_limit: float | None = None,
) -> Report:
    """Validate a data graph against a shapes graph (SHACL 3).

    `data` and `shapes` are each a path, an rdflib Graph or Dataset, or a pyoxigraph Store; nothing is
    written to them. `shapes` may also come from `compile_shapes`. `graphs` names the graphs whose union is
    the data graph (default: everything). No entailment is applied and nothing is fetched. `advanced`
    switches on SHACL-AF in pySHACL; the compiled engine refuses its features by name (rules have a door of
    their own, `run_rules`). With `time_limit`, in seconds, the validation runs in a process of its own,
    which is killed when they are over, or at Ctrl-C (`math.inf`: only then).

    Raises DataError when a graph cannot be read or any of `graphs` is not there, ShapeError when a shape is
    ill-formed, UnsupportedError when the engine cannot run a shape, TimeLimitError when the limit is
    reached, EngineError when the engine fails.
    """
    if engine not in ("compiled", "pyshacl"):
        raise ValueError(f"no such engine: {engine}")
    if time_limit is not None:
        graph = read_only(shapes.graph if isinstance(shapes, Compiled) else shapes)
        return limited.validate(data, graph, graphs, engine=engine, advanced=advanced, seconds=time_limit)
    if engine == "compiled":
        return compiled_engine.validate(data, shapes, graphs)
    # pySHACL takes long to import, and few need it.
    reference = import_module("dutygraph.shacl.pyshacl_engine")
    source = shapes.graph if isinstance(shapes, Compiled) else shapes
    report: Report = reference.validate(data, source, graphs, advanced=advanced)
    return report
