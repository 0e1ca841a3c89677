"""The door: what `derive` gives, keeps apart, leaves alone and refuses."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import RDF, Graph, URIRef

from dutygraph.rules import DERIVED_GRAPHS, RuleError, derive, derive_graph, load_rules
from tests.rules.bureaus import BUREAU, KINDS, RUN, SV, Bureau, random_bureau, triples_of

NAMES = {kind: f"{BUREAU}/{kind}" for kind in KINDS}


def store_of(bureau: Bureau) -> ox.Store:
    store = ox.Store()
    for kind, graph in bureau.graphs.items():
        name = ox.NamedNode(NAMES[kind])
        store.extend(ox.Quad(t.subject, t.predicate, t.object, name) for t in triples_of(graph))
    return store


@pytest.fixture(scope="module")
def bureau() -> Bureau:
    return random_bureau(size=8, seed=5)


def test_every_kind_is_filled_once_and_nothing_asserted_comes_back(bureau: Bureau) -> None:
    store = store_of(bureau)
    before = set(store)
    derived = derive(store, str(RUN), list(NAMES.values()))
    assert set(store) == before
    assert tuple(derived) == DERIVED_GRAPHS
    assert all(derived.values())
    together = [triple for triples in derived.values() for triple in triples]
    assert len(together) == len(set(together))
    assert not set(together) & {quad.triple for quad in before}


def test_the_same_data_give_the_same_list(bureau: Bureau) -> None:
    first, second = (derive(store_of(bureau), str(RUN), list(NAMES.values())) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_a_derived_graph_rests_on_no_more_sensitive_graph(seed: int, count: int) -> None:
    """Leaving out the more sensitive graphs changes nothing in the less sensitive derived ones."""
    store = store_of(random_bureau(size=6, seed=seed))
    whole = derive(store, str(RUN), list(NAMES.values()))
    part = derive(store, str(RUN), [NAMES[kind] for kind in KINDS[:count]])
    for kind in DERIVED_GRAPHS[:count]:
        assert part[kind] == whole[kind]
    for kind in DERIVED_GRAPHS[count:]:
        assert part[kind] != whole[kind]


def test_graphs_that_are_not_named_are_not_read(bureau: Bureau) -> None:
    store = store_of(bureau)
    other = ox.NamedNode("https://dutygraph.example/bureau/other/public")
    named = [NAMES[kind] for kind in KINDS]
    before = derive(store, str(RUN), named)
    for quad in list(store.quads_for_pattern(None, None, None, ox.NamedNode(NAMES["public"]))):
        if "business/B0" in str(quad.subject):
            store.add(ox.Quad(ox.NamedNode(f"{other.value}/X"), quad.predicate, quad.object, other))
    assert derive(store, str(RUN), named) == before


def test_pyshacl_derives_the_same_from_the_same_files() -> None:
    data = random_bureau(size=3, seed=11).whole()
    ours = set(derive_graph(data))
    shapes = Graph().parse(data=files("dutygraph.ontology").joinpath("core.ttl").read_text(encoding="utf-8"))
    for rule in load_rules():
        shapes.parse(
            data=files("dutygraph.rules").joinpath(rule.name, "rule.ttl").read_bytes(), format="turtle"
        )
    before = set(data)
    pyshacl.shacl_rules(data, shacl_graph=shapes, advanced=True, inplace=True)
    theirs = set(data) - before
    assert len(ours) > 300
    assert ours == theirs


def test_both_doors_agree(bureau: Bureau) -> None:
    whole = bureau.whole()
    derived = derive(store_of(bureau), str(RUN), list(NAMES.values()))
    together = {triple for triples in derived.values() for triple in triples}
    graph = derive_graph(whole)
    assert set(triples_of(graph)) == together


@pytest.mark.parametrize("term", ["asOf", "ofBureau"])
def test_a_run_without_date_or_bureau_is_refused(bureau: Bureau, term: str) -> None:
    whole = bureau.whole()
    whole.remove((RUN, SV[term], None))
    with pytest.raises(RuleError, match=term):
        derive_graph(whole)


def test_a_run_outside_the_named_graphs_is_refused(bureau: Bureau) -> None:
    with pytest.raises(RuleError, match="asOf"):
        derive(store_of(bureau), str(RUN), [NAMES["business"]])


def test_none_or_two_runs_are_refused() -> None:
    with pytest.raises(RuleError, match="found 0"):
        derive_graph(Graph())
    two = Bureau().whole()
    two.add((URIRef(f"{RUN}-2"), RDF.type, SV.CheckRun))
    with pytest.raises(RuleError, match="found 2"):
        derive_graph(two)


def test_without_a_policy_there_are_no_stars() -> None:
    bureau = random_bureau(size=2, seed=1)
    whole = bureau.whole()
    whole.remove((None, RDF.type, SV.RatingPolicy))
    derived = derive_graph(whole)
    assert not list(derived.subject_objects(SV.hasStar))
    assert not list(derived.subjects(RDF.type, SV.ComputedRating))
    assert list(derived.subject_objects(SV.inBusiness))


def test_only_ended_periods_are_due() -> None:
    bureau = random_bureau(size=2, seed=1)
    whole = bureau.whole()
    whole.remove((RUN, SV.asOf, None))
    early = Bureau(as_of=date(2025, 2, 27)).whole() + whole
    ids = {str(i).rpartition("/")[2] for i in derive_graph(early).subjects(RDF.type, SV.TaskSheetObligation)}
    assert ids == {"J0-2025-01", "J1-2025-01"}
