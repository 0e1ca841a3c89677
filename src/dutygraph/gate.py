"""The structure gate: what a record must look like before it may be stored (design: two kinds of shape)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.term import Node

from dutygraph.model import Cell, Delta, Problem, Text
from dutygraph.shacl import Engine, Result, validate
from dutygraph.shapes import load_structure_shapes
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
    report = validate(data, load_structure_shapes(), engine=engine)
    if not report.results:
        return Gated(delta, ())
    things = Things(quad.triple for quad in quads)
    cells = _cells(delta)
    refused = {result.focus_node for result in report.results}
    added = tuple(statement for statement in delta.added if statement.subject not in refused)
    problems = tuple(_problem(result, things, cells) for result in report.results)
    return Gated(replace(delta, added=added), problems)


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
