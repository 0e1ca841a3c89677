"""Severities and messages of results (SHACL 2.1.4, 2.1.5, 5.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdflib import SH, Graph, Literal

if TYPE_CHECKING:
    from rdflib.term import Node


def messages_of(shapes: Graph, shape: Node, constraint: Node | None) -> tuple[Literal, ...]:
    """Give the sh:message literals of the constraint node or, when it has none, of its shape.

    They are the shape's own templates in every language, in a fixed order (SHACL 2.1.5, 5.3.2).
    """
    for owner in (constraint, shape):
        found = [] if owner is None else list(shapes.objects(owner, SH.message))
        texts = [m for m in found if isinstance(m, Literal)]
        if texts:
            return tuple(sorted(texts, key=lambda m: (m.language or "", str(m))))
    return ()
