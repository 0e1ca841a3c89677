"""Changing accounts beside the store's folder, where no service runs: the first administrator is made so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dutygraph.commits import Committer, StoreFolder
from dutygraph.model import Text
from dutygraph.service.accounts import Accounts
from dutygraph.service.accounts.model import AccountsError, InvalidGrantError
from dutygraph.service.accounts.register import WeakPasswordError
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


@contextmanager
def administering(store: Path | None, settings: Path | None, *, create: bool = False) -> Iterator[Accounts]:
    """Open the accounts of a store folder that no service has open; with *create*, make it if need be.

    Raises:
        AdministrationError: for whatever goes wrong, what is done inside included.

    """
    try:
        loaded = load_settings(settings, store=store)
        with StoreFolder.open(loaded.store, create=create) as folder:
            accounts = open_accounts(loaded, Committer(folder, base=loaded.base))
            try:
                yield accounts
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
