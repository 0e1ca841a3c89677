"""Tokens: issued, looked up at every request, ended at once."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from sqlite3 import Row

from dutygraph.service.access.roles import Caller, Role, Scope
from dutygraph.service.accounts.database import Database
from dutygraph.service.accounts.model import ROLE_SCOPES, Account, Grant, SignedIn, Token, TokenKind
from dutygraph.service.accounts.signing import sign, token_id

_COLUMNS = (
    "tokens.id AS token, tokens.account, kind, label, scopes, tokens.created AS issued, expires, last_used, "
    "grants.id, role, bureau, person, department"
)
_IN_FORCE = (
    "FROM tokens JOIN grants ON grants.id = tokens.grant_id JOIN accounts ON accounts.id = tokens.account "
    "WHERE tokens.revoked IS NULL AND grants.revoked IS NULL AND NOT accounts.disabled AND expires > ?"
)


class Tokens:
    """The tokens of all accounts. A token is in force until it expires or its row says that it ended."""

    def __init__(self, database: Database, key: bytes, clock: Callable[[], datetime]) -> None:
        """Keep tokens in *database*, signed with *key*."""
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
    ) -> tuple[str, Token]:
        """Return a new token's text, shown this once, and the token; scopes beyond the role's go."""
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
        self._database.run(
            "INSERT INTO tokens (id, account, grant_id, kind, label, scopes, created, expires) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(token.id, account.id, grant.id, kind.value, label),
            *(" ".join(sorted(token.scopes)), now.isoformat(), token.expires.isoformat()),
        )
        return sign(self._key, token.id, account.id, now, token.expires), token

    def signed_in(self, text: str) -> SignedIn | None:
        """Return who a token's text stands for; None where it is not ours, has expired or was ended."""
        found = token_id(self._key, text)
        if found is None:
            return None
        now = self._clock()
        query = f"SELECT accounts.name, {_COLUMNS} {_IN_FORCE} AND tokens.id = ?"
        row = self._database.row(query, now.isoformat(), found)
        if row is None:
            return None
        with self._used_lock:
            self._used[found] = now
        token = self._token(row)
        grant = token.grant
        caller = Caller(
            row["name"], grant.role, grant.bureau, grant.person, grant.department, scopes=token.scopes
        )
        return SignedIn(row["account"], caller, token)

    def of_account(self, account: str) -> tuple[Token, ...]:
        """Return an account's tokens in force, latest first."""
        query = f"SELECT {_COLUMNS} {_IN_FORCE} AND tokens.account = ? ORDER BY tokens.created DESC"
        return tuple(
            self._token(row) for row in self._database.rows(query, self._clock().isoformat(), account)
        )

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
            used, self._used = self._used, {}
        if used:
            rows = [(at.isoformat(), token) for token, at in used.items()]
            self._database.run_many("UPDATE tokens SET last_used = ? WHERE id = ?", rows)

    def _token(self, row: Row) -> Token:
        last = self._used.get(row["token"])
        written = row["last_used"]
        return Token(
            id=row["token"],
            account=row["account"],
            grant=grant_of(row),
            kind=TokenKind(row["kind"]),
            label=row["label"],
            scopes=frozenset(Scope(scope) for scope in row["scopes"].split()),
            created=datetime.fromisoformat(row["issued"]),
            expires=datetime.fromisoformat(row["expires"]),
            last_used=last or (datetime.fromisoformat(written) if written else None),
        )


def grant_of(row: Row) -> Grant:
    """Return the grant that a row of the database holds."""
    return Grant(row["id"], Role(row["role"]), row["bureau"], row["person"], row["department"])
