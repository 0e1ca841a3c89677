"""Waivers: tier 1's dated approvals to leave a gap open. They are records like those of sheet 规则豁免."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources

import pyoxigraph as ox
from rdflib import XSD, Literal, URIRef

from dutygraph.commits.acts import Action
from dutygraph.commits.gaps import Committed, GapState
from dutygraph.loaders.fields import kind_forms
from dutygraph.model import Delta, Finding, Statement, Text
from dutygraph.ontology import SV
from dutygraph.service.access.roles import Caller
from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers
from dutygraph.service.gaps.whole import gap_there
from dutygraph.service.lifecycle.moving import mover_of
from dutygraph.service.problems import ErrorItem, ProblemError
from dutygraph.service.records.acting import creation
from dutygraph.service.records.changes import deleting
from dutygraph.service.records.held import Held
from dutygraph.service.records.writing import whole, write
from dutygraph.service.running import Service

KIND = "waiver"
_PREFIX = "HM"
_UNTIL = URIRef(SV.validTo)


class WaiverState(StrEnum):
    """Where a waiver stands on the date of the check; ``void`` has no reason, start or approver of tier 1."""

    IN_FORCE = "in-force"
    TO_COME = "to-come"
    ENDED = "ended"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """A waiver as the caller sees it, and the gaps that it covers now. ``by`` is None where not visible."""

    id: str
    rule: str
    focus: str
    reason: str
    begins: date | None
    until: date | None
    by: str | None
    state: WaiverState
    gaps: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class WaiverAsked:
    """What tier 1 approves: to leave a gap open, why, from when (None: the date of the data) until when."""

    gap: str
    reason: str
    begins: date | None
    until: date


def waivers_of(view: View) -> tuple[WaiverRow, ...]:
    """Return the waivers that a view shows, by id.

    Raises:
        ForbiddenError: the role sees none.

    """
    covered: dict[tuple[str, str], list[Finding]] = {}
    for finding in view.findings:
        if finding.waived is not None:
            covered.setdefault((finding.rule, finding.focus.id), []).append(finding)
    rows = view.store.select(_query(), graphs=view.graphs)
    return tuple(_row(row, view.as_of, covered) for row in rows)


def waive(
    service: Service, caller: Caller, code: str, asked: WaiverAsked, answers: Answers
) -> tuple[str, Committed]:
    """Write a waiver of a gap; return its id and what the commit did.

    Raises:
        ProblemError: 403 the caller has no appointment of tier 1 in force, 404 no such gap, 409 it is
            resolved or waived as long already, 422 a date is wrong or the reason blank.
        GateError: the record would not be of its form; nothing is stored.

    """
    made: list[str] = []

    def plan(seen: View) -> tuple[Delta, str, str]:
        begins = asked.begins or seen.as_of
        finding = _waivable(seen, asked, answers)
        _check_dates(seen, begins, asked)
        held = whole(service, seen)
        mover = mover_of(held, caller, seen.as_of, own=True)
        if mover.appointment is None:
            raise ProblemError(403, "no-appointment", day=seen.as_of.isoformat())
        fields = {
            "waivesRule": finding.rule,
            "waivesFocus": finding.focus.id,
            "reason": asked.reason,
            "approvedBy": seen.things.thing(mover.appointment).id,
            "validFrom": begins.isoformat(),
            "validTo": asked.until.isoformat(),
        }
        delta, identifier = creation(service, seen, kind_forms()[KIND], _next_id(held), fields)
        made[:] = [identifier]
        return delta, f"{KIND}/{identifier}", f"gap/{asked.gap}"

    committed = write(service, caller, code, Action.GAP_WAIVE, plan)
    return made[0], committed


def end(service: Service, caller: Caller, code: str, waiver: str, day: date | None) -> Committed:
    """End a waiver: it holds no more from a day on (None: the date of the data). One that never held goes.

    Raises:
        ProblemError: 404 no such waiver, 409 it has ended by then, 422 the day is in the past.

    """

    def plan(seen: View) -> tuple[Delta, str, str]:
        row = next((row for row in waivers_of(seen) if row.id == waiver), None)
        if row is None:
            raise ProblemError(404, "unknown-waiver", waiver=waiver)
        first = day or seen.as_of
        if first < seen.as_of:
            raise _refused("/query/on", _past(first, seen.as_of))
        if row.until is not None and row.until < first:
            raise ProblemError(409, "conflict", detail=_ended(row.until))
        return _ending(whole(service, seen), row, first), f"{KIND}/{waiver}", f"until {first}"

    return write(service, caller, code, Action.GAP_WAIVE, plan)


def _waivable(seen: View, asked: WaiverAsked, answers: Answers) -> Finding:
    row = gap_there(seen, asked.gap, answers)
    if row.history.state is GapState.RESOLVED:
        raise ProblemError(409, "conflict", detail=_RESOLVED)
    waived = row.finding.waived
    if waived is not None and (waived.until is None or asked.until <= waived.until):
        until = Text("未定期限", "open-ended") if waived.until is None else Text(*[str(waived.until)] * 2)
        detail = Text(
            f"这个缺口已豁免（至：{until.zh}）。要提前结束或改期，请先结束现有的豁免。",
            f"The gap is waived already (until: {until.en}). To shorten it, end the waiver there is first.",
        )
        raise ProblemError(409, "conflict", detail=detail)
    return row.finding


def _check_dates(seen: View, begins: date, asked: WaiverAsked) -> None:
    if not asked.reason.strip():
        raise _refused("/body/reason", Text("请写明理由。", "Give the reason."))
    if asked.until < seen.as_of:
        raise _refused("/body/until", _past(asked.until, seen.as_of))
    if begins > asked.until:
        text = Text(
            f"起始日期 {begins} 晚于截止日期 {asked.until}。", f"It begins on {begins}, after it ends."
        )
        raise _refused("/body/from", text)


def _ending(held: Held, row: WaiverRow, first: date) -> Delta:
    kind = kind_forms()[KIND]
    if row.begins is None or row.begins >= first:
        return deleting(held, kind, row.id)
    triples = held.triples(kind, row.id)
    removed = [
        held.statement(graph, triple) for graph, triple in triples if triple.predicate.value == str(_UNTIL)
    ]
    graph = triples[0][0]
    last = Literal((first - timedelta(days=1)).isoformat(), datatype=XSD.date)
    added = Statement(URIRef(held.iri(KIND, row.id)), _UNTIL, last, graph)
    return Delta(held.names.code, held.names.base, (added,), tuple(removed))


def _row(
    row: ox.QuerySolution, as_of: date, covered: Mapping[tuple[str, str], Sequence[Finding]]
) -> WaiverRow:
    def said(name: str) -> str:
        return row[name].value if row[name] else ""

    def day(name: str) -> date | None:
        return date.fromisoformat(row[name].value) if row[name] else None

    begins, until = day("from"), day("until")
    gaps = tuple(covered.get((said("rule"), said("focus")), ()))
    state = _state(begins, until, as_of)
    # whether tier 1 approved it is told by the approver where visible, else by the gaps that it covers
    effective = row["current"].value == "true" or bool(gaps) or not row["by"]
    if state is WaiverState.IN_FORCE and not (effective and said("reason")):
        state = WaiverState.VOID
    by = said("by") or None
    return WaiverRow(
        said("id"), said("rule"), said("focus"), said("reason"), begins, until, by, state,
        gaps if state is WaiverState.IN_FORCE else (),
    )  # fmt: skip


def _state(begins: date | None, until: date | None, as_of: date) -> WaiverState:
    if begins is None:
        return WaiverState.VOID
    if until is not None and until < as_of:
        return WaiverState.ENDED
    return WaiverState.TO_COME if begins > as_of else WaiverState.IN_FORCE


def _next_id(held: Held) -> str:
    numbers = (
        one.removeprefix(_PREFIX) for one in held.identifiers(kind_forms()[KIND]) if one.startswith(_PREFIX)
    )
    highest = max((int(number) for number in numbers if number.isascii() and number.isdecimal()), default=0)
    return f"{_PREFIX}{highest + 1:02d}"


def _refused(pointer: str, text: Text) -> ProblemError:
    return ProblemError(422, "unfit", count=1, errors=[ErrorItem(text, pointer=pointer)])


def _past(day: date, as_of: date) -> Text:
    return Text(
        f"{day} 早于数据日期 {as_of}；请填不早于它的日期。",
        f"{day} is before the date of the data, {as_of}; give one that is not.",
    )


def _ended(until: date) -> Text:
    return Text(
        f"这项豁免到 {until} 为止，无须再结束。", f"This waiver ends on {until}; there is nothing to end."
    )


_RESOLVED = Text("这个缺口已经消除，无须豁免。", "The gap is resolved; there is nothing to waive.")


@cache
def _query() -> str:
    return resources.files("dutygraph.service.gaps").joinpath("waivers.rq").read_text(encoding="utf-8")
