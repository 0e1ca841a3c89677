"""Passwords at little cost: tests sign in hundreds of times, and argon2 is made to be slow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher


@contextmanager
def cheap_passwords() -> Iterator[None]:
    """Hash passwords with little work."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
        patch.setattr(PasswordHash, "recommended", lambda: cheap)
        yield
