"""The structure gate: what a record must look like before it may be stored (design: two kinds of shape)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox
from rdflib import RDF, SH, URIRef
from rdflib.term import Node

from dutygraph.model import Cell, Delta, Problem, Text
from dutygraph.shacl import Compiled, Engine, Result, validate
from dutygraph.shapes.compiled import compiled_structure_shapes
from dutygraph.store.cells import triple_of
from dutygraph.things import Things


@dataclass(frozen=True, slots=True)
class Gated:
    """What the gate lets through, and a problem for everything it does not."""

    passed: Delta
    problems: tuple[Problem, ...]


def pass_gate(delta: Delta, *, engine: Engine = "compiled") -> Gated:
    """Judge a delta's added triples by the structure shapes; a refused record is left out whole."""
    quads = [ox.Quad(*triple_of(statement)) for statement in delta.added]
    if not quads:
        return Gated(delta, ())
    data = ox.Store()
    data.extend(quads)
    report = validate(data, compiled_structure_shapes(), engine=engine)
    if not report.results:
        return Gated(delta, ())
    things = Things(quad.triple for quad in quads)
    cells = _cells(delta)
    refused = {result.focus_node for result in report.results}
    added = tuple(statement for statement in delta.added if statement.subject not in refused)
    problems = tuple(_problem(result, things, cells) for result in report.results)
    return Gated(replace(delta, added=added), problems)


def refusals(records: Collection[ox.Triple], delta: Delta) -> tuple[Problem, ...]:
    """Return why records may not be stored; *records* are all that is to be said of them after *delta*.

    A record of which a change says only a part is so judged whole. The cells of problems are the delta's.
    """
    data = ox.Store()
    data.extend([ox.Quad(*triple) for triple in records])
    report = validate(data, _shapes_for(_classes(records)))
    if not report.results:
        return ()
    things, cells = Things(records), _cells(delta)
    return tuple(_problem(result, things, cells) for result in report.results)


def _classes(triples: Iterable[ox.Triple]) -> frozenset[str]:
    kinds = (triple.object for triple in triples if triple.predicate.value == str(RDF.type))
    return frozenset(kind.value for kind in kinds if isinstance(kind, ox.NamedNode))


def _shapes_for(classes: Collection[str]) -> Compiled:
    """Return the structure shapes that target these classes: to run the others takes longer than the rest."""
    compiled = compiled_structure_shapes()
    wanted = {shape for name in classes for shape in compiled.graph.subjects(SH.targetClass, URIRef(name))}
    return replace(compiled, shapes=tuple(shape for shape in compiled.shapes if shape.node in wanted))


def _cells(delta: Delta) -> Mapping[tuple[Node, Node | None], Cell]:
    cells: dict[tuple[Node, Node | None], Cell] = {}
    for statement in delta.added:
        if statement.cell is not None:
            cells.setdefault((statement.subject, statement.predicate), statement.cell)
            cells.setdefault((statement.subject, None), statement.cell)
    return cells


def _problem(result: Result, things: Things, cells: Mapping[tuple[Node, Node | None], Cell]) -> Problem:
    focus = things.thing(str(result.focus_node))
    path = result.path if isinstance(result.path, URIRef) else None
    cell = cells.get((result.focus_node, path)) or cells.get((result.focus_node, None))
    said = {message.language: str(message) for message in result.messages}
    value = "" if result.value is None else str(result.value)
    return Problem(
        cell or Cell("", None, None, None),
        Text(
            f"{focus.id}：{said.get('zh-hans', '不合格式')}" + (f"（现为“{value}”）" if value else ""),
            f"{focus.id}: {said.get('en', 'not of the form')}" + (f" (now “{value}”)" if value else ""),
        ),
    )
