"""The command line: one module a command, ``app.py`` gathers them."""

from dutygraph.cli.app import main

__all__ = ["main"]
