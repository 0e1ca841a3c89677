"""Tokens: issued, looked up at every request, ended at once."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from sqlite3 import Row

from dutygraph.service.access.roles import Caller, Role, Scope
from dutygraph.service.accounts.database import Database
from dutygraph.service.accounts.model import (
    ROLE_SCOPES,
    Account,
    AccountsError,
    Grant,
    SignedIn,
    Token,
    TokenKind,
)
from dutygraph.service.accounts.signing import sign, token_id

_COLUMNS = (
    "tokens.id AS token, tokens.account, kind, label, scopes, tokens.created AS issued, expires, last_used, "
    "grants.id, role, bureau, person, department"
)
_IN_FORCE = (
    "FROM tokens JOIN grants ON grants.id = tokens.grant_id JOIN accounts ON accounts.id = tokens.account "
    "WHERE tokens.revoked IS NULL AND grants.revoked IS NULL AND NOT accounts.disabled AND expires > ?"
)
_ISSUE = (
    "INSERT INTO tokens (id, account, grant_id, kind, label, scopes, created, expires) "
    "SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE EXISTS ("
    "SELECT 1 FROM accounts JOIN grants ON grants.account = accounts.id "
    "WHERE accounts.id = ? AND grants.id = ? AND NOT disabled AND grants.revoked IS NULL "
    "AND password_changed = ?) "
    "AND (? IS NULL OR EXISTS (SELECT 1 FROM tokens WHERE id = ? AND revoked IS NULL AND expires > ?))"
)


class Tokens:
    """The tokens of all accounts. A token is in force until it expires or its row says that it ended."""

    def __init__(
        self, database: Database, key: bytes, clock: Callable[[], datetime], *, idle: timedelta
    ) -> None:
        """Keep tokens in *database*, signed with *key*; a session unused for longer than *idle* ends."""
        self._idle = idle
        self._database = database
        self._key = key
        self._clock = clock
        self._used: dict[str, datetime] = {}
        self._used_lock = threading.Lock()

    def issue(
        self,
        account: Account,
        grant: Grant,
        kind: TokenKind,
        life: timedelta,
        *,
        label: str = "",
        scopes: Collection[Scope] | None = None,
        within: str | None = None,
    ) -> tuple[str, Token]:
        """Return a new token's text, shown this once, and the token; scopes beyond the role's go.

        *account* is as it was when its password was checked, *within* the session that asks, if any.

        Raises:
            AccountsError: what the token would stand on has ended since.

        """
        most = ROLE_SCOPES[grant.role]
        now = self._clock()
        token = Token(
            id=secrets.token_hex(16),
            account=account.id,
            grant=grant,
            kind=kind,
            label=label,
            scopes=most if scopes is None else most & frozenset(scopes),
            created=now,
            expires=now + life,
            last_used=None,
        )
        done = self._database.run(
            _ISSUE,
            *(token.id, account.id, grant.id, kind.value, label),
            *(" ".join(sorted(token.scopes)), now.isoformat(), token.expires.isoformat()),
            *(account.id, grant.id, account.password_changed.isoformat(), within, within, now.isoformat()),
        )
        if not done:
            raise AccountsError("session-ended")
        return sign(self._key, token.id, account.id, now, token.expires), token

    def signed_in(self, text: str, *, in_use: bool = True) -> SignedIn | None:
        """Return who a token's text stands for; None where it is not ours, has expired or was ended.

        Who only looks whether it is in force still, and does not use it, says so by *in_use*.
        """
        found = token_id(self._key, text)
        if found is None:
            return None
        now = self._clock()
        query = f"SELECT accounts.name, {_COLUMNS} {_IN_FORCE} AND tokens.id = ?"
        row = self._database.row(query, now.isoformat(), found)
        if row is None:
            return None
        token = self._token(row)
        if self._is_idle(token, now):
            return None
        if in_use:
            with self._used_lock:
                self._used[found] = now
        grant = token.grant
        caller = Caller(
            row["name"], grant.role, grant.bureau, grant.person, grant.department, scopes=token.scopes
        )
        return SignedIn(row["account"], caller, token)

    def of_account(self, account: str) -> tuple[Token, ...]:
        """Return an account's tokens in force, latest first."""
        query = f"SELECT {_COLUMNS} {_IN_FORCE} AND tokens.account = ? ORDER BY tokens.created DESC"
        now = self._clock()
        found = map(self._token, self._database.rows(query, now.isoformat(), account))
        return tuple(token for token in found if not self._is_idle(token, now))

    def revoke(self, account: str, token: str) -> bool:
        """End one token of an account; tell whether it was in force."""
        statement = (
            "UPDATE tokens SET revoked = ? WHERE account = ? AND id = ? AND revoked IS NULL AND expires > ?"
        )
        now = self._clock().isoformat()
        return self._database.run(statement, now, account, token, now) > 0

    def revoke_of_account(self, account: str, *, keep: str | None = None) -> None:
        """End all tokens of an account, but for *keep*."""
        statement = "UPDATE tokens SET revoked = ? WHERE account = ? AND revoked IS NULL AND id IS NOT ?"
        self._database.run(statement, self._clock().isoformat(), account, keep)

    def revoke_of_grant(self, grant: str) -> None:
        """End all tokens that act in a grant."""
        statement = "UPDATE tokens SET revoked = ? WHERE grant_id = ? AND revoked IS NULL"
        self._database.run(statement, self._clock().isoformat(), grant)

    def revoke_all(self) -> None:
        """End all tokens of all accounts: after a restore, those that were ended since must stay so."""
        statement = "UPDATE tokens SET revoked = ? WHERE revoked IS NULL"
        self._database.run(statement, self._clock().isoformat())

    def write_last_uses(self) -> None:
        """Write when tokens were last used: kept in memory until now, so that no read has to write."""
        with self._used_lock:
            used = dict(self._used)
        if not used:
            return
        rows = [(at.isoformat(), token) for token, at in used.items()]
        self._database.run_many("UPDATE tokens SET last_used = ? WHERE id = ?", rows)
        with self._used_lock:
            for token, at in used.items():
                if self._used.get(token) == at:
                    del self._used[token]

    def _is_idle(self, token: Token, now: datetime) -> bool:
        """Tell whether a session went unused for too long; a program's token may."""
        return token.kind is TokenKind.SESSION and now - (token.last_used or token.created) > self._idle

    def _token(self, row: Row) -> Token:
        last = self._used.get(row["token"])
        written, grant = row["last_used"], grant_of(row)
        return Token(
            id=row["token"],
            account=row["account"],
            grant=grant,
            kind=TokenKind(row["kind"]),
            label=row["label"],
            # what a newer version gives to a role no more, older tokens do not keep
            scopes=ROLE_SCOPES[grant.role] & frozenset(row["scopes"].split()),
            created=datetime.fromisoformat(row["issued"]),
            expires=datetime.fromisoformat(row["expires"]),
            last_used=last or (datetime.fromisoformat(written) if written else None),
        )


def grant_of(row: Row) -> Grant:
    """Return the grant that a row of the database holds."""
    return Grant(row["id"], Role(row["role"]), row["bureau"], row["person"], row["department"])
