"""What is wrong with the accounts of a store that no service has open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts.database import FILE_NAME, Database
from dutygraph.store import StoreError
from dutygraph.upkeep.symptoms import Symptom, symptom

_ADMINISTRATORS = (
    "SELECT 1 FROM grants JOIN accounts ON accounts.id = grants.account "
    "WHERE role = ? AND revoked IS NULL AND NOT disabled LIMIT 1"
)


def account_symptoms(store: Path) -> Iterator[Symptom]:
    """Yield what is wrong with the accounts in a store folder."""
    path = store / FILE_NAME
    if not path.is_file():
        yield symptom("no-administrator", path=store)
        return
    try:
        database = Database(path)
    except StoreError as error:
        yield symptom("accounts-damaged", reason_zh=error.text.zh, reason_en=error.text.en)
        return
    try:
        if database.row(_ADMINISTRATORS, Role.ADMINISTRATOR.value) is None:
            yield symptom("no-administrator", path=store)
    finally:
        database.close()
