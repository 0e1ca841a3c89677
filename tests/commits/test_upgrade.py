"""A store of layout 1 becomes one of layout 2, also when it is killed on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from dutygraph.check import check, prepare
from dutygraph.commits import Committer
from dutygraph.commits.upgrading import planned, upgrade
from dutygraph.model import Delta, GraphKind
from dutygraph.store import EmbeddedStore, StoreError, StoreFolder, StoreFolderError

from .bureaus import NAMES, Clock, agrees_with_a_fresh_check, commit, delta, opened, risk

GRAPHS = (*NAMES.all_asserted(), *(NAMES.cells(kind) for kind in GraphKind))
ROOT = Path(__file__).resolve().parents[2]


def layout_1(path: Path, imported: Delta, *, checked: bool = True) -> bytes:
    """Make a store as the version before made it, and return its export."""
    store = EmbeddedStore(path)
    store.commit(imported)
    if checked:
        # that version's check left what it derived in the store
        prepare(store, NAMES, check(store, NAMES).as_of)
    told = store.export(GRAPHS)
    store.close()
    return told


def is_upgraded(path: Path, told: bytes) -> None:
    committer = opened(path)
    assert committer.folder.store.export(GRAPHS) == told
    assert committer.state("demo").head.commit == 1
    assert [entry.action.value for entry in committer.entries()] == ["store.upgrade"]
    assert committer.verify() == []
    assert committer.past("demo", commit=1).export(GRAPHS) == told
    agrees_with_a_fresh_check(committer)
    assert commit(committer, delta(risk("R9"))).commit == 2
    committer.folder.close()
    names = {entry.name for entry in path.iterdir()}
    assert names == {"format", "graph", "commits", "rulesets", "audit-head"}


@pytest.mark.parametrize("checked", [True, False])
def test_an_old_store_is_upgraded(tmp_path: Path, imported: Delta, checked: bool) -> None:  # noqa: FBT001
    path = tmp_path / "store"
    told = layout_1(path, imported, checked=checked)
    with pytest.raises(StoreFolderError, match=f"dutygraph upgrade {path}"):
        StoreFolder.open(path)

    plan = planned(path)
    assert plan is not None
    assert [one.code for one in plan] == ["demo"]
    assert plan[0].statements == len({(s.subject, s.predicate, s.object, s.graph) for s in imported.added})
    assert upgrade(path, clock=Clock()) == plan

    is_upgraded(path, told)
    assert upgrade(path) is None
    assert planned(path) is None


def test_a_plan_changes_nothing(tmp_path: Path, imported: Delta) -> None:
    path = tmp_path / "store"
    told = layout_1(path, imported)

    planned(path)

    store = EmbeddedStore(path)
    assert store.export(GRAPHS) == told
    store.close()


def test_an_empty_old_store(tmp_path: Path) -> None:
    EmbeddedStore(tmp_path / "store").close()

    assert upgrade(tmp_path / "store") == ()
    committer = Committer(StoreFolder.open(tmp_path / "store"))
    assert committer.bureaus() == ()
    committer.folder.close()


def test_what_is_no_store_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreFolderError, match="is no store"):
        upgrade(tmp_path)
    with pytest.raises(StoreFolderError, match="is no store"):
        planned(tmp_path / "nowhere")


def test_a_store_in_use_is_not_upgraded(tmp_path: Path, imported: Delta) -> None:
    path = tmp_path / "store"
    told = layout_1(path, imported)
    held = EmbeddedStore(path)
    with pytest.raises(StoreError, match="in use"):
        upgrade(path)
    with pytest.raises(StoreError, match="in use"):
        planned(path)
    held.close()

    upgrade(path, clock=Clock())
    is_upgraded(path, told)


# Everything that the upgrade does to files, in its order: each can be the last that was done.
STEPS = ("write_whole", "_build", "_move", "_remove_old", "sync_folder")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_upgrade_that_was_cut_off_goes_on(
    tmp_path: Path, imported: Delta, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    path = tmp_path / "store"
    told = layout_1(path, imported)
    place = f"dutygraph.commits.upgrading.{step}"
    done = sys.modules["dutygraph.commits.upgrading"].__dict__[step]

    def cut(*arguments: object) -> None:
        if when == "after":
            done(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(place, cut)
        with pytest.raises(KeyboardInterrupt):
            upgrade(path, clock=Clock())

    with suppress(StoreFolderError):  # it says to run the upgrade, unless all was done
        StoreFolder.open(path).close()
    upgrade(path, clock=Clock())
    is_upgraded(path, told)


def test_half_moved_and_half_removed(tmp_path: Path, imported: Delta) -> None:
    """Kill it within the moving and the removing, at every file."""
    source = tmp_path / "source"
    told = layout_1(source, imported)
    code = (
        "import sys, os, itertools\n"
        "from pathlib import Path\n"
        "from dutygraph.commits.upgrading import upgrade\n"
        "left = itertools.count()\n"
        "last = int(sys.argv[2])\n"
        "def counted(act):\n"
        "    def call(*arguments, **named):\n"
        "        if Path(arguments[0]).parent in (here, here / 'upgrade.new') and next(left) == last:\n"
        "            os._exit(9)\n"
        "        return act(*arguments, **named)\n"
        "    return call\n"
        "here = Path(sys.argv[1])\n"
        "Path.rename, Path.unlink, Path.rmdir = map(counted, (Path.rename, Path.unlink, Path.rmdir))\n"
        "upgrade(here)\n"
    )
    survived = 0
    for last in (1, 4, 9, 40):
        path = tmp_path / str(last)
        subprocess.run(["cp", "-r", str(source), str(path)], check=True)
        done = subprocess.run([sys.executable, "-c", code, str(path), str(last)], cwd=ROOT, check=False)
        survived += done.returncode == 0
        assert done.returncode in (0, 9)
        if done.returncode:
            with pytest.raises(StoreFolderError, match="dutygraph upgrade"):
                StoreFolder.open(path)
            upgrade(path)
        is_upgraded(path, told)
    assert survived == 1


def test_an_upgrade_survives_a_kill(tmp_path: Path, imported: Delta) -> None:
    chance, cut = Random(7), 0
    for number in range(3):
        path = tmp_path / str(number)
        told = layout_1(path, imported)
        code = "import sys; from pathlib import Path; from dutygraph.commits.upgrading import upgrade; "
        code += "print(1, flush=True); upgrade(Path(sys.argv[1]))"
        with subprocess.Popen(
            [sys.executable, "-c", code, str(path)], cwd=ROOT, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.8))
            os.kill(process.pid, signal.SIGKILL)
        cut += (path / "CURRENT").exists()
        upgrade(path)
        is_upgraded(path, told)
    assert cut
