"""Moves: what can be done with a record now and by whom, what was done, doing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from pydantic import Field, model_validator

from dutygraph.commits import utcnow
from dutygraph.commits.acts import Action
from dutygraph.model import Delta
from dutygraph.service.access.roles import Scope
from dutygraph.service.access.writes import may_write
from dutygraph.service.endpoints.records import WRITE_RESPONSES
from dutygraph.service.figures import answer_figure
from dutygraph.service.lifecycle.changes_of_state import ChangeOfState, history, state_of
from dutygraph.service.lifecycle.conditions import unmet
from dutygraph.service.lifecycle.moving import Asked, Mover, mover_of, moving, with_delta
from dutygraph.service.lifecycle.table import LifeCycle, life_cycles
from dutygraph.service.models import ApiModel, BilingualText, Dated, bilingual
from dutygraph.service.problems import ProblemError
from dutygraph.service.records.acting import check_tag, kind_named, there, written
from dutygraph.service.records.addressing import PreconditionsDep, RecordDep
from dutygraph.service.records.models import FieldValue, MoveRow, RecordBody, WrittenRecord, checked_text
from dutygraph.service.records.shown import move_row
from dutygraph.service.records.writing import Sight, visible, write_on
from dutygraph.service.running import require_scope

router = APIRouter(prefix="/bureaus/{code}/records/{kind}/{id:path}/moves", tags=["records"])
_EXAMPLES = {
    "assign": {
        "summary": "派责 / assign an issue",
        "value": {"to": "已派责", "note": "", "fields": {"issueOwner": "P011", "dueDate": "2025-06-30"}},
    }
}


class WantedMove(ApiModel):
    """A move to be made: to which state, why, and the fields that it needs."""

    to: str = Field(max_length=60, examples=["已派责"])
    note: str = Field(default="", max_length=2000)
    fields: dict[str, FieldValue] = Field(default_factory=dict, max_length=100)

    @model_validator(mode="before")
    @classmethod
    def _can_be_written(cls, given: object) -> object:
        """Refuse halves of characters."""
        return checked_text(given)


class PossibleMove(MoveRow):
    """A move from here; ``allowed`` where it is the caller's to make, ``unmet`` is what it still lacks."""

    allowed: bool
    unmet: list[BilingualText]


class MadeMove(ApiModel):
    """A move that was made."""

    id: str
    from_: BilingualText | None = Field(alias="from")
    to: BilingualText | None
    on: str | None
    at: str | None
    by: str | None = Field(examples=["A01"])
    note: str | None


class Moves(Dated):
    """Where a record stands, which moves lead on from there, and how it came there."""

    state: str
    moves: list[PossibleMove]
    history: list[MadeMove]


@router.get("", summary="可办的流转与经过 / The moves from here, and the history", response_model=Moves)
def list_moves(asked: RecordDep, request: Request) -> Response:
    """从当前状态可办的每一步，还缺什么 / What the caller may do from this state, and what it still lacks."""
    cycle, view = _cycle(asked.kind.kind), asked.view()
    held = visible(view)
    there(held, asked.kind, asked.id)

    def moves() -> dict[str, object]:
        seen = asked.sight()
        mover = _mover(seen, cycle, asked.id)
        return {
            "state": state_of(held, cycle, asked.id).word,
            "moves": _possible(seen, cycle, asked.id, mover),
            "history": [_made(change) for change in history(held, asked.kind.kind, asked.id)],
        }

    return answer_figure(moves, view, request)


@router.post(
    "",
    summary="办理流转 / Make a move",
    dependencies=[require_scope(Scope.WRITE)],
    responses=WRITE_RESPONSES,
)
def make_move(
    asked: RecordDep,
    wanted: Annotated[WantedMove, Body(openapi_examples=_EXAMPLES)],
    given: PreconditionsDep,
    response: Response,
) -> WrittenRecord:
    """条件不具备时不作任何修改，逐项说明 / Unless all conditions are met nothing changes; each is named."""
    cycle = _cycle(asked.kind.kind)
    fields = RecordBody(fields=wanted.fields).plain()

    def plan(seen: Sight) -> tuple[Delta, str, str]:
        there(seen.visible, asked.kind, asked.id)
        check_tag(seen.visible, asked.kind, asked.id, given.match, needed=False)
        move = Asked(wanted.to, wanted.note.strip(), fields, seen.as_of, utcnow())
        made, delta = moving(seen.whole, cycle, asked.id, _mover(seen, cycle, asked.id), move)
        return delta, asked.target, f"{made.start} → {made.end}"

    committed = write_on(asked.service, asked.sight, Action.RECORD_MOVE, plan)
    return written(asked.sight(), asked.kind, asked.id, committed, response)


def _cycle(kind: str) -> LifeCycle:
    found = life_cycles().get(kind)
    if found is None:
        title = kind_named(kind).title
        raise ProblemError(409, "no-life-cycle", kind=title.zh, kind_en=title.en)
    return found


def _mover(seen: Sight, cycle: LifeCycle, identifier: str) -> Mover:
    in_scope = seen.in_scope(seen.whole.iri(cycle.kind, identifier))
    own = may_write(seen.caller, Action.RECORD_MOVE, kind=cycle.kind, own=in_scope)
    return mover_of(seen.whole, seen.caller, seen.as_of, own=own)


def _possible(seen: Sight, cycle: LifeCycle, identifier: str, mover: Mover) -> Sequence[dict[str, object]]:
    """Return the moves that the caller's role may make from here, each with what it still lacks."""
    held = seen.whole
    leaving = [
        move for move in cycle.leaving(state_of(held, cycle, identifier)) if mover.caller.role in move.by
    ]
    if not leaving:
        return []
    store = with_delta(held, Delta(held.names.code, held.names.base, ()))
    situation = mover.situation(held, held.iri(cycle.kind, identifier), seen.as_of)
    found = []
    for move in leaving:
        parties = unmet(store, situation, "parties", move.parties)
        lacking = [*parties, *unmet(store, situation, "guards", move.guards)]
        entitled = mover.own and not parties and (mover.appointment is not None or not mover.tiered)
        row = move_row(move).model_dump(mode="json", by_alias=True)
        texts = [bilingual(condition.text).model_dump() for condition in lacking]
        found.append({**row, "allowed": entitled, "unmet": texts})
    return found


def _made(change: ChangeOfState) -> dict[str, object]:
    return {
        "id": change.id,
        "from": bilingual(change.start).model_dump() if change.start else None,
        "to": bilingual(change.end).model_dump() if change.end else None,
        "on": change.on,
        "at": change.at,
        "by": change.by,
        "note": change.note,
    }
