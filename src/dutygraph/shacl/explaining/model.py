"""What an explanation says, as frozen values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from dutygraph.model import Text

if TYPE_CHECKING:
    from rdflib.term import Node

    from dutygraph.shacl.report import Result

Triple: TypeAlias = "tuple[Node, Node, Node]"
Naming: TypeAlias = Callable[["Node"], Text]
"""Gives what people call a term, in both languages."""


@dataclass(frozen=True)
class Fact:
    """A triple of the data that was read, and whether it was derived."""

    triple: Triple
    derived: bool = False


@dataclass(frozen=True)
class Absence:
    """What was looked for and is not there, as one sentence.

    `triples` are its patterns; a Variable stands for anything. `exact` is False where the query sets more
    conditions than the patterns say.
    """

    says: Text
    triples: tuple[Triple, ...]
    exact: bool = True


@dataclass(frozen=True)
class Cause:
    """Why one constraint does not hold: in words, by branch, and by what was read.

    `partial` says that more may have been read than `reads` lists.
    """

    component: Node
    says: Text
    branches: tuple[Branch, ...] = ()
    reads: tuple[Fact, ...] = ()
    absent: tuple[Absence, ...] = ()
    partial: bool = False


@dataclass(frozen=True)
class Branch:
    """How one node came out by one inner shape of a logical or qualified constraint.

    `asks` says, of a shape that the node conforms to, what it asks; of one that it does not, `causes` does.
    """

    shape: Node
    focus: Node
    conforms: bool
    says: Text
    causes: tuple[Cause, ...] = ()
    reads: tuple[Fact, ...] = ()
    asks: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Placeholder:
    """A term that a repair adds and that stands for one still to be named."""

    node: Node
    says: Text


@dataclass(frozen=True)
class Repair:
    """A change that makes the result go away and brings no other of its shape on its focus node: tried.

    `instead` are triples any of which might be removed in the place of the last of `removed`: tried as well.
    """

    added: tuple[Triple, ...]
    removed: tuple[Triple, ...]
    says: tuple[Text, ...]
    placeholders: tuple[Placeholder, ...] = ()
    instead: tuple[Triple, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """One result explained. Either `repair` is set, or `no_repair` says why none is shown."""

    result: Result
    cause: Cause
    repair: Repair | None
    no_repair: Text | None
    name: Naming
