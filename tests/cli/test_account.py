"""``dutygraph account``: in this process, over a store of its own; passwords come by standard input."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from dutygraph.cli.app import app
from dutygraph.commits import COMMAND_LINE, Action, Committer, StoreFolder
from dutygraph.loaders import load
from tests.cli.door import ledger
from tests.passwords import cheap_passwords

PASSWORD = "correct horse 电池 staple"


def account(store: Path, *words: str, given: str = "", code: int = 0) -> Result:
    result = CliRunner(env={"COLUMNS": "120"}).invoke(
        app, ["account", *words, "--store", str(store), "--lang", "en"], input=given
    )
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture(scope="module", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    with cheap_passwords():
        yield


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with an administrator, root."""
    folder = tmp_path / "store"
    account(folder, "create", "root", "--role", "administrator", given=PASSWORD)
    return folder


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with an administrator, root, for what must leave it as it is."""
    folder = tmp_path_factory.mktemp("accounts") / "store"
    account(folder, "create", "root", "--role", "administrator", given=PASSWORD)
    return folder


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the bureau "demo", whose ledger names no person, and an administrator, root."""
    folder = tmp_path_factory.mktemp("filled")
    loaded = load([ledger(folder / "ledger.xlsx")])
    with StoreFolder.open(folder / "store", create=True) as opened:
        Committer(opened).commit(loaded.delta, COMMAND_LINE, Action.IMPORT, target="import/test")
    account(folder / "store", "create", "root", "--role", "administrator", given=PASSWORD)
    return folder / "store"


def listed(store: Path) -> list[list[str]]:
    lines = account(store, "list").output.splitlines()
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]


def test_accounts_are_made_granted_roles_and_lose_them(store: Path) -> None:
    account(
        store, "create", "li.ming", "--role", "T2", "--bureau", "SL01", "--person", "P006", given=PASSWORD
    )
    account(store, "grant", "li.ming", "--role", "SO", "--bureau", "SL01")

    rows = listed(store)
    assert [(name, state, role) for name, state, _, role in rows] == [
        ("li.ming", "enabled", "Tier-2 supervisor SL01 P006"),
        ("", "", "Supervision office SL01"),
        ("root", "enabled", "Administrator"),
    ]
    account(store, "revoke", "li.ming", rows[1][2])
    account(store, "disable", "li.ming")
    assert listed(store)[0][1:] == ["disabled", rows[0][2], "Tier-2 supervisor SL01 P006"]
    account(store, "disable", "li.ming", "--undo")
    assert listed(store)[0][1] == "enabled"
    account(store, "password", "li.ming", given=PASSWORD + "!")


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (("create", "li.ming"), "short", "At least 12 characters"),
        (("create", "li.ming"), "", "At least 12 characters"),
        (("create", "Li Ming"), PASSWORD, "lower-case"),
        (("create", "root"), PASSWORD, "already"),
        (("create", "li.ming", "--role", "T2"), PASSWORD, "needs a bureau"),
        (("create", "li.ming", "--role", "king"), PASSWORD, "king"),
        (("grant", "nobody", "--role", "SO", "--bureau", "SL01"), "", "nobody"),
        (("revoke", "root", "0" * 16), "", "0" * 16),
        (("disable", "root"), "", "another one first"),
        (("password", "nobody"), PASSWORD, "nobody"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    kept: Path, words: tuple[str, ...], given: str, said: str
) -> None:
    result = account(kept, *words, given=given, code=2)

    assert said in " ".join(result.output.split())
    assert [(name, state, role) for name, state, _, role in listed(kept)] == [
        ("root", "enabled", "Administrator")
    ]


@pytest.mark.parametrize("command", ["create", "grant"])
def test_a_bureau_that_is_not_there_is_refused_with_those_that_are(filled: Path, command: str) -> None:
    name = "li.ming" if command == "create" else "root"

    result = account(filled, command, name, "--role", "SO", "--bureau", "NOPE", given=PASSWORD, code=2)

    assert "“NOPE”; there are: demo." in " ".join(result.output.split())
    assert [(name, role) for name, _, _, role in listed(filled)] == [("root", "Administrator")]


def test_a_person_that_the_ledger_does_not_name_is_told(filled: Path) -> None:
    made = account(
        filled, "create", "known", *("--role", "T2", "--bureau", "demo", "--person", "P999"), given=PASSWORD
    )
    department = account(filled, "grant", "known", "--role", "FD", "--bureau", "demo", "--department", "D9")
    office = account(filled, "grant", "known", "--role", "SO", "--bureau", "demo")

    assert "names no person “P999”" in " ".join(made.output.split())
    assert "names no department “D9”" in " ".join(department.output.split())
    assert "Note" not in office.output
    account(filled, "disable", "known")


def test_before_the_first_import_any_bureau_is_taken_with_a_notice(store: Path) -> None:
    made = account(store, "create", "office", "--role", "SO", "--bureau", "SL01", given=PASSWORD)

    assert "has no bureau yet" in " ".join(made.output.split())
    assert listed(store)[0][3] == "Supervision office SL01"


def test_a_bureau_without_a_role_is_not_passed_over(kept: Path) -> None:
    result = account(kept, "create", "li.ming", "--bureau", "SL01", given=PASSWORD, code=2)

    assert "--role" in result.output
    assert [name for name, *_ in listed(kept)] == ["root"]


def test_names_that_the_audit_log_uses_otherwise_are_refused(kept: Path) -> None:
    for name in ("command-line", "system", "unknown"):
        assert "audit log" in account(kept, "create", name, given=PASSWORD, code=2).output
    assert [name for name, *_ in listed(kept)] == ["root"]


def test_what_is_made_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        account(tmp_path / "store", "create", "root", "--role", "administrator", given=PASSWORD)
        assert os.umask(0) == 0
    finally:
        os.umask(before)

    modes = {path: path.stat().st_mode & 0o077 for path in (tmp_path / "store").rglob("*")}
    assert modes
    assert {path.name for path, mode in modes.items() if mode} == set()


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear all", encoding="utf-8")

    result = account(tmp_path, "create", "root", given=PASSWORD, code=2)

    assert "no store" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_password_is_asked_for_twice_and_not_shown(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("dutygraph")
    words = ("account", "create", "root", "--role", "administrator", "--store", str(tmp_path / "s"))
    ours, theirs = pty.openpty()
    process = subprocess.Popen([command, *words], stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True)
    os.close(theirs)
    shown = b""
    try:
        for answer in ("correct horse staple 1", "another horse staple", PASSWORD, PASSWORD):
            shown += until(ours, "：".encode(), b": ")
            os.write(ours, answer.encode() + b"\n")
        assert process.wait(60) == 0
        shown += os.read(ours, 65536)
    finally:
        process.kill()
        os.close(ours)

    text = shown.decode()
    assert "两次输入不同" in text
    assert "root" in text
    assert "horse" not in text


def until(terminal: int, *ends: bytes) -> bytes:
    shown = b""
    while not shown.rstrip(b"\n").endswith(ends):
        shown += os.read(terminal, 4096)
    return shown
