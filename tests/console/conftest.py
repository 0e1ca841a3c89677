"""One service over the example bureau and one browser for all tests of the console that a worker runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import sync_playwright
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from tests.conftest import EXAMPLE
from tests.console.browser import Console, serving
from tests.service.running import STORES, running

_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")


def _chromium() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        said = "no chromium on this machine: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("DUTYGRAPH_TEST_ALL") == "1":
            pytest.fail(said)
        pytest.skip(said)
    return path


@pytest.fixture(scope="package")
def served_console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The console in a browser, whose event loop must be gone before other tests begin one of their own."""
    path = _chromium()
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    store = tmp_path_factory.mktemp("console") / "store"
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
        patch.setattr(PasswordHash, "recommended", lambda: cheap)
        patch.setenv(STORES, str(folder / "stores"))
        with running(store, EXAMPLE):
            pass
        patch.delenv(STORES)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
            with serving(store, browser) as console:
                yield console
            browser.close()


@pytest.fixture
def console(served_console: Console) -> Iterator[Console]:
    """The console; fails a test whose pages made an error, or asked anything of another host."""
    served_console.noticed.clear()
    yield served_console
    assert served_console.noticed == []
