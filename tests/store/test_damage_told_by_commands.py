"""A store folder with a damaged block: each command says which file, what to do, and ends with 2."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dutygraph.commits import Action, Committer, StoreFolder
from tests.cli.door import run
from tests.commits.bureaus import commit, first_delta
from tests.store.damage import damage, data_files


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store folder every data file of which has a damaged block."""
    place = tmp_path_factory.mktemp("damaged")
    with StoreFolder.open(place / "store", create=True) as folder:
        commit(Committer(folder), first_delta(place), Action.IMPORT)
    damage(data_files(place / "store" / "graph"))
    return place / "store"


COMMANDS = (
    "check STORE",
    "check STORE --as-of-commit 1",
    "coverage STORE",
    "ask Q01 STORE",
    "export STORE",
    "history STORE",
    "audit verify STORE",
    "audit verify STORE --data",
    "audit log STORE",
    "backup STORE --to STORE/../backup.tar.gz",
    "load STORE/../book.xlsx --store STORE",
    "load STORE/../book.xlsx --store STORE --dry-run",
    "account list --store STORE",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_damage_is_told(made: Path, command: str) -> None:
    files = shutil.copytree(made, made.parent / "copy", dirs_exist_ok=True)  # a write may have it tidied up

    told = run(*command.replace("STORE", str(files)).split(), code=2)

    shutil.rmtree(files)
    assert told.stdout == ""
    assert "图库的数据文件已损坏" in told.stderr
    assert f"{files}/graph/" in told.stderr
    assert "dutygraph doctor" in told.stderr
    assert "dutygraph restore" in told.stderr
