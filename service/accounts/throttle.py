"""Slowing down who guesses passwords: by account and by address, longer each time, over restarts too."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Callable
from math import ceil

from dutygraph.service.accounts.database import Database

_FORGET_AFTER = 24 * 3600.0
_ADDRESS_FACTOR = 4  # an office may share one address


class Throttle:
    """Counts attempts before they are made, so that many at once gain nothing over one after another."""

    def __init__(
        self, database: Database, clock: Callable[[], float], *, key: bytes, attempts: int, longest: int
    ) -> None:
        """Let *attempts* fail freely, then double the delay from one second up to *longest* seconds.

        What was typed as an account may be a password: it is kept as its hash under *key*, which no backup
        has unless asked for.
        """
        self._key = key
        self._database = database
        self._clock = clock
        self._attempts = attempts
        self._longest = longest

    def begin(self, account: str, address: str) -> int:
        """Count an attempt as failed, and return 0; or return how many seconds are to be waited first."""
        now = self._clock()
        keys = self._keys(account, address)
        with self._database.transaction():
            self._database.run("DELETE FROM attempts WHERE last < ? OR last > ?", now - _FORGET_AFTER, now)
            waits = [self._wait(key, now) for key, _ in keys]
            if max(waits) > 0:
                return max(waits)
            for key, free in keys:
                self._count(key, free, now)
        return 0

    def succeeded(self, account: str, address: str) -> None:
        """Forget an account's failures, and this attempt of the address's."""
        (by_account, _), (by_address, _) = self._keys(account, address)
        with self._database.transaction():
            self._database.run("DELETE FROM attempts WHERE key = ?", by_account)
            self._database.run(
                "UPDATE attempts SET failures = max(failures - 1, 0), open_at = 0 WHERE key = ?", by_address
            )

    def withdraw(self, account: str, address: str) -> None:
        """Take back an attempt for which no password was checked. A delay stays: it may be another's."""
        with self._database.transaction():
            for key, _ in self._keys(account, address):
                self._database.run("UPDATE attempts SET failures = max(failures - 1, 0) WHERE key = ?", key)

    def clear(self, account: str) -> None:
        """Forget an account's failures: its password was set anew."""
        (by_account, _), _ = self._keys(account, "")
        self._database.run("DELETE FROM attempts WHERE key = ?", by_account)

    def _wait(self, key: str, now: float) -> int:
        row = self._database.row("SELECT open_at FROM attempts WHERE key = ?", key)
        # never longer than the longest: the clock may have been put back
        return 0 if row is None else min(max(0, ceil(row["open_at"] - now)), self._longest)

    def _count(self, key: str, free: int, now: float) -> None:
        row = self._database.row("SELECT failures FROM attempts WHERE key = ?", key)
        failures = 1 if row is None else row["failures"] + 1
        delay = 0 if failures < free else min(2 ** min(failures - free, 30), self._longest)
        self._database.run(
            "INSERT OR REPLACE INTO attempts (key, failures, last, open_at) VALUES (?, ?, ?, ?)",
            key,
            failures,
            now,
            now + delay,
        )

    def _keys(self, account: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
        digest = hmac.new(self._key, account.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
        return (
            (f"account:{digest}", self._attempts),
            (f"address:{_network(address)}", self._attempts * _ADDRESS_FACTOR),
        )


def _network(address: str) -> str:
    """Return what is counted as one address: an IPv6 caller has a whole /64 of them."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:  # noqa: PLR2004 - the version of the protocol
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))
