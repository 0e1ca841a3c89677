"""The register of gaps: what it remembers, that SPARQL reads it, that it comes back as it was."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import DCTERMS, RDF, XSD, Literal

from dutygraph.commits import (
    COMMAND_LINE,
    SYSTEM,
    Actor,
    Committer,
    GapHistory,
    GapState,
    Seen,
    UnknownGapError,
)
from dutygraph.model import Delta, GraphKind, Statement
from dutygraph.ontology import SV

from .bureaus import (
    NAMES,
    SO,
    START,
    Clock,
    agrees_with_a_fresh_check,
    commit,
    control,
    delta,
    iri,
    opened,
    reopened,
    risk,
)


def r01(committer: Committer, focus: str = "R04-01") -> GapHistory:
    gaps = committer.state("demo").gaps.values()
    [found] = [gap for gap in gaps if gap.finding.rule == "R01" and gap.finding.focus.id == focus]
    return found


def test_a_gap_is_followed_through_its_life(committer: Committer) -> None:
    first = committer.state("demo").head
    second = commit(committer, delta(risk("R9"))).state.head
    assert (r01(committer).first_seen, r01(committer).last_seen) == (first, second)
    assert r01(committer).state is GapState.OPEN

    third = commit(committer, delta(control())).state.head
    gap = r01(committer)
    assert (gap.first_seen, gap.last_seen, gap.resolved, gap.reopened) == (first, second, third, ())
    assert gap.state is GapState.RESOLVED

    commit(committer, delta(removed=risk("R9")))
    assert r01(committer) == gap

    fifth = commit(committer, delta(removed=control())).state.head
    again = r01(committer)
    assert (again.first_seen, again.last_seen, again.resolved) == (first, fifth, None)
    assert again.reopened == (fifth,)
    assert again.finding.id == gap.finding.id
    assert r01(committer, "R9").state is GapState.RESOLVED


def test_an_assignment_and_its_history_stay(committer: Committer) -> None:
    gap = r01(committer).finding.id
    t1 = Actor("zhang", "T1", "P001")

    done = committer.assign("demo", gap, "P011", date(2026, 3, 1), "三月前补上措施", SO)
    assert done.commit == 2
    assert (done.change.new, done.change.resolved, done.entry.target) == ((), (), f"gap/{gap}")
    committer.assign("demo", gap, "P001", None, "", t1)
    committer.assign("demo", gap, None, None, "不必了", SO)

    history = r01(committer)
    assert [(one.person, one.due, one.remark, one.by) for one in history.assignments] == [
        ("P011", date(2026, 3, 1), "三月前补上措施", SO),
        ("P001", None, "", t1),
        (None, None, "不必了", SO),
    ]
    assert history.assignment is None
    assert r01(reopened(committer)) == history
    with pytest.raises(UnknownGapError):
        committer.assign("demo", "none", "P011", None, "", SO)


def test_an_assignment_outlives_the_resolution(committer: Committer) -> None:
    gap = r01(committer).finding.id
    committer.assign("demo", gap, "P011", None, "", SO)
    commit(committer, delta(control()))
    commit(committer, delta(removed=control()))

    found = r01(committer).assignment
    assert found is not None
    assert found.person == "P011"


def test_a_waived_gap_is_there_still_and_counted_apart(committer: Committer) -> None:
    waiver = iri("waiver", "W1")
    said = {
        RDF.type: SV.RuleWaiver,
        DCTERMS.identifier: Literal("W1"),
        SV.waivesRule: Literal("R01"),
        SV.waivesFocus: Literal("R04-01"),
        SV.reason: Literal("试点", lang="zh-hans"),
        SV.approvedBy: iri("appointment", "A01"),
        SV.validFrom: Literal("2025-01-01", datatype=XSD.date),
        SV.validTo: Literal("2026-01-31", datatype=XSD.date),
    }
    commit(committer, delta(Statement(waiver, p, o, GraphKind.BUSINESS) for p, o in said.items()))

    assert r01(committer).state is GapState.WAIVED
    assert r01(reopened(committer)).state is GapState.WAIVED


def test_sparql_reads_the_register(committer: Committer) -> None:
    commit(committer, delta(risk("R9")))
    commit(committer, delta(control()))
    query = """PREFIX sv: <https://w3id.org/dutygraph#>
        SELECT ?first ?last ?resolved ?day ?label {
            ?gap a sv:RegisteredGap ; sv:gapRule "R01" ; sv:gapState "resolved" ; sv:gapSeverity "Violation" ;
                sv:gapFocus ?focus ; rdfs:label ?label ; sv:firstSeenIn/sv:commitNumber ?first ;
                sv:lastSeenIn/sv:commitNumber ?last ; sv:resolvedIn ?commit .
            ?commit sv:commitNumber ?resolved ; sv:judgedAsOf ?day .
            FILTER (STRENDS(STR(?focus), "/risk/R04-01") && LANG(?label) = "en")
        }"""
    query = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> " + query

    [row] = committer.folder.store.select(query, graphs=[NAMES.findings])

    assert [row[name].value for name in ("first", "last", "resolved", "day")] == ["1", "2", "3", "2025-12-31"]
    assert row["label"].value == r01(committer).finding.message.en


def test_only_what_changed_is_written(committer: Committer) -> None:
    before = set(committer.folder.store.quads([NAMES.findings]))
    commit(committer, delta(control()))
    after = set(committer.folder.store.quads([NAMES.findings]))

    changed = {quad.subject.value for quad in before ^ after}
    state = committer.state("demo")
    touched = {gap for gap, one in state.gaps.items() if one.resolved == state.head == one.last_seen}
    touched |= {gap for gap, one in state.gaps.items() if state.head in (one.resolved, one.first_seen)}
    gaps = {subject.rpartition("/")[2] for subject in changed if "/gap/" in subject}
    # sentences of other gaps may name the risk's controls; a gap of another thing is not written again
    assert touched <= gaps
    assert len(gaps) < len(state.gaps)


@dataclass
class Model:
    """What the register should say, from the gaps of each commit alone."""

    gaps: dict[str, GapHistory]
    head: Seen | None = None

    def saw(self, state_gaps: Mapping[str, object], seen: Seen) -> None:
        for gap, history in list(self.gaps.items()):
            if history.resolved is None and gap not in state_gaps:
                assert self.head is not None
                self.gaps[gap] = replace(history, resolved=seen, last_seen=self.head)
            elif history.resolved is not None and gap in state_gaps:
                self.gaps[gap] = replace(history, resolved=None, reopened=(*history.reopened, seen))
        for gap, finding in state_gaps.items():
            if gap not in self.gaps:
                self.gaps[gap] = GapHistory(finding, seen, seen, None, (), ())  # type: ignore[arg-type]
            self.gaps[gap] = replace(self.gaps[gap], finding=finding, last_seen=seen)  # type: ignore[arg-type]
        self.head = seen


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["add", "remove"]), st.sampled_from(["C1", "C2", "R9", "R10", "rows"])),
        st.tuples(st.just("assign"), st.sampled_from(["P001", "P011", ""])),
        st.tuples(st.just("judge"), st.sampled_from(["2025-03-01", "2025-12-31", "2026-02-28"])),
        st.tuples(st.just("reopen"), st.just("")),
    ),
    min_size=2,
    max_size=7,
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_it_comes_back_as_it_was(
    made: Path, imported: Delta, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("register") / "store"
    shutil.copytree(made, path)
    clock = Clock()
    committer = opened(path, clock)
    rows = {"C1": control("C1"), "C2": control("C2"), "R9": risk("R9"), "R10": risk("R10")}
    rows["rows"] = tuple(s for s in imported.added if "/appointment/" in s.subject)
    model = Model({})
    state = committer.state("demo")
    model.saw({finding.id: finding for finding in state.report.findings}, state.head)
    for step, what in steps:
        if step == "reopen":
            committer = reopened(committer, clock)
        elif step == "judge":
            committer.recheck("demo", date.fromisoformat(what), COMMAND_LINE)
        elif step == "assign":
            gap = min(model.gaps)
            done = committer.assign("demo", gap, what or None, None, what, SO)
            made_one = done.state.gaps[gap].assignments[-1]
            assert (made_one.person, made_one.at) == (what or None, done.state.head.at)
            known = model.gaps[gap]
            model.gaps[gap] = replace(known, assignments=(*known.assignments, made_one))
        else:
            commit(committer, delta(rows[what]) if step == "add" else delta(removed=rows[what]))
        state = committer.state("demo")
        if state.head != model.head:
            model.saw({finding.id: finding for finding in state.report.findings}, state.head)
        assert state.gaps == model.gaps
    before = committer.state("demo")
    committer = reopened(committer, clock)
    assert committer.state("demo") == before
    committer.folder.close()


def test_other_rules_than_those_of_the_latest_commit_make_one_of_their_own(committer: Committer) -> None:
    """A store whose derived graphs and register are of other rules: as if the product had been upgraded."""
    gap = r01(committer)
    store = committer.folder.store
    derived = next(iter(store.quads(NAMES.all_derived())))
    known = [
        quad
        for quad in store.quads([NAMES.findings])
        if quad.subject.value.startswith(NAMES.thing("gap", gap.finding.id))  # type: ignore[union-attr]
    ]
    store.change([derived, *known], [])
    before = store.export((*NAMES.all_asserted(), NAMES.cells(GraphKind.PUBLIC)))
    committer = reopened(committer, Clock(START + timedelta(days=2)))

    state = committer.state("demo")

    assert state.head.commit == 2
    assert next(committer.entries()).actor == SYSTEM
    assert derived in set(committer.folder.store.quads(NAMES.all_derived()))
    assert (r01(committer).first_seen, r01(committer).finding) == (state.head, gap.finding)
    assert committer.folder.store.export((*NAMES.all_asserted(), NAMES.cells(GraphKind.PUBLIC))) == before
    agrees_with_a_fresh_check(committer)
    assert committer.verify(data=True) == []
    assert reopened(committer).state("demo").head.commit == 2
