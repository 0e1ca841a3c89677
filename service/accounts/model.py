"""Accounts, what they are granted, and the tokens that act for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from dutygraph.model import Text
from dutygraph.service.access.roles import Caller, Role, Scope


class AccountsError(Exception):
    """A change to the accounts is refused; ``key`` names the problem, ``fields`` fill in its text."""

    def __init__(self, key: str, **fields: Any) -> None:
        """Keep which problem it is."""
        super().__init__(key, fields)
        self.key = key
        self.fields = fields


class InvalidGrantError(Exception):
    """What is to be granted does not fit together; ``text`` says why, ``field`` which part is wrong."""

    def __init__(self, field: str, text: Text) -> None:
        """Keep what to tell the user."""
        super().__init__(f"{text.zh} / {text.en}")
        self.field = field
        self.text = text


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that an account has at a bureau, as a person or for a functional department."""

    id: str
    role: Role
    bureau: str | None = None
    person: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account. ``id`` says nothing of who it is; logs name it and nothing else."""

    id: str
    name: str
    disabled: bool
    created: datetime
    password_changed: datetime
    grants: tuple[Grant, ...] = ()


class TokenKind(StrEnum):
    """A session begins with a password; a program's token is issued from a session."""

    SESSION = "session"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Token:
    """A token in force: what it is for, and until when. It acts in one grant."""

    id: str
    account: str
    grant: Grant
    kind: TokenKind
    label: str
    scopes: frozenset[Scope]
    created: datetime
    expires: datetime
    last_used: datetime | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who calls, and by which token."""

    account_id: str
    caller: Caller
    token: Token


ROLE_SCOPES: dict[Role, frozenset[Scope]] = {
    role: frozenset({Scope.READ, Scope.WRITE}) for role in Role if role is not Role.ADMINISTRATOR
} | {
    Role.SO: frozenset({Scope.READ, Scope.WRITE, Scope.SPARQL}),
    Role.ADMINISTRATOR: frozenset({Scope.ADMIN}),
}
"""The most that a token may be used for, by role: free SPARQL is for SO, accounts for the administrator."""

_WITH_PERSON = frozenset({Role.T1, Role.T2, Role.T3, Role.POST_HOLDER})


def check_grant(grant: Grant) -> None:
    """Refuse a grant whose parts do not fit its role.

    Raises:
        InvalidGrantError: a part is missing, or there where it means nothing.

    """
    role = grant.role
    if role is Role.ADMINISTRATOR:
        _refuse_given("bureau", grant.bureau, "管理员不属于任何局", "an administrator belongs to no bureau")
    elif not grant.bureau:
        raise InvalidGrantError(
            "bureau",
            Text(f"角色{role.value}须写明局编号（bureau）。", f"The role {role.value} needs a bureau."),
        )
    if role in _WITH_PERSON and not grant.person:
        raise InvalidGrantError(
            "person",
            Text(
                f"角色{role.value}须写明人员编号（person），如 P003。",
                f"The role {role.value} needs the id of a person, such as P003.",
            ),
        )
    if role is Role.FD and not grant.department:
        raise InvalidGrantError(
            "department",
            Text("职能部门须写明部门编号（department）。", "A functional department needs a department."),
        )
    if role not in _WITH_PERSON and role is not Role.SO:
        said = f"角色{role.value}不代表某个人", f"the role {role.value} stands for no person"
        _refuse_given("person", grant.person, *said)
    if role is not Role.FD:
        said = f"角色{role.value}不代表职能部门", f"the role {role.value} stands for no functional department"
        _refuse_given("department", grant.department, *said)


def _refuse_given(field: str, value: str | None, zh: str, en: str) -> None:
    if value:
        raise InvalidGrantError(field, Text(f"{zh}，请去掉 {field}。", f"Leave out {field}: {en}."))
