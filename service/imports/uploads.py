"""The folder of imports under way: each import is a folder of its own, there whole or not at all."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dutygraph.service.imports.reading import READ, REJECTED, SHEETS, SOURCE
from dutygraph.service.imports.refused import RefusedSheet, read_sheets
from dutygraph.store.files import sync_folder, write_whole

KEPT = timedelta(hours=24)
"""How long an import is kept, whatever became of it."""
_META, _UNFINISHED = "import.json", ".new-"
_LONGEST_NAME = 120
_ID = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class Upload:
    """An import under way: whose it is, what was sent, what its dry run gave, what became of it.

    ``status`` is ``ready``, ``refused``, ``committing`` or ``committed``; ``head`` is the commit that
    ``trial``, the dry run as JSON, was made on; ``outcome`` is what the commit gave.
    """

    id: str
    bureau: str
    account: str
    kind: str
    name: str
    size: int
    sha256: str
    mode: str
    created_at: str
    status: str = "ready"
    head: int = 0
    trial: dict[str, Any] = field(default_factory=dict)
    outcome: dict[str, Any] | None = None

    @property
    def expires_at(self) -> datetime:
        """When it is thrown away."""
        return datetime.fromisoformat(self.created_at) + KEPT


class Uploads:
    """All imports under way of a store folder."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, made if it is not there; what was left unfinished in it is thrown away."""
        self.folder = folder
        folder.mkdir(mode=0o700, exist_ok=True)
        for leftover in folder.iterdir():
            if not _ID.fullmatch(leftover.name) or not (leftover / _META).is_file():
                shutil.rmtree(leftover, ignore_errors=True)

    def begin(self, name: str) -> tuple[str, Path]:
        """Return a new id, and the path that the file of this name is to be written to."""
        identifier = secrets.token_hex(12)
        source = self.folder / f"{_UNFINISHED}{identifier}" / SOURCE
        source.mkdir(mode=0o700, parents=True)
        return identifier, source / safe_name(name)

    def working(self, identifier: str) -> Path:
        """Return the folder of an import that is not finished yet."""
        return self.folder / f"{_UNFINISHED}{identifier}"

    def abandon(self, identifier: str) -> None:
        """Throw away an import that is not finished."""
        shutil.rmtree(self.working(identifier), ignore_errors=True)

    def finish(self, upload: Upload) -> None:
        """Keep an import: from now on it is there."""
        working = self.working(upload.id)
        self._write(working, upload)
        working.rename(self.folder / upload.id)
        sync_folder(self.folder)

    def save(self, upload: Upload) -> Upload:
        """Keep what became of an import."""
        self._write(self.folder / upload.id, upload)
        return upload

    def find(self, identifier: str) -> Upload | None:
        """Return an import, or None."""
        if not _ID.fullmatch(identifier):
            return None
        with suppress(OSError, ValueError, TypeError):
            told = json.loads((self.folder / identifier / _META).read_text(encoding="utf-8"))
            return Upload(**told)
        return None

    def all(self) -> Iterator[Upload]:
        """Yield all imports, the latest first."""
        found = (self.find(entry.name) for entry in self.folder.iterdir())
        yield from sorted((u for u in found if u), key=lambda u: (u.created_at, u.id), reverse=True)

    def read(self, identifier: str) -> bytes:
        """Return what reading the file gave (``read_outcome``)."""
        return (self.folder / identifier / READ).read_bytes()

    def rejected(self, identifier: str) -> Path | None:
        """Return the workbook of refused rows, or None where there are none."""
        path = self.folder / identifier / REJECTED
        return path if path.is_file() else None

    def refused(self, identifier: str) -> tuple[RefusedSheet, ...]:
        """Return the refused rows as their sheets have them, the first of them where there are many."""
        with suppress(OSError, ValueError, KeyError):
            return read_sheets((self.folder / identifier / SHEETS).read_bytes())
        return ()

    def delete(self, identifier: str) -> None:
        """Throw an import away."""
        gone = self.folder / f"{_UNFINISHED}{identifier}"
        with suppress(OSError):
            (self.folder / identifier).rename(gone)  # gone at once, whatever happens to its files
        shutil.rmtree(gone, ignore_errors=True)

    def clean(self, now: datetime) -> None:
        """Throw away the imports that have been kept long enough."""
        for upload in list(self.all()):
            if upload.expires_at < now:
                self.delete(upload.id)

    @staticmethod
    def _write(folder: Path, upload: Upload) -> None:
        write_whole(folder / _META, json.dumps(asdict(upload), ensure_ascii=False).encode())


def safe_name(name: str) -> str:
    """Return the last part of a file's name, fit to be a file: no folders, no control characters."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .") or "upload"
    stem, dot, suffix = plain.rpartition(".")
    if len(plain.encode("utf-8", "replace")) > _LONGEST_NAME:
        cut = stem.encode("utf-8", "replace")[: _LONGEST_NAME - len(suffix.encode()) - 1] if dot else b""
        plain = cut.decode("utf-8", "ignore") + dot + suffix[:10] if dot else plain[: _LONGEST_NAME // 4]
    return plain.encode("utf-8", "replace").decode()


def now() -> datetime:
    """Return the time now."""
    return datetime.now(tz=UTC)


__all__ = ["KEPT", "Upload", "Uploads", "now", "replace", "safe_name"]
