"""Entries for the audit log, written in the same transaction as what they tell of.

The accounts and the audit log stand in two files; a kill between the two must not lose an entry. So it is
written beside the change first, and taken from here once the log has it, if need be after a restart.
"""

from __future__ import annotations

import logging
import threading
from typing import Protocol

from dutygraph.commits.acts import Action, Actor
from dutygraph.service.accounts.database import Database
from dutygraph.service.logs import log
from dutygraph.store import StoreError


class Noting(Protocol):
    """Enters an act into the audit log: ``Committer.note``."""

    def __call__(
        self, actor: Actor, action: Action, *, bureau: str | None, target: str, note: str = ""
    ) -> object:
        """Enter it; it is on disk when this returns."""


class Outbox:
    """Entries on their way to the audit log."""

    def __init__(self, database: Database, note: Noting) -> None:
        """Deliver to *note* what *database* holds."""
        self._database = database
        self._note = note
        self._delivering = threading.Lock()

    def add(self, actor: Actor, action: Action, bureau: str | None, target: str, note: str) -> None:
        """Put an entry in. To be called inside the transaction of what it tells of."""
        self._database.run(
            "INSERT INTO outbox (account, role, person, action, bureau, target, note) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(actor.account, actor.role, actor.person, action.value, bureau, target, note),
        )

    def deliver(self) -> None:
        """Enter what is here into the audit log, in order; what it does not take now is kept for later."""
        with self._delivering:
            for row in self._database.rows("SELECT * FROM outbox ORDER BY number"):
                actor = Actor(row["account"], row["role"], row["person"])
                try:
                    self._note(
                        actor,
                        Action(row["action"]),
                        bureau=row["bureau"],
                        target=row["target"],
                        note=row["note"],
                    )
                except (StoreError, OSError) as error:
                    log("audit.waiting", level=logging.ERROR, error=error)
                    return
                self._database.run("DELETE FROM outbox WHERE number = ?", row["number"])
