"""Install every peer from PyPI into a virtual environment of its own.

One that cannot be installed leaves the reason in ``failed.txt``; the table prints it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv

from engines import Engine, peers


def main() -> None:
    """Make the environments named on the command line, or all; what is there is kept."""
    for engine in peers():
        if engine.name in (sys.argv[1:] or [engine.name]):
            print(f"{engine.title}: {make(engine)}")


def make(engine: Engine) -> str:
    """Make one environment; give what came of it."""
    done = engine.environment / "done.txt"
    wanted = "\n".join(engine.packages)
    if done.exists() and done.read_text(encoding="utf-8") == wanted:
        return f"there already, {engine.version()}"
    shutil.rmtree(engine.environment, ignore_errors=True)
    venv.create(engine.environment, with_pip=True)
    command = [engine.python, "-m", "pip", "install", "--quiet", *engine.packages]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        lines = [line for line in run.stderr.splitlines() if line.startswith("ERROR")]
        reason = (lines or run.stderr.splitlines() or ["no reason given"])[-1]
        (engine.environment / "failed.txt").write_text(reason, encoding="utf-8")
        return f"cannot be installed: {reason}"
    done.write_text(wanted, encoding="utf-8")
    return f"installed, {engine.version()}"


if __name__ == "__main__":
    main()
