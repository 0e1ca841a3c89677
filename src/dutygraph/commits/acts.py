"""Who did what: the words of the audit log, and what one entry of it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Action(StrEnum):
    """What can be done to a store, or read from it, that the audit log remembers."""

    IMPORT = "import"
    NAMES = "identity.import"
    RECORD_CREATE = "record.create"
    RECORD_REPLACE = "record.replace"
    RECORD_DELETE = "record.delete"
    RECORD_MOVE = "record.move"
    GAP_ASSIGN = "gap.assign"
    GAP_WAIVE = "gap.waive"
    RECHECK = "bureau.recheck"
    READ_IDENTITY = "identity.read"
    READ_RESTRICTED = "restricted.read"
    QUERY = "sparql.query"
    SIGN_IN = "session.start"
    SIGN_IN_FAILED = "session.refused"
    SIGN_OUT = "session.end"
    TOKEN = "token.change"  # noqa: S105 - the name of an act, no secret
    ACCOUNT = "account.change"
    BACKUP = "store.backup"
    RESTORE = "store.restore"
    UPGRADE = "store.upgrade"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the name of an account, the role it acts in, the id of its person (P003), if any."""

    account: str
    role: str
    person: str | None = None


COMMAND_LINE = Actor("command-line", "operator")
"""Whoever can run the command line beside the store's folder."""
SYSTEM = Actor("system", "system")
"""Who acts when nobody asked: the rules of the product have changed, and with them the gaps."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One link of the chain; ``hash`` is over all that stands before it here, ``previous`` included.

    ``bureau`` is None where no bureau is concerned, ``commit`` where nothing was written to one.
    ``target`` says what was touched, by kind and id ("risk/R04-05", "gap/ab12…"), never by name.
    ``digest`` is the SHA-256 of the commit's file of changes.
    """

    sequence: int
    at: datetime
    actor: Actor
    action: Action
    bureau: str | None
    target: str
    note: str
    commit: int | None
    digest: str | None
    previous: str
    hash: str
