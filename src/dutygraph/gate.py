"""The structure gate: what a record must look like before it may be stored (design: two kinds of shape)."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.term import Node

from dutygraph.model import Cell, Delta, Problem, Text
from dutygraph.shacl import Engine, Result, validate
from dutygraph.shapes import load_structure_shapes
from dutygraph.store.terms import to_oxigraph
from dutygraph.things import Things


def structure_problems(delta: Delta, *, engine: Engine = "compiled") -> tuple[Problem, ...]:
    """Return what the structure shapes refuse in a delta's added triples; empty means it may be stored."""
    quads = [
        ox.Quad(
            ox.NamedNode(str(statement.subject)),
            ox.NamedNode(str(statement.predicate)),
            to_oxigraph(statement.object),
        )
        for statement in delta.added
    ]
    if not quads:
        return ()
    data = ox.Store()
    data.extend(quads)
    report = validate(data, load_structure_shapes(), engine=engine)
    things = Things(quad.triple for quad in quads)
    cells = _cells(delta)
    return tuple(_problem(result, things, cells) for result in report.results)


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
