"""What reading and writing a record rest on: it is there, as it was read, not referred to, well made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import quote

from fastapi import Response

from dutygraph.commits.acts import Action
from dutygraph.commits.gaps import Committed
from dutygraph.loaders.entries import Entry
from dutygraph.loaders.fields import KindForm, kind_forms
from dutygraph.model import Delta, Text
from dutygraph.service.access.roles import Caller
from dutygraph.service.access.view import View
from dutygraph.service.access.writes import may_write, require_write
from dutygraph.service.lifecycle.changes_of_state import state_of, state_statement
from dutygraph.service.lifecycle.conditions import unmet
from dutygraph.service.lifecycle.moving import mover_of, refuse_unmet, with_delta
from dutygraph.service.lifecycle.table import LifeCycle, life_cycles
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.service.records.changes import creating, entered, replacing
from dutygraph.service.records.fielderrors import field_errors
from dutygraph.service.records.held import Held, record_tag
from dutygraph.service.records.models import WrittenRecord, change_model
from dutygraph.service.records.shown import ShownRecord
from dutygraph.service.records.writing import Sight, whole
from dutygraph.service.running import Service

_LISTED_REFERENCES = 100


def kind_named(name: str) -> KindForm:
    """Return a kind.

    Raises:
        ProblemError: 404, there is none of this name.

    """
    found = kind_forms().get(name)
    if found is None:
        raise ProblemError(404, "unknown-kind", kind=name)
    return found


def there(held: Held, kind: KindForm, identifier: str) -> ShownRecord:
    """Return a record of what a caller sees.

    Raises:
        ProblemError: 404, it is not there.

    """
    wanted = kind.entity.all_classes
    classes = held.classes(kind, identifier)
    if not classes or not any(str(name) in classes for name in wanted):
        raise ProblemError(404, "unknown-record", id=identifier)
    return ShownRecord(held, kind, identifier)


def check_tag(held: Held, kind: KindForm, identifier: str, given: str | None, *, needed: bool = True) -> None:
    """Refuse a write that is not based on the record as it is.

    Raises:
        ProblemError: 428, no If-Match; 412, it has changed.

    """
    if given is None:
        if needed:
            raise ProblemError(428, "precondition-required")
        return
    tags = {part.strip() for part in given.split(",")}
    if "*" not in tags and record_tag(held.triples(kind, identifier)) not in tags:
        raise ProblemError(412, "stale")


def check_written_so(given: str, read: str) -> None:
    """Refuse an address whose id is not written as ids are: the record would not stand there.

    Raises:
        ProblemError: 422, with the id as it is written.

    """
    if given != read:
        text = Text(f"编号应写作“{read}”。", f"The id is written “{read}”.")
        raise ProblemError(422, "unfit", count=1, errors=[ErrorItem(text, pointer="/path/id")])


def require_making(caller: Caller, kind: KindForm) -> None:
    """Refuse who may neither write records nor make one of this kind by its life cycle.

    Raises:
        ForbiddenError: it is another role's.

    """
    cycle = life_cycles().get(kind.kind)
    makes = cycle is not None and cycle.making(caller.role) is not None
    if not (makes and may_write(caller, Action.RECORD_MOVE, kind=kind.kind)):
        require_write(caller, Action.RECORD_CREATE, kind=kind.kind)


def creation(
    service: Service, seen: View | Sight, kind: KindForm, identifier: str | None, fields: Mapping[str, object]
) -> tuple[Delta, str]:
    """Return the delta that creates a record, and its id.

    Raises:
        ProblemError: 422, a field is wrong; 409, it is there already, or a state was given.

    """
    held = whole(service, seen)
    cycle = life_cycles().get(kind.kind)
    if cycle is not None:
        fields = _beginning(kind, cycle, fields)
    entry = _entry(held, kind, identifier, fields)
    if held.registered(kind.kind, entry.id) or (kind.kind == "bureau" and entry.id != held.names.code):
        raise ProblemError(409, "record-exists", id=entry.id)
    delta = creating(held, entry)
    if cycle is not None and kind.field("state") is None:
        graph = next(s.graph for s in entry.statements if s.subject == entry.iri)
        stated = state_statement(held, cycle, entry.id, cycle.initial, graph)
        delta = Delta(delta.bureau, delta.base, (*delta.added, stated))
    if cycle is not None:
        _check_making(held, cycle, seen.caller, entry, delta, seen.as_of)
    return delta, entry.id


def replacement(seen: Sight, kind: KindForm, identifier: str, fields: Mapping[str, object]) -> Delta:
    """Return the delta that replaces a record.

    Raises:
        ProblemError: 422, a field is wrong; 409, the state would change.

    """
    held = seen.whole
    cycle = life_cycles().get(kind.kind)
    if cycle is not None and kind.field("state") is not None:
        fields = _standing(held, cycle, kind, identifier, fields)
    entry = _entry(held, kind, identifier, fields)
    triples = {triple for _, triple in seen.visible.triples(kind, identifier)}
    return replacing(held, entry, triples)


def written(
    seen: Sight, kind: KindForm, identifier: str, committed: Committed, response: Response
) -> WrittenRecord:
    """Return a record as it was written, with its new tag in the answer's headers; *seen* is of after it."""
    response.headers["ETag"] = record_tag(seen.visible.triples(kind, identifier))
    return WrittenRecord(
        record=ShownRecord(seen.visible, kind, identifier).model(), change=change_model(committed, seen.view)
    )


def note_restricted(service: Service, view: View, target: str) -> None:
    """Enter in the audit log that restricted records were read."""
    service.committer.note(view.caller.actor, Action.READ_RESTRICTED, bureau=view.names.code, target=target)


def location(code: str, kind: str, identifier: str) -> str:
    """Return the address of a record."""
    return f"/api/v1/bureaus/{quote(code, safe='')}/records/{kind}/{quote(identifier, safe='')}"


def _entry(held: Held, kind: KindForm, identifier: str | None, fields: Mapping[str, object]) -> Entry:
    entry = entered(held, kind, identifier, fields, cells={})
    if not isinstance(entry, Entry):
        errors = field_errors(entry)
        raise ProblemError(422, "unfit", count=len(errors), errors=errors)
    return entry


def _beginning(kind: KindForm, cycle: LifeCycle, fields: Mapping[str, object]) -> Mapping[str, object]:
    given = fields.get("state")
    if isinstance(given, str) and cycle.meant(given) not in (cycle.initial, None):
        raise ProblemError(409, "use-moves", state=given, initial=cycle.initial.word)
    blank = given is None and kind.field("state") is not None
    return {**fields, "state": cycle.initial.word} if blank else fields


def _standing(
    held: Held, cycle: LifeCycle, kind: KindForm, identifier: str, fields: Mapping[str, object]
) -> Mapping[str, object]:
    state = state_of(held, cycle, identifier)
    given = fields.get("state")
    if isinstance(given, str) and cycle.meant(given) not in (state, None):
        raise ProblemError(409, "use-moves", state=state.word, initial=cycle.initial.word)
    if given is None and "state" in held.fields(kind, identifier).fields:
        return {**fields, "state": state.word}
    return fields


def _check_making(
    held: Held, cycle: LifeCycle, caller: Caller, entry: Entry, delta: Delta, today: date
) -> None:
    """Hold whoever makes a record by its life cycle to the guards of that."""
    move = cycle.making(caller.role)
    if move is None or may_write(caller, Action.RECORD_CREATE, kind=cycle.kind):
        return
    mover = mover_of(held, caller, today, own=True)
    if mover.appointment is None:
        raise ProblemError(403, "no-appointment", day=today.isoformat())
    situation = mover.situation(held, str(entry.iri), today)
    refuse_unmet(unmet(with_delta(held, delta), situation, "guards", move.guards))
