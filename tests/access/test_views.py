"""Views are made once for each commit and scope, and follow the commits; what free SPARQL reads."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pyoxigraph as ox
import pytest

from dutygraph.commits.entries import COMMIT_NUMBER
from dutygraph.commits.errors import UnknownBureauError
from dutygraph.commits.gaps import BureauState
from dutygraph.service.access.contents import Contents
from dutygraph.service.access.dataset import sparql_dataset
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.access.roles import Caller, Role, Scope
from dutygraph.service.access.view import View
from dutygraph.service.access.views import Views
from tests.access.conftest import CALLERS, NAMES, OneBureau, checked, load_bureau

XSD = "http://www.w3.org/2001/XMLSchema#"
LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Contents]]:
    """Every reading of a bureau that is made from now on."""
    found: list[Contents] = []
    original = Contents.__init__

    def noting(self: Contents, *given: object) -> None:
        found.append(self)
        original(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Contents, "__init__", noting)
    return iter([found])


def change(bureau: OneBureau, text: str, commit: int) -> None:
    """Add a label to business B1, as a commit would."""
    public = ox.NamedNode(f"{NAMES.bureau}/public")
    bureau.store.oxigraph.add(
        ox.Quad(ox.NamedNode(f"{NAMES.bureau}/business/B1"), LABEL, ox.Literal(text), public)
    )
    bureau.state_now = checked(bureau.store, commit).state_now


def labels(a_view: View) -> set[str]:
    quads = a_view.store.oxigraph.quads_for_pattern(None, LABEL, None, None)
    return {quad.object.value for quad in quads if "/business/" in quad.subject.value}


def test_a_view_stays_as_it_is_and_the_next_one_has_the_commit() -> None:
    bureau = checked(load_bureau())
    views = Views(bureau)
    before = views.of(CALLERS["FD"], "SY")
    assert labels(before) == set()
    change(bureau, "新名称", 2)
    after = views.of(CALLERS["FD"], "SY")
    assert (labels(before), before.commit) == (set(), 1)
    assert (labels(after), after.commit) == ({"新名称"}, 2)
    assert before.etag != after.etag


def test_callers_with_one_scope_share_what_is_made_and_keep_their_names(bureau: OneBureau) -> None:
    views = Views(bureau)
    one, other = (views.of(Caller(name, Role.SO, "SY"), "SY") for name in ("so1", "so2"))
    assert one.store is other.store
    assert (one.caller.account, other.caller.account) == ("so1", "so2")
    assert one.etag == other.etag
    assert views.of(CALLERS["T1"], "SY").etag != one.etag


def test_the_tag_of_a_view_is_not_that_of_another_commit_of_the_same_number() -> None:
    """A store is restored from a backup, and written to again."""
    bureau = checked(load_bureau())
    before = Views(bureau).of(CALLERS["SO"], "SY").etag
    head = bureau.state_now.head
    again = replace(bureau.state_now, head=replace(head, at=head.at + timedelta(seconds=1)))
    assert Views(OneBureau(bureau.store, again)).of(CALLERS["SO"], "SY").etag != before


def test_a_bureau_is_read_once_a_commit_however_many_ask(
    bureau: OneBureau, made: Iterator[list[Contents]]
) -> None:
    found, views = next(made), Views(bureau)
    together = threading.Barrier(8)

    def ask(number: int) -> int:
        together.wait()
        return len(list(views.of(list(CALLERS.values())[number], "SY").quads()))

    with ThreadPoolExecutor(8) as threads:
        sizes = list(threads.map(ask, range(8)))
    assert len(found) == 1
    assert len(set(sizes)) > 1


def test_a_commit_in_the_midst_of_reading_is_noticed() -> None:
    """The first two looks at the bureau come from before and after a commit: neither may be served."""
    whole = checked(load_bureau(), 7)

    class Busy(OneBureau):
        looks = 0

        def state(self, code: str) -> BureauState:
            # the state is told before the store has it, then rightly
            Busy.looks += 1
            late = replace(whole.state_now, head=replace(whole.state_now.head, commit=6))
            return late if Busy.looks <= 2 else super().state(code)

    view = Views(Busy(whole.store, whole.state_now)).of(CALLERS["SO"], "SY")
    assert view.commit == 7
    assert Busy.looks == 3


def test_a_bureau_that_is_written_to_without_end_is_read_by_one_query() -> None:
    whole = checked(load_bureau(), 7)

    class Restless(OneBureau):
        asked = 0

        @property
        def folder(self) -> OneBureau:
            # graph by graph, it is never twice the same
            Restless.asked += 1
            number = ox.Literal(str(100 + Restless.asked), datatype=ox.NamedNode(f"{XSD}integer"))
            node = ox.NamedNode(NAMES.thing("commit", number.value))
            graph = ox.NamedNode(NAMES.findings)
            self.store.oxigraph.add(ox.Quad(node, COMMIT_NUMBER, number, graph))
            return self

    view = Views(Restless(whole.store, whole.state_now)).of(CALLERS["SO"], "SY")
    assert view.commit == 7
    assert view.sees(f"{NAMES.bureau}/business/B1")


def test_a_new_commit_lets_go_of_the_contents_before_it() -> None:
    """Else every caller who has gone away would keep a whole bureau in memory."""
    bureau = checked(load_bureau())
    views = Views(bureau)
    for caller in CALLERS.values():
        views.of(caller, "SY")
    old = weakref.ref(views.of(CALLERS["SO"], "SY")._cut.contents)
    assert old() is not None
    change(bureau, "新名称", 2)
    views.of(CALLERS["FD"], "SY")
    gc.collect()
    assert old() is None


def seen(views: Views, caller: str) -> object:
    """Look at all that a caller sees; return the store, which is made anew where it was let go."""
    view = views.of(CALLERS[caller], "SY")
    assert list(view.store.oxigraph)
    view.store.ask("ASK { ?s ?p ?o }", graphs=view.graphs)
    return view.store


def test_what_is_longest_unused_is_forgotten_when_it_takes_too_much(bureau: OneBureau) -> None:
    measured = Views(bureau)
    for caller in ("SO", "T1"):
        seen(measured, caller)
    two = measured.weight()
    views = Views(bureau, most_bytes=two)
    first = seen(views, "SO")
    second = seen(views, "T1")
    assert seen(views, "SO") is first
    seen(views, "FD")  # is made, and found to be too much
    assert views.weight() > two
    views.of(CALLERS["T3"], "SY")  # T1, SO, FD were used in this order before
    assert views.weight() <= two
    assert seen(views, "SO") is first
    assert seen(views, "T1") is not second


def test_memory_is_bounded_over_many_commits() -> None:
    """Of every commit all callers are shown all; of what is kept, that of one commit stays."""
    bureau = checked(load_bureau())
    views = Views(bureau)
    weights = []
    for commit in range(2, 8):
        for caller in CALLERS:
            seen(views, caller)
        weights.append(views.weight())
        change(bureau, "新名称", commit)
    assert max(weights) < min(weights) * 1.2


@pytest.mark.parametrize(
    "caller",
    [Caller("so", Role.SO, "XX"), Caller("so", Role.SO, None), Caller("boss", Role.ADMINISTRATOR, "SY")],
)
def test_a_bureau_that_is_not_one_s_own_is_as_one_that_is_not_there(
    caller: Caller, bureau: OneBureau
) -> None:
    with pytest.raises(UnknownBureauError):
        Views(bureau).of(caller, "SY")


@pytest.mark.parametrize("caller", [name for name in CALLERS if name != "SO"])
def test_free_sparql_is_the_office_s(caller: str, views: dict[str, View]) -> None:
    with pytest.raises(ForbiddenError):
        sparql_dataset(views[caller])


def test_free_sparql_needs_a_token_for_it(bureau: OneBureau) -> None:
    caller = replace(CALLERS["SO"], scopes=frozenset({Scope.READ}))
    with pytest.raises(ForbiddenError):
        sparql_dataset(Views(bureau).of(caller, "SY"))


def test_free_sparql_reads_the_view_s_graphs_and_no_others(views: dict[str, View]) -> None:
    default, named = sparql_dataset(views["SO"])
    assert default == named
    held = {quad.graph_name.value for quad in views["SO"].quads()}
    assert held <= set(named)
    kept_out = {NAMES.audit, NAMES.findings, NAMES.metrics}
    assert not kept_out & set(named)


def test_whoever_works_for_a_side_owns_that_side(views: dict[str, View]) -> None:
    def owned(caller: str) -> set[str]:
        things = ("business/B1", "business/B2", "task-sheet/T1", "task-sheet/T2", "issue/I1", "post/G1")
        return {thing for thing in things if views[caller].in_scope(f"{NAMES.bureau}/{thing}")}

    assert owned("SO") == {
        "business/B1",
        "business/B2",
        "task-sheet/T1",
        "task-sheet/T2",
        "issue/I1",
        "post/G1",
    }
    assert owned("T2") == {"business/B1", "task-sheet/T1", "issue/I1", "post/G1"}
    assert owned("T2-other") == {"business/B2", "task-sheet/T2"}
    assert owned("T3") == {"business/B1", "task-sheet/T1", "issue/I1"}
    assert owned("holder") == {"issue/I1", "post/G1"}
    assert owned("FD") == {"issue/I1"}
    assert owned("trainee") == owned("T2-lapsed") == set()
