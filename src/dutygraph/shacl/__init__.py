"""A SHACL validator in its own right: data graph and shapes graph in, report out.

`validate` is the door. `Report` and `Result` are what it gives; everything raised on purpose is a
`ShaclError`. `run_rules` is the door to SHACL rules.

The compiled engine, in reading order: `parse` (shapes graph to `model`; `parameters`, `paths`, `regex`,
`prefixes`, `components` read the parts), `dataset` (the data in a Store), `scope` (focus and value nodes as
patterns), `core` (a constraint as one SELECT), `evaluate` (set algebra over what the SELECTs find),
`select` with `prebind`, `exists` and `sparql_text` (queries of the shapes graph). `pyshacl_engine` is the
reference to judge it by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dutygraph.shacl import compiled_engine, pyshacl_engine
from dutygraph.shacl.errors import DataError, EngineError, ShaclError, ShapeError, UnsupportedError
from dutygraph.shacl.explaining import Explanation, explain
from dutygraph.shacl.incremental import Change, Session
from dutygraph.shacl.report import Report, Result, fill, path_text
from dutygraph.shacl.rules import run_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dutygraph.shacl.source import Source

Engine = Literal["compiled", "pyshacl"]

__all__ = [
    "Change",
    "DataError",
    "Engine",
    "EngineError",
    "Explanation",
    "Report",
    "Result",
    "Session",
    "ShaclError",
    "ShapeError",
    "UnsupportedError",
    "explain",
    "fill",
    "path_text",
    "run_rules",
    "validate",
]


def validate(
    data: Source,
    shapes: Source,
    *,
    engine: Engine = "pyshacl",
    graphs: Sequence[str] | None = None,
    advanced: bool = False,
) -> Report:
    """Validate a data graph against a shapes graph (SHACL 3).

    `data` and `shapes` are each a path, an rdflib Graph or Dataset, or a pyoxigraph Store; nothing is
    written to them. `graphs` names the graphs whose union is the data graph (default: everything). No
    entailment is applied. `advanced` switches on SHACL-AF in pySHACL; the compiled engine refuses its
    features by name (rules have a door of their own, `run_rules`).

    Raises DataError when a graph cannot be read or none of `graphs` is there, ShapeError when a shape is
    ill-formed, UnsupportedError when the engine cannot run a shape, EngineError when it fails.
    """
    if engine == "pyshacl":
        return pyshacl_engine.validate(data, shapes, graphs, advanced=advanced)
    if engine == "compiled":
        return compiled_engine.validate(data, shapes, graphs)
    raise ValueError(f"no such engine: {engine}")
