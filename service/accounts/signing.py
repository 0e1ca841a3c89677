"""The signature on tokens: who has the key can make them, so it is made here and shown to nobody."""

from __future__ import annotations

import os
import secrets
import stat
from datetime import datetime
from pathlib import Path

import jwt

from dutygraph.model import Text
from dutygraph.store import StoreError

_ALGORITHM = "HS256"
_ISSUER = "dutygraph"
_KEY_BYTES = 32


def open_key(path: Path) -> bytes:
    """Return the key in a file; make file and key where there is none, readable by its owner alone.

    Raises:
        StoreError: it cannot be read or made, others may read it, or it is too short.

    """
    try:
        return _read(path)
    except FileNotFoundError:
        return _make(path)
    except OSError as error:
        raise _unusable(path, str(error.strerror), str(error.strerror)) from error


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise _unusable(path, "其他用户可以读取，请改为 chmod 600", "others may read it: chmod 600")
        key = bytes.fromhex(_hexadecimal(file.read(1024)))
    if len(key) < _KEY_BYTES:
        raise _unusable(
            path,
            "内容不完整；删除此文件后重新启动即会重新生成，届时各人须重新登录",
            "it is not whole; remove it and start again to have it made anew, and all must sign in again",
        )
    return key


def _hexadecimal(content: bytes) -> str:
    text = content.decode("ascii", "replace").strip()
    return text if all(character in "0123456789abcdef" for character in text) and len(text) % 2 == 0 else ""


def _make(path: Path) -> bytes:
    key = secrets.token_bytes(_KEY_BYTES)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unusable(path, str(error.strerror), str(error.strerror)) from error
    return key


def _unusable(path: Path, zh: str, en: str) -> StoreError:
    return StoreError(
        Text(f"令牌密钥文件“{path}”不能使用：{zh}。", f"The key file of tokens {path} cannot be used: {en}.")
    )


def sign(key: bytes, token: str, account: str, issued: datetime, expires: datetime) -> str:
    """Return a token's text: its id, its account's, when it was issued, until when it holds; signed."""
    claims = {"iss": _ISSUER, "jti": token, "sub": account, "iat": issued, "exp": expires}
    return jwt.encode(claims, key, algorithm=_ALGORITHM)


def token_id(key: bytes, text: str) -> str | None:
    """Return the id that a token's text carries, None where the signature is not ours.

    Whether it is in force is for the accounts to say: dates are judged there, by one clock.
    """
    try:
        claims = jwt.decode(
            text,
            key,
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            options={"require": ["jti", "sub", "exp"], "verify_exp": False, "verify_iat": False},
        )
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    found = claims["jti"]
    return found if isinstance(found, str) else None
