"""The roles, the kinds of data they differ on, and who is calling (domain section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dutygraph.commits.acts import Actor


class Role(StrEnum):
    """The columns of the table "who sees what", and the administrator, who sees no data graph."""

    T1 = "T1"
    T2 = "T2"
    T3 = "T3"
    POST_HOLDER = "post-holder"
    SO = "SO"
    FD = "FD"
    TRAINEE = "trainee"
    ADMINISTRATOR = "administrator"


class Data(StrEnum):
    """The rows of the tables "who sees what" (domain sections 8 and 9)."""

    STRUCTURE = "structure"
    IDENTITY = "identity"
    WORK = "work"
    UNANNOUNCED = "unannounced"
    ISSUES = "issues"
    TALKS = "talks"
    SCORES = "scores"
    METRICS = "metrics"
    CASES = "cases"
    REPORTER = "reporter"
    WAIVERS = "waivers"
    AUDIT = "audit"
    EXTRAS = "extras"


class Reach(StrEnum):
    """How far a role sees a kind of data: ● all, ◐ own scope, ○ counts only, – none."""

    ALL = "all"
    OWN = "own"
    COUNTS = "counts"
    NONE = "none"


class Scope(StrEnum):
    """What a token may be used for."""

    READ = "read"
    WRITE = "write"
    SPARQL = "sparql"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, acting in one role at one bureau.

    ``person`` is the id of a person (P003) for the tiers and the post holder; ``department`` is the id of
    the functional department for FD. The administrator has no bureau.
    """

    account: str
    role: Role
    bureau: str | None = None
    person: str | None = None
    department: str | None = None
    scopes: frozenset[Scope] = frozenset(Scope)

    @property
    def actor(self) -> Actor:
        """The caller as the audit log names it."""
        return Actor(self.account, self.role.value, self.person)
