"""The hash chain of the audit log: what an entry's hash is over, and how entries follow each other.

The hash of an entry is the SHA-256, in hexadecimal, of its canonical form: a JSON object (RFC 8259) of all
fields but the hash itself, ``previous`` (the hash of the entry before) included; keys in alphabetical order,
no spaces, UTF-8, characters as they are, ``at`` in UTC with microseconds. The first entry's ``previous`` is
64 zeros, its sequence is 1.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from dutygraph.commits.acts import Action, Actor, AuditEntry

FIRST_PREVIOUS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """Where the chain ends: the last entry's sequence, hash and time."""

    sequence: int
    hash: str
    at: datetime | None


START = Link(0, FIRST_PREVIOUS, None)


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be entered; see ``AuditEntry`` for what the fields mean."""

    actor: Actor
    action: Action
    bureau: str | None
    target: str
    note: str = ""
    commit: int | None = None
    digest: str | None = None


def entered(act: Act, last: Link, now: datetime) -> AuditEntry:
    """Return the entry of an act after the last link.

    A clock that has gone back never makes an entry older than the one before it: the entry takes that one's
    time, and its note says what the clock showed.
    """
    at, note = now.astimezone(UTC), act.note
    if last.at is not None and at < last.at:
        note = f"{note} [clock {instant(at)}]".strip()
        at = last.at
    bare = AuditEntry(
        sequence=last.sequence + 1,
        at=at,
        actor=act.actor,
        action=act.action,
        bureau=act.bureau,
        target=act.target,
        note=note,
        commit=act.commit,
        digest=act.digest,
        previous=last.hash,
        hash="",
    )
    return replace(bare, hash=hash_of(bare))


def link_of(entry: AuditEntry) -> Link:
    """Return where the chain ends with this entry."""
    return Link(entry.sequence, entry.hash, entry.at)


def hash_of(entry: AuditEntry) -> str:
    """Return the hash that an entry must have."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def canonical(entry: AuditEntry) -> bytes:
    """Return the bytes that the hash is over."""
    fields = {
        "action": entry.action.value,
        "actor": {
            "account": entry.actor.account,
            "person": entry.actor.person,
            "role": entry.actor.role,
        },
        "at": instant(entry.at),
        "bureau": entry.bureau,
        "commit": entry.commit,
        "digest": entry.digest,
        "note": entry.note,
        "previous": entry.previous,
        "sequence": entry.sequence,
        "target": entry.target,
    }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def utcnow() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(tz=UTC)


def instant(at: datetime) -> str:
    """Return a time as ``2026-01-31T08:00:00.000000Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_instant(text: str) -> datetime:
    """Return the time that ``instant`` wrote.

    Raises:
        ValueError: not such a time.

    """
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC)
