"""The accounts of a service: made, granted roles, disabled, their passwords changed.

Every change ends at once what it takes the ground from: a disabled account, a new password or a revoked
grant end the tokens that stood on them.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Row

from dutygraph.commits.acts import COMMAND_LINE, SYSTEM, Action, Actor
from dutygraph.model import Text
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts.database import FILE_NAME, Database
from dutygraph.service.accounts.model import Account, AccountsError, Grant, check_grant
from dutygraph.service.accounts.outbox import Noting, Outbox
from dutygraph.service.accounts.passwords import Passwords, weaknesses
from dutygraph.service.accounts.throttle import Throttle
from dutygraph.service.accounts.tokens import Tokens, grant_of

NAME_PATTERN = r"^[a-z0-9][a-z0-9._\-]{1,63}$"
NOBODY = "unknown"
RESERVED = frozenset({COMMAND_LINE.account, SYSTEM.account, NOBODY})
"""Names by which the audit log calls who has no account: nobody may be taken for these."""


class WeakPasswordError(Exception):
    """A new password is refused; ``reasons`` says everything that is wrong with it."""

    def __init__(self, reasons: tuple[Text, ...]) -> None:
        """Keep the reasons."""
        super().__init__(" ".join(reason.en for reason in reasons))
        self.reasons = reasons


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(tz=UTC)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say about accounts."""

    session_hours: float = 10.0
    session_idle_minutes: float = 30.0
    token_days: int = 365
    password_length: int = 12
    attempts: int = 5
    longest_delay: int = 900


class Accounts:
    """All accounts of a store folder. Methods may be called from any thread."""

    def __init__(
        self,
        folder: Path,
        key: bytes,
        note: Noting,
        rules: Rules = Rules(),
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Open the accounts in a store folder, made where there are none; *note* tells the audit log.

        Raises:
            StoreError: the file cannot be opened.

        """
        self._database = Database(folder / FILE_NAME)
        self._clock = clock
        self.rules = rules
        self.passwords = Passwords()
        self.throttle = Throttle(
            self._database,
            lambda: clock().timestamp(),
            key=key,
            attempts=rules.attempts,
            longest=rules.longest_delay,
        )
        self.tokens = Tokens(self._database, key, clock, idle=timedelta(minutes=rules.session_idle_minutes))
        self._outbox = Outbox(self._database, note)
        self._outbox.deliver()

    def create(self, name: str, password: str, actor: Actor, *, role: Grant | None = None) -> Account:
        """Make an account, with a role at once or as yet without any.

        Raises:
            AccountsError: there is one of that name, or the name is not of the form or reserved.
            InvalidGrantError: the parts of the grant do not fit.
            WeakPasswordError: the password will not do.

        """
        if re.fullmatch(NAME_PATTERN, name) is None:
            raise AccountsError("account-name", name=name)
        if name in RESERVED:
            raise AccountsError("account-reserved", name=name)
        if role is not None:
            check_grant(role)
        self._refuse_weak(password, name)
        kept, now = self.passwords.hash(password), self._clock().isoformat()
        with self._changing(actor) as told:
            if self.id_of(name) is not None:
                raise AccountsError("account-exists", name=name)
            new = uuid.uuid4().hex
            self._database.run(
                "INSERT INTO accounts (id, name, hash, created, password_changed) VALUES (?, ?, ?, ?, ?)",
                *(new, name, kept, now, now),
            )
            told(new, "created")
            if role is not None:
                self._grant(new, role, told)
        return self.account(name)

    def all(self) -> tuple[Account, ...]:
        """Return all accounts, by name."""
        grants: dict[str, list[Grant]] = {}
        with self._database.transaction():
            rows = self._database.rows("SELECT * FROM accounts ORDER BY name")
            for row in self._database.rows("SELECT * FROM grants WHERE revoked IS NULL ORDER BY created, id"):
                grants.setdefault(row["account"], []).append(grant_of(row))
        return tuple(_account(row, tuple(grants.get(row["id"], ()))) for row in rows)

    def account(self, name: str) -> Account:
        """Return an account.

        Raises:
            AccountsError: there is none of that name.

        """
        return self._account(self._row(name))

    def grant(self, name: str, wanted: Grant, actor: Actor) -> Grant:
        """Give an account a role; the id of *wanted* is replaced by a new one.

        Raises:
            AccountsError: there is no such account, or it has the grant already.
            InvalidGrantError: the parts of the grant do not fit.

        """
        check_grant(wanted)
        with self._changing(actor) as told:
            account = self.account(name)
            if any(replace(one, id=wanted.id) == wanted for one in account.grants):
                raise AccountsError("grant-exists", name=name)
            return self._grant(account.id, wanted, told)

    def revoke_grant(self, name: str, grant: str, actor: Actor) -> Grant:
        """Take a role from an account and end the tokens that act in it; return it.

        Raises:
            AccountsError: there is no such account or grant, or no administrator would be left.

        """
        with self._changing(actor) as told:
            account = self.account(name)
            found = next((one for one in account.grants if one.id == grant), None)
            if found is None:
                raise AccountsError("unknown-grant", name=name, grant=grant)
            now = self._clock().isoformat()
            self._database.run("UPDATE grants SET revoked = ? WHERE id = ?", now, grant)
            self.tokens.revoke_of_grant(grant)
            self._refuse_without_administrator()
            told(account.id, f"revoked {_said(found)}", found.bureau)
        return found

    def disable(self, name: str, actor: Actor, *, disabled: bool = True) -> Account:
        """Disable an account and end its tokens, or enable it again.

        Raises:
            AccountsError: there is no such account, or no administrator would be left.

        """
        with self._changing(actor) as told:
            account = self.account(name)
            self._database.run("UPDATE accounts SET disabled = ? WHERE id = ?", int(disabled), account.id)
            if disabled:
                self.tokens.revoke_of_account(account.id)
                self._refuse_without_administrator()
            told(account.id, "disabled" if disabled else "enabled")
        return self.account(name)

    def set_password(self, name: str, password: str, actor: Actor, *, keep: str | None = None) -> None:
        """Set a password and end the account's tokens, but for the session *keep*.

        Raises:
            AccountsError: there is no such account.
            WeakPasswordError: the password will not do; nothing was changed.

        """
        account = self.account(name)
        self._refuse_weak(password, name)
        kept = self.passwords.hash(password)
        with self._changing(actor) as told:
            self._database.run(
                "UPDATE accounts SET hash = ?, password_changed = ? WHERE id = ?",
                *(kept, self._clock().isoformat(), account.id),
            )
            self.tokens.revoke_of_account(account.id, keep=keep)
            told(account.id, "password changed")
        self.throttle.clear(name)

    def id_of(self, name: str) -> str | None:
        """Return the opaque id of an account, None where there is none."""
        row = self._database.row("SELECT id FROM accounts WHERE name = ?", name)
        return None if row is None else str(row["id"])

    def password_is(self, name: str, password: str) -> Account | None:
        """Return the account if the password is its own and it is not disabled; takes equally long if not.

        Raises:
            BusyError: too many passwords are being checked.

        """
        row = self._database.row("SELECT * FROM accounts WHERE name = ?", name)
        matches = self.passwords.matches(password, None if row is None else row["hash"])
        if row is None or not matches or row["disabled"]:
            return None
        return self._account(row)

    def has_administrator(self) -> bool:
        """Tell whether somebody can sign in as administrator."""
        return self._database.has_role(Role.ADMINISTRATOR.value)

    def backup(self, target: Path) -> None:
        """Write a consistent copy of the accounts into a new file, while they are in use."""
        self._database.backup(target)

    def close(self) -> None:
        """Write what is still in memory and close the file."""
        try:
            self.tokens.write_last_uses()
        finally:
            self._database.close()

    @contextmanager
    def _changing(self, actor: Actor) -> Iterator[Callable[..., None]]:
        """Run a change as one transaction with its audit entry; what is yielded takes account id and note."""

        def told(account: str, note: str, bureau: str | None = None) -> None:
            self._outbox.add(actor, Action.ACCOUNT, bureau, f"account/{account}", note)

        with self._database.transaction():
            yield told
        self._outbox.deliver()

    def _grant(self, account: str, wanted: Grant, told: Callable[..., None]) -> Grant:
        new = replace(wanted, id=secrets.token_hex(8))
        self._database.run(
            "INSERT INTO grants (id, account, role, bureau, person, department, created) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(new.id, account, new.role.value, new.bureau, new.person, new.department),
            self._clock().isoformat(),
        )
        told(account, f"granted {_said(new)}", new.bureau)
        return new

    def _refuse_weak(self, password: str, name: str) -> None:
        reasons = weaknesses(password, name, self.rules.password_length)
        if reasons:
            raise WeakPasswordError(reasons)

    def _refuse_without_administrator(self) -> None:
        if not self.has_administrator():
            raise AccountsError("last-administrator")

    def _row(self, name: str) -> Row:
        row = self._database.row("SELECT * FROM accounts WHERE name = ?", name)
        if row is None:
            raise AccountsError("unknown-account", name=name)
        return row

    def _account(self, row: Row) -> Account:
        query = "SELECT * FROM grants WHERE account = ? AND revoked IS NULL ORDER BY created, id"
        return _account(row, tuple(grant_of(found) for found in self._database.rows(query, row["id"])))


def _said(grant: Grant) -> str:
    parts = (grant.role.value, grant.bureau, grant.person, grant.department)
    return " ".join(part for part in parts if part)


def _account(row: Row, grants: tuple[Grant, ...]) -> Account:
    return Account(
        id=row["id"],
        name=row["name"],
        disabled=bool(row["disabled"]),
        created=datetime.fromisoformat(row["created"]),
        password_changed=datetime.fromisoformat(row["password_changed"]),
        grants=grants,
    )
