"""Passwords: how they are kept (argon2), and which are refused."""

from __future__ import annotations

import secrets
import unicodedata
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError

from dutygraph.model import Text

LONGEST = 256
_FEWEST_CHARACTERS = 5
_AT_A_TIME = 2
_WAITING = 8  # each waits in a thread that others need
_PATIENCE = 10.0
_RUNS = ("0123456789", "9876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LONGEST_RUN = 6
_KNOWN = (
    "password",
    "passw0rd",
    "admin",
    "dutygraph",
    "mima",
    "密码",
    "管理员",
    "woaini",
    "letmein",
    "welcome",
)


class BusyError(Exception):
    """Too many passwords are being checked at once."""


class Passwords:
    """Hashes and checks passwords with argon2id, few at a time: each takes tens of MiB and a core."""

    def __init__(self, hashing: PasswordHash | None = None) -> None:
        """Make a hash that no password has, to check unknown accounts against."""
        self._hashing = hashing or PasswordHash.recommended()
        self._gate = _Gate()
        self._nobody = self._hashing.hash(secrets.token_urlsafe(32))

    def hash(self, password: str) -> str:
        """Return what is kept of a password.

        Raises:
            BusyError: too many are being checked.

        """
        with self._gate:
            return self._hashing.hash(_normal(password))

    def matches(self, password: str, kept: str | None) -> bool:
        """Tell whether a password is the one of a hash; takes as long where there is none (*kept* None).

        Raises:
            BusyError: too many are being checked.

        """
        with self._gate:
            if len(password) > LONGEST:
                password, kept = "", None
            try:
                right = self._hashing.verify(_normal(password), kept or self._nobody)
            except PwdlibError:
                return False
            return right and kept is not None


class _Gate:
    """Lets a few through at a time and a few more wait, but not for ever; the others are turned away."""

    def __init__(self) -> None:
        self._there = BoundedSemaphore(_AT_A_TIME + _WAITING)
        self._through = BoundedSemaphore(_AT_A_TIME)

    def __enter__(self) -> None:
        if not self._there.acquire(blocking=False):
            raise BusyError
        if not self._through.acquire(timeout=_PATIENCE):
            self._there.release()
            raise BusyError

    def __exit__(self, *_: object) -> None:
        self._through.release()
        self._there.release()


def _normal(password: str) -> str:
    # the same password typed on another keyboard may arrive in another normal form
    return unicodedata.normalize("NFKC", password)


def weaknesses(password: str, account: str, shortest: int) -> tuple[Text, ...]:
    """Return what is wrong with a new password, every reason at once; nothing where it will do."""
    plain = _normal(password).casefold()
    reasons = []
    if len(_normal(password)) < shortest:
        reasons.append(Text(f"至少须{shortest}个字符。", f"At least {shortest} characters are needed."))
    if len(password) > LONGEST:
        reasons.append(Text(f"至多{LONGEST}个字符。", f"At most {LONGEST} characters are taken."))
    if account.casefold() in plain:
        reasons.append(Text("不得含有账号名。", "It must not contain the account's name."))
    if len(set(plain)) < _FEWEST_CHARACTERS:
        few = _FEWEST_CHARACTERS
        reasons.append(
            Text(f"至少须有{few}种不同的字符。", f"At least {few} different characters are needed.")
        )
    if _guessable(plain):
        reasons.append(
            Text(
                "过于常见：不得主要由连续的键或常见的词组成。",
                "It is too common: it must not be made of runs of keys or of well-known words.",
            )
        )
    return tuple(reasons)


def _guessable(plain: str) -> bool:
    """Tell whether little is left of a password once runs of keys and well-known words are taken out."""
    rest = plain
    for word in _KNOWN:
        rest = rest.replace(word, "")
    for run in _RUNS:
        for length in range(len(run), _LONGEST_RUN - 1, -1):
            for start in range(len(run) - length + 1):
                rest = rest.replace(run[start : start + length], "")
    return len(rest) < _FEWEST_CHARACTERS
