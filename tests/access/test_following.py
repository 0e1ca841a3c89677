"""Contents that follow the commits are those that a fresh reading gives, to every caller."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import date

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import RDF, RDFS, URIRef

from dutygraph.charts.double_key import double_key_chart
from dutygraph.charts.reading import Reading
from dutygraph.commits import COMMAND_LINE, Action, Committer, StoreFolder, working
from dutygraph.commits.recent import RecentChanges
from dutygraph.coverage import Axis, coverage
from dutygraph.model import Delta, GraphKind, Statement
from dutygraph.ontology import SV
from dutygraph.service.access.contents import Contents
from dutygraph.service.access.view import View
from dutygraph.service.access.views import Views
from dutygraph.service.gaps.placing import Placing
from dutygraph.service.gaps.rows import rows_from
from dutygraph.store.terms import to_rdflib
from tests.access.conftest import CALLERS, NAMES, load_bureau

KINDS = {NAMES.asserted(kind): kind for kind in GraphKind}
LABELS = f"SELECT ?node ?label {{ ?node <{RDFS.label}> ?label }}"


def statements() -> list[Statement]:
    """Return the bureau of two sides as it is loaded."""
    found = []
    for quad in load_bureau().oxigraph:
        subject, predicate = to_rdflib(quad.subject), to_rdflib(quad.predicate)
        if quad.graph_name.value in KINDS and isinstance(subject, URIRef) and isinstance(predicate, URIRef):
            kind = KINDS[quad.graph_name.value]
            found.append(Statement(subject, predicate, to_rdflib(quad.object), kind))
    return sorted(found, key=str)


# What may not be missing for a record to be stored at all stays.
FIXED = {RDF.type, URIRef("http://purl.org/dc/terms/identifier"), RDFS.label}
SAID = statements()
LOOSE = [one for one in SAID if one.predicate not in FIXED]
RECORDS = [one for one in SAID if one.predicate == RDF.type]


@pytest.fixture(scope="module")
def committer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Committer]:
    # the bureau of the access tests has records that no loader would make: the gate is left open
    patch = pytest.MonkeyPatch()
    patch.setattr(working, "refusals", lambda _records, _delta: ())
    folder = StoreFolder.open(tmp_path_factory.mktemp("followed") / "store", create=True)
    try:
        made = Committer(folder)
        write(made, Delta(NAMES.code, NAMES.base, tuple(SAID)))
        yield made
    finally:
        folder.close()
        patch.undo()


def write(committer: Committer, delta: Delta) -> None:
    committer.commit(delta, COMMAND_LINE, Action.IMPORT, target="bureau/SY")


def apply(committer: Committer, change: tuple[str, list[int]]) -> None:
    """Put statements in or out, whole records with them, or judge by another date."""
    what, numbers = change
    if what == "date":
        committer.recheck(NAMES.code, date(2024 + numbers[0] % 3, 6, 30), COMMAND_LINE)
        return
    if what.startswith("record"):
        nodes = {RECORDS[number % len(RECORDS)].subject for number in numbers}
        chosen = tuple(one for one in SAID if one.subject in nodes)
    else:
        chosen = tuple({LOOSE[number % len(LOOSE)] for number in numbers})
    added, removed = (chosen, ()) if what.endswith("in") else ((), chosen)
    write(committer, Delta(NAMES.code, NAMES.base, added, removed))


def told(view: View) -> tuple[object, ...]:
    """Return all that a view tells."""
    iris = sorted({quad.subject.value for quad in view.quads() if isinstance(quad.subject, ox.NamedNode)})
    return (
        view.commit,
        view.as_of,
        frozenset(view.quads()),
        {gap.finding.id: gap for gap in view.gaps},
        [view.things.thing(iri) for iri in iris],
        [iri for iri in iris if view.in_scope(iri)],
        sorted(str(row) for row in view.store.select(LABELS, graphs=view.graphs)),
        frozenset(view.store.oxigraph),
        [gap.place for gap in rows_from(view.gaps, Placing(view))],
        [coverage(view.store, view.names, axis, things=view.things) for axis in Axis],
        double_key_chart(Reading.of(view.store, view.names, view.things), view.findings),
    )


CHANGES = st.tuples(
    st.sampled_from(["in", "out", "out", "record-in", "record-out", "date"]),
    st.lists(st.integers(0, 10_000), min_size=1, max_size=3),
)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(CHANGES, min_size=1, max_size=4),
    looked=st.lists(st.sets(st.sampled_from(list(CALLERS))), min_size=4),
    held=st.booleans(),
)
def test_a_followed_view_is_that_of_a_fresh_reading(
    committer: Committer,
    changes: list[tuple[str, list[int]]],
    looked: list[set[str]],
    *,
    held: bool,
) -> None:
    """Whoever looked at which commits before; a view that is *held* goes on to tell what it told."""
    following = Views(committer)
    kept = []
    for change, callers in zip(changes, looked, strict=False):
        for name in sorted(callers):
            view = following.of(CALLERS[name], "SY")
            said = told(view)
            kept += [(view, said)] if held else []
            del view
        apply(committer, change)
    fresh = Views(committer)
    for name, caller in CALLERS.items():
        assert told(following.of(caller, "SY")) == told(fresh.of(caller, "SY")), name
    for view, said in kept:
        assert told(view) == said


def test_a_store_is_carried_on_once_nobody_reads_the_earlier_view(committer: Committer) -> None:
    views, caller = Views(committer), CALLERS["T2"]
    apply(committer, ("in", [0]))
    first = views.of(caller, "SY")
    store = first.store.oxigraph
    apply(committer, ("out", [0]))
    second = views.of(caller, "SY")
    assert second.store.oxigraph is not store, "the first view is still read"
    store = second.store.oxigraph
    del first, second
    gc.collect()  # a view may stand in a cycle
    apply(committer, ("in", [0]))
    assert views.of(caller, "SY").store.oxigraph is store


def test_only_the_first_view_reads_the_store(committer: Committer, monkeypatch: pytest.MonkeyPatch) -> None:
    views = Views(committer)
    views.of(CALLERS["SO"], "SY")
    monkeypatch.setattr(Views, "_quads", None)
    business = next(one for one in RECORDS if one.object == SV.Business).subject
    label = Statement(business, RDFS.comment, to_rdflib(ox.Literal("新")), GraphKind.PUBLIC)
    write(committer, Delta("SY", NAMES.base, (label,)))
    view = views.of(CALLERS["SO"], "SY")
    assert "新" in {quad.object.value for quad in view.quads() if isinstance(quad.object, ox.Literal)}


def test_what_is_not_kept_or_does_not_fit_is_read_anew(committer: Committer) -> None:
    views = Views(committer)
    first = views.of(CALLERS["SO"], "SY")
    recent = RecentChanges(bureaus=1)
    quads = list(first.quads())[:2]
    foreign = ox.Quad(quads[0].subject, quads[0].predicate, ox.Literal("nowhere"), quads[0].graph_name)
    recent.keep("SY", 2, (), [quads[0]])
    recent.keep("SY", 3, [foreign], ())
    assert recent.between("SY", 1, 2) is not None
    assert recent.between("SY", 0, 2) is None
    assert recent.between("SY", 3, 3) is None
    recent.keep("SY", 5, (), ())
    assert recent.between("SY", 3, 5) is None
    state = committer.state("SY")
    contents = Contents(state.names, state.head, quads, committer.folder.store)
    assert contents.after(state.head, recent.between("SY", 2, 3) or ()) is None
    recent.keep("other", 1, (), ())
    assert recent.between("SY", 1, 2) is None
