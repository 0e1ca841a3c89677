"""A store with the small bureau in it, made once and copied for every test that changes it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dutygraph.commits import Action, Committer
from dutygraph.model import Delta

from .bureaus import START, Clock, commit, first_delta, opened


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Delta:
    """The small ledger as a delta."""
    return first_delta(tmp_path_factory.mktemp("ledger"))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, imported: Delta) -> Path:
    """A closed store folder with the small ledger as its first commit; not to be changed."""
    path = tmp_path_factory.mktemp("made") / "store"
    committer = opened(path)
    commit(committer, imported, Action.IMPORT)
    committer.folder.close()
    return path


@pytest.fixture
def committer(made: Path, tmp_path: Path) -> Iterator[Committer]:
    """A committer on a copy of that store."""
    path = tmp_path / "store"
    shutil.copytree(made, path)
    committer = opened(path, Clock(START + timedelta(hours=1)))
    yield committer
    committer.folder.close()
