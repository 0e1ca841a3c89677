"""SPARQL-based constraints, run once for all focus nodes (SHACL 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dutygraph.shacl.dataset import Data, Term
    from dutygraph.shacl.model import Select, Shape
    from dutygraph.shacl.scope import Scope


def run_select(data: Data, shape: Shape, constraint: Select, scope: Scope) -> list[Mapping[str, Term]]:
    """Give the solutions of a constraint's SELECT."""
    raise NotImplementedError
