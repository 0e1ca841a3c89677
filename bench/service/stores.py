"""A store folder of N bureaus, each a copy of the example workbook, made through the commit path."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from rdflib import Literal, URIRef
from rdflib.term import Node

from dutygraph.commits import COMMAND_LINE, Action, Committer, StoreFolder
from dutygraph.loaders import load
from dutygraph.model import Delta, Statement
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Accounts, Grant
from dutygraph.service.running import open_accounts
from dutygraph.service.settings import load_settings

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "bureau" / "bureau.xlsx"
PASSWORD = "correct horse 电池 staple"
READERS = (
    (Role.SO, None, None),
    (Role.T1, "P001", None),
    (Role.T2, "P006", None),
    (Role.T3, "P013", None),
)


@dataclass(frozen=True)
class Account:
    """An account to sign in with, and its bureau."""

    name: str
    bureau: str
    axes: tuple[str, ...] = ("department", "tier", "star", "stage", "business")


def code(number: int) -> str:
    return f"SL{number:02}"


def make_store(path: Path, bureaus: int) -> float:
    """Make the store, or what it lacks; return the seconds that importing a bureau took, 0 for none."""
    loaded = load([EXAMPLE])
    assert not loaded.problems
    began, made = perf_counter(), 0
    with StoreFolder.open(path, create=True) as folder:
        committer = Committer(folder, copies=1)
        there = {names.code for names in committer.bureaus()}
        for number in range(1, bureaus + 1):
            if code(number) not in there:
                delta = renamed(loaded.delta, code(number))
                committer.commit(delta, COMMAND_LINE, Action.IMPORT, target="import/bench")
                made += 1
                sys.stderr.write(f"\r{number} bureaus")
    return (perf_counter() - began) / made if made else 0.0


def renamed(delta: Delta, name: str) -> Delta:
    """Return the example's data as those of a bureau of another code."""
    old, new = f"/bureau/{delta.bureau}", f"/bureau/{name}"

    def term(node: Node) -> Node:
        if isinstance(node, URIRef):
            return URIRef(node.replace(old, new))
        if isinstance(node, Literal) and str(node) == delta.bureau:
            return Literal(name, datatype=node.datatype, lang=node.language)
        return node

    def statement(one: Statement) -> Statement:
        subject = term(one.subject)
        assert isinstance(subject, URIRef)
        return replace(one, subject=subject, object=term(one.object))

    return replace(delta, bureau=name, added=tuple(map(statement, delta.added)))


def make_accounts(path: Path, bureaus: int, readers: int) -> tuple[list[Account], list[Account]]:
    """Make accounts for readers, spread over bureaus and roles, and one writer for each bureau."""
    settings = load_settings(store=path)
    reading, writing = [], []
    with StoreFolder.open(path) as folder:
        accounts = open_accounts(settings, Committer(folder))
        try:
            if not accounts.has_administrator():
                accounts.create("root", PASSWORD, COMMAND_LINE, role=Grant("", Role.ADMINISTRATOR))
            for number in range(readers):
                role, person, department = READERS[number % len(READERS)]
                bureau = code(number % bureaus + 1)
                account = Account(f"reader-{role.value}-{bureau}-{number}".lower(), bureau)
                if role is Role.T3:  # who knows too little of who supervises to count by star and tier
                    account = replace(account, axes=("department", "stage", "business"))
                _make(accounts, account, Grant("", role, bureau, person, department))
                reading.append(account)
            for number in range(1, bureaus + 1):
                account = Account(f"writer-{code(number)}".lower(), code(number))
                _make(accounts, account, Grant("", Role.SO, code(number)))
                writing.append(account)
        finally:
            accounts.close()
    return reading, writing


def _make(accounts: Accounts, account: Account, grant: Grant) -> None:
    if accounts.id_of(account.name) is None:
        accounts.create(account.name, PASSWORD, COMMAND_LINE, role=grant)
