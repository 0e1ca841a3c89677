"""What is wrong with the accounts of a store that no service has open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dutygraph.service.access.roles import Role
from dutygraph.service.accounts.database import FILE_NAME, Database
from dutygraph.store import StoreError
from dutygraph.upkeep.symptoms import Symptom, symptom


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
        if not database.has_role(Role.ADMINISTRATOR.value):
            yield symptom("no-administrator", path=store)
    finally:
        database.close()
