"""A process to be killed: ``python -m tests.commits.crashing``.

It reads a line ``<deed> <folder> <seed>`` for each round and forks a child that does the deed, so that no
round has to wait for imports. The child tells its process id, then a line for each thing it has confirmed.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from dutygraph.commits import Action
from dutygraph.model import Delta

from .bureaus import SO, commit, control, delta, first_delta, opened, risk


def say(**told: object) -> None:
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()


def committing(folder: Path, seed: int) -> None:
    """Commit, assign and read until killed."""
    chance = Random(seed)
    committer = opened(folder)
    rows = [*(risk(f"R9-{number}") for number in range(6)), control("C1"), control("C2")]
    say(ready=True)
    while True:
        chosen = chance.choice(rows)
        deed = chance.choice(["add", "add", "remove", "assign", "note"])
        if deed == "assign":
            gap = chance.choice(sorted(committer.state("demo").gaps))
            entry = committer.assign("demo", gap, "P001", None, str(seed), SO).entry
        elif deed == "note":
            entry = committer.note(SO, Action.READ_IDENTITY, bureau="demo", target="person/P001")
        else:
            entry = commit(committer, delta(chosen) if deed == "add" else delta(removed=chosen)).entry
        say(sequence=entry.sequence, hash=entry.hash, commit=entry.commit)


def importing(folder: Path, imported: Delta) -> None:
    """Make a store and import the bureau into it."""
    say(ready=True)
    committer = opened(folder)
    entry = commit(committer, imported, Action.IMPORT).entry
    say(sequence=entry.sequence, hash=entry.hash, commit=entry.commit)


def main() -> None:
    imported = first_delta(Path(sys.argv[1]))
    with TemporaryDirectory() as scratch:  # what is read and compiled once a process, no child has to
        committer = opened(Path(scratch) / "store")
        commit(committer, imported, Action.IMPORT)
        committer.folder.close()
    for line in sys.stdin:
        deed, folder, seed = line.split()
        child = os.fork()
        if child == 0:
            say(process=os.getpid())
            if deed == "commit":
                committing(Path(folder), int(seed))
            else:
                importing(Path(folder), imported)
            os._exit(0)
        os.waitpid(child, 0)
        say(ended=True)


if __name__ == "__main__":
    main()
