"""Where the files of the rules stand: shapes, rules of inference, ontology and what goes with them.

They come with the product. A process of its own can be told to take them from another folder instead, to
judge a state of the past by the rules of then (``commits/then.py``). What is read from them is remembered for
the life of the process: hence a process of its own, and hence before anything else.
"""

from __future__ import annotations

from contextvars import ContextVar
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

_ROOT: ContextVar[Path | None] = ContextVar("root of the rule files", default=None)


def rule_files(package: str) -> Traversable:
    """Return the folder of a package's rule files: of ``dutygraph.shapes``, or of ``dutygraph`` itself."""
    root = _ROOT.get()
    return resources.files(package) if root is None else root / package.rpartition(".")[2]


def take_rule_files_from(root: Path) -> None:
    """Take the rule files from a folder that holds ``shapes``, ``rules``, ``ontology`` and ``dutygraph``."""
    _ROOT.set(root)
