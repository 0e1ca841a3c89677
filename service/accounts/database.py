"""The SQLite file of accounts: its schema, one connection, transactions."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dutygraph.model import Text
from dutygraph.store import StoreError

FILE_NAME = "accounts.sqlite3"
SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE accounts (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, disabled INTEGER NOT NULL DEFAULT 0,
    created TEXT NOT NULL, password_changed TEXT NOT NULL
) STRICT;
CREATE TABLE grants (
    id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (id), role TEXT NOT NULL,
    bureau TEXT, person TEXT, department TEXT, created TEXT NOT NULL, revoked TEXT
) STRICT;
CREATE INDEX grants_of_account ON grants (account);
CREATE TABLE tokens (
    id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (id),
    grant_id TEXT NOT NULL REFERENCES grants (id), kind TEXT NOT NULL, label TEXT NOT NULL,
    scopes TEXT NOT NULL, created TEXT NOT NULL, expires TEXT NOT NULL, revoked TEXT, last_used TEXT
) STRICT;
CREATE INDEX tokens_of_account ON tokens (account);
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, role TEXT NOT NULL, person TEXT,
    action TEXT NOT NULL, bureau TEXT, target TEXT NOT NULL, note TEXT NOT NULL
) STRICT;
CREATE TABLE attempts (
    key TEXT PRIMARY KEY, failures INTEGER NOT NULL, last REAL NOT NULL, open_at REAL NOT NULL
) STRICT;
"""


class Database:
    """The file of accounts, open. Statements run one at a time; each transaction is durable at its end."""

    def __init__(self, path: Path) -> None:
        """Open the file, made with its schema where it is not there.

        Raises:
            StoreError: it cannot be opened, is damaged, or is of a newer version.

        """
        self.path = path
        self._lock = threading.RLock()
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._connection = sqlite3.connect(
                path, check_same_thread=False, isolation_level=None, timeout=10
            )
            self._connection.row_factory = sqlite3.Row
            self._prepare()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                Text(
                    f"账号库“{path}”无法打开：{error}。请检查权限；如已损坏，请从备份恢复。",
                    f"The accounts {path} cannot be opened: {error}. Check permissions; if the file is "
                    "damaged, restore a backup.",
                )
            ) from error

    def _prepare(self) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        with self.transaction():
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA_VERSION:
                raise StoreError(
                    Text(
                        f"账号库“{self.path}”由更新的版本写成，请升级 dutygraph 后再用。",
                        f"The accounts {self.path} were written by a newer version; upgrade dutygraph.",
                    )
                )
            if version == 0:
                for statement in _SCHEMA.split(";"):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run what is inside as one transaction: all of it is stored, or nothing."""
        with self._using():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                # a full disk ends a transaction by itself, or leaves it open at its end
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def _using(self) -> Iterator[None]:
        """Keep other threads out; what SQLite cannot do is said as of any store."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise StoreError(
                    Text(
                        f"账号库“{self.path}”读写出错：{error}。请检查磁盘空间和权限，"
                        "或运行 dutygraph doctor。",
                        f"The accounts {self.path} cannot be read or written: {error}. Check disk space and "
                        "permissions, or run dutygraph doctor.",
                    )
                ) from error

    def run(self, statement: str, *values: Any) -> int:
        """Run a statement that changes rows; return how many."""
        with self._using():
            return self._connection.execute(statement, values).rowcount

    def run_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of values, in one transaction."""
        with self.transaction():
            self._connection.executemany(statement, rows)

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with self._using():
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row of a query, None where there is none."""
        with self._using():
            found: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
            return found

    def has_role(self, role: str) -> bool:
        """Tell whether somebody can sign in in a role."""
        query = (
            "SELECT 1 FROM grants JOIN accounts ON accounts.id = grants.account "
            "WHERE role = ? AND revoked IS NULL AND NOT disabled LIMIT 1"
        )
        return self.row(query, role) is not None

    def backup(self, target: Path) -> None:
        """Write a consistent copy, while the file is in use."""
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        copy = sqlite3.connect(target)
        try:
            with self._lock:
                self._connection.backup(copy)
        finally:
            copy.close()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
