"""Which record a request is about, who asks, and on what the request rests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Path

from dutygraph.loaders.fields import KindForm
from dutygraph.service.access.roles import Caller, Scope
from dutygraph.service.access.view import View
from dutygraph.service.problems import ProblemError
from dutygraph.service.records.acting import kind_named
from dutygraph.service.records.writing import Sight, sight_of
from dutygraph.service.running import CallerDep, CodePath, Service, ServiceDep, check_scope

KindPath = Annotated[str, Path(max_length=60, description="记录种类 / The kind", examples=["control"])]
IdPath = Annotated[str, Path(alias="id", max_length=400, description="编号 / The id", examples=["C04-05"])]


@dataclass(frozen=True, slots=True)
class KindAsked:
    """A kind of record at a bureau, and who asks."""

    kind: KindForm
    caller: Caller
    code: str
    service: Service

    def view(self) -> View:
        """Return what the caller may see of the bureau."""
        return self.service.views.of(self.caller, self.code)

    def sight(self) -> Sight:
        """Return what the caller sees of the kind, and the whole that a write must respect."""
        return sight_of(self.service, self.caller, self.code, self.kind.kind)


@dataclass(frozen=True, slots=True)
class RecordAsked(KindAsked):
    """One record at a bureau."""

    id: str

    @property
    def target(self) -> str:
        """The record as the audit log names it."""
        return f"{self.kind.kind}/{self.id}"


def kind_asked(code: CodePath, kind: KindPath, caller: CallerDep, service: ServiceDep) -> KindAsked:
    """Return the kind that a request is about.

    Raises:
        ProblemError: 404, no such kind, or not the caller's bureau; 403, the token may not read.

    """
    check_scope(caller, Scope.READ)
    if code != caller.bureau:
        raise ProblemError(404, "unknown-bureau", code=code)
    return KindAsked(kind_named(kind), caller, code, service)


def record_asked(asked: Annotated[KindAsked, Depends(kind_asked)], identifier: IdPath) -> RecordAsked:
    """Return the record that a request is about, which need not be there."""
    return RecordAsked(asked.kind, asked.caller, asked.code, asked.service, identifier)


KindDep = Annotated[KindAsked, Depends(kind_asked)]
RecordDep = Annotated[RecordAsked, Depends(record_asked)]


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What a write says that it rests on (RFC 9110 section 13)."""

    match: str | None
    none_match: str | None

    @property
    def creates(self) -> bool:
        """Whether the record must not be there yet."""
        return self.match is None and (self.none_match or "").strip() == "*"


def preconditions(
    if_match: Annotated[
        str | None,
        Header(
            max_length=2000, description="读取时得到的 ETag / The ETag that was read", examples=['"3f0c"']
        ),
    ] = None,
    if_none_match: Annotated[
        str | None, Header(max_length=2000, description="* 表示新建 / * to create", examples=["*"])
    ] = None,
) -> Preconditions:
    """Return what a write rests on."""
    return Preconditions(if_match, if_none_match)


PreconditionsDep = Annotated[Preconditions, Depends(preconditions)]
