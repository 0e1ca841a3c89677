"""What goes wrong with backups."""

from __future__ import annotations

from dutygraph.model import Text
from dutygraph.store import StoreError


class BackupError(StoreError):
    """A backup cannot be made, or is not whole; ``text`` says why and what to do. Nothing was changed."""


def not_whole(archive: object, zh: str, en: str) -> BackupError:
    """Return what to say of an archive that is not as it was written."""
    return BackupError(
        Text(
            f"备份“{archive}”不完整或已被改动：{zh}。未作任何改动；请换一份备份。",
            f"The backup {archive} is not whole or was altered: {en}. Nothing was changed; "
            "use another backup.",
        )
    )
