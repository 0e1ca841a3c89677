"""Changing accounts beside the store's folder, where no service runs: the first administrator is made so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dutygraph.commits import Committer, StoreFolder
from dutygraph.model import Text
from dutygraph.service.accounts import Accounts, Grant
from dutygraph.service.accounts.model import AccountsError, InvalidGrantError, check_grant
from dutygraph.service.accounts.register import WeakPasswordError
from dutygraph.service.granting import check_bureau, unknown_in_ledger
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import open_accounts
from dutygraph.service.settings import SettingsError, load_settings
from dutygraph.store import StoreError


class AdministrationError(Exception):
    """A change to the accounts cannot be made; ``text`` says why and what to do."""

    def __init__(self, text: Text) -> None:
        """Keep what to tell the user."""
        super().__init__(f"{text.zh} / {text.en}")
        self.text = text


@dataclass(frozen=True, slots=True)
class Administered:
    """The accounts of a store folder, and what they are granted roles at."""

    accounts: Accounts
    committer: Committer

    def check(self, wanted: Grant) -> tuple[Text, ...]:
        """Refuse a grant that does not fit or whose bureau is not there; return what is doubtful about it.

        Raises:
            InvalidGrantError: says which part is wrong.

        """
        check_grant(wanted)
        return (
            *check_bureau(self.committer, wanted, listing=True),
            *unknown_in_ledger(self.committer, wanted),
        )


@contextmanager
def administering(
    store: Path | None, settings: Path | None, *, create: bool = False
) -> Iterator[Administered]:
    """Open the accounts of a store folder that no service has open; with *create*, make it if need be.

    What is written meanwhile is for this user's eyes alone, whatever the umask was.

    Raises:
        AdministrationError: for whatever goes wrong, what is done inside included.

    """
    before = os.umask(0o077)
    try:
        loaded = load_settings(settings, store=store)
        with StoreFolder.open(loaded.store, create=create) as folder:
            committer = Committer(folder, base=loaded.base)
            accounts = open_accounts(loaded, committer)
            try:
                yield Administered(accounts, committer)
            finally:
                accounts.close()
    except (StoreError, SettingsError, InvalidGrantError) as error:
        raise AdministrationError(error.text) from error
    except AccountsError as error:
        raise AdministrationError(ProblemError(409, error.key, **error.fields).text) from error
    except WeakPasswordError as error:
        reasons = error.reasons
        said = Text("".join(reason.zh for reason in reasons), " ".join(reason.en for reason in reasons))
        raise AdministrationError(
            Text(f"密码不合要求：{said.zh}", f"The password will not do: {said.en}")
        ) from error
    finally:
        os.umask(before)
