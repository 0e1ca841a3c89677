"""What reading a file gave, as one file: statements with their cells, what is wrong, what was noticed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rdflib import Literal, URIRef
from rdflib.term import Node

from dutygraph.model import Cell, GraphKind, Problem, Statement, Text


@dataclass(frozen=True, slots=True)
class ReadOutcome:
    """The good rows of a file as statements, and all that was wrong with the others.

    ``barred`` says that not even the good rows may be taken: they are another bureau's, or of another kind.
    """

    rows: int
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...] = ()
    rejected: int = 0
    barred: bool = False

    def as_bytes(self) -> bytes:
        """Return the outcome as gzipped JSON; equal outcomes give equal bytes."""
        cells: dict[Cell | None, int] = {}
        for statement in self.statements:
            cells.setdefault(statement.cell, len(cells))
        told = {
            "rows": self.rows,
            "rejected": self.rejected,
            "barred": self.barred,
            "problems": [problem_json(problem) for problem in self.problems],
            "notices": [problem_json(problem) for problem in self.notices],
            "cells": [cell_json(cell) for cell in cells],
            "statements": [
                [s.subject, s.predicate, *_node_json(s.object), s.graph.value, cells[s.cell]]
                for s in self.statements
            ],
        }
        return gzip.compress(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"), mtime=0)


def read_outcome(data: bytes) -> ReadOutcome:
    """Return the outcome that bytes hold.

    Raises:
        ValueError, KeyError, OSError: they are not what ``as_bytes`` gave.

    """
    told = json.loads(gzip.decompress(data))
    cells = [read_cell(cell) for cell in told["cells"]]
    return ReadOutcome(
        rows=told["rows"],
        rejected=told["rejected"],
        barred=told["barred"],
        problems=tuple(map(read_problem, told["problems"])),
        notices=tuple(map(read_problem, told["notices"])),
        statements=tuple(
            Statement(URIRef(s), URIRef(p), _node(kind, text, extra), GraphKind(graph), cells[cell])
            for s, p, kind, text, extra, graph, cell in told["statements"]
        ),
    )


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON holds it."""
    return {"cell": cell_json(problem.cell), "zh": problem.message.zh, "en": problem.message.en}


def read_problem(told: dict[str, Any]) -> Problem:
    """Return the problem that JSON holds."""
    return Problem(read_cell(told["cell"]) or Cell(""), Text(told["zh"], told["en"]))


def cell_json(cell: Cell | None) -> Sequence[Any] | None:
    """Return a cell as JSON holds it."""
    return None if cell is None else [cell.file, cell.sheet, cell.row, cell.column]


def read_cell(told: Sequence[Any] | None) -> Cell | None:
    """Return the cell that JSON holds."""
    return None if told is None else Cell(*told)


def _node_json(node: Node) -> tuple[str, str, str | None]:
    if isinstance(node, Literal):
        if node.language:
            return "lang", str(node), node.language
        return "literal", str(node), str(node.datatype) if node.datatype else None
    return "iri", str(node), None


def _node(kind: str, text: str, extra: str | None) -> Node:
    if kind == "lang":
        return Literal(text, lang=extra)
    if kind == "literal":
        return Literal(text, datatype=URIRef(extra), normalize=False) if extra else Literal(text)
    return URIRef(text)
