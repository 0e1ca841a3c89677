"""The engines as the benchmark knows them: where each is installed and how it is called."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
WORK = Path(os.environ.get("DUTYGRAPH_BENCH", HERE.parent / "build" / "bench"))
"""Where environments, data and results go; nothing of it is kept in the repository."""

OURS = "dutygraph"


@dataclass(frozen=True)
class Engine:
    """An engine: its name, its title in tables, what pip installs for it."""

    name: str
    title: str
    packages: tuple[str, ...] = ()
    version_of: str = ""

    @property
    def environment(self) -> Path:
        """The folder of its virtual environment."""
        return WORK / "environments" / self.name

    @property
    def python(self) -> Path:
        """Its interpreter; ours runs where the benchmark does."""
        return self.environment / "bin" / "python" if self.packages else Path(sys.executable)

    @property
    def adapter(self) -> Path:
        """The script that runs it on files."""
        return HERE / "peers" / f"{self.name}_adapter.py"

    def version(self) -> str:
        """Give its version, or why there is none."""
        failed = self.environment / "failed.txt"
        if self.packages and failed.exists():
            return f"not installed: {failed.read_text(encoding='utf-8').strip()}"
        return version(self.python, self.version_of)


def version(python: Path, package: str) -> str:
    """Give the version of a package in an environment."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "not installed"


def peers() -> tuple[Engine, ...]:
    """Give the engines we compare with."""
    listed = tomllib.loads((HERE / "peers.toml").read_text(encoding="utf-8"))
    return tuple(
        Engine(name, entry["title"], tuple(entry["packages"]), entry["version_of"])
        for name, entry in listed.items()
    )


def ours() -> Engine:
    """Give our own engine."""
    return Engine(OURS, "Dutygraph, compiled", version_of="dutygraph")
