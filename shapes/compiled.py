"""The shapes of the product as the compiled engine takes them, read and checked once a process.

To read them takes longer than to check a small bureau by them, and they do not change while a process runs.
"""

from __future__ import annotations

from functools import lru_cache

from dutygraph.shacl import Compiled, compile_shapes
from dutygraph.shapes import load_shapes, load_structure_shapes


@lru_cache(maxsize=128)
def compiled_shapes(rules: frozenset[str] | None = None) -> Compiled:
    """Return the responsibility shapes that ``load_shapes`` gives; their graph must not be changed."""
    return compile_shapes(load_shapes(rules))


@lru_cache(maxsize=1)
def compiled_structure_shapes() -> Compiled:
    """Return the shapes that refuse a write; their graph must not be changed."""
    return compile_shapes(load_structure_shapes())
