"""SHACL rules (SHACL-AF 8)."""

from __future__ import annotations

import pytest
from agreement import store, ttl

from dutygraph.shacl import ShapeError, UnsupportedError, run_rules

DATA = "ex:a a ex:C ; ex:p ex:b ; ex:n 2 . ex:b a ex:C ; ex:p ex:c . ex:c a ex:D ."


def rule(construct: str, extra: str = "", shape: str = "") -> str:
    text = f'[ a sh:SPARQLRule ; sh:prefixes ex: ; sh:construct "{construct}" {extra} ]'
    return f"[] a sh:NodeShape ; sh:targetClass ex:C {shape} ; sh:rule {text} . "


def short(found: set[tuple[object, object, object]]) -> list[str]:
    return sorted(" ".join(str(t).replace("http://example.org/", "") for t in triple) for triple in found)


def test_one_construct_for_all_focus_nodes() -> None:
    rules = ttl(rule("CONSTRUCT { ?x ex:back $this } WHERE { $this ex:p ?x }"))
    assert short(run_rules(ttl(DATA), rules)) == ["b back a", "c back b"]


def test_only_new_triples_are_given_and_nothing_is_written() -> None:
    data, kept = ttl(DATA), store(DATA)
    before = set(data), set(kept)
    rules = ttl(rule("CONSTRUCT { $this a ex:C , ex:E } WHERE { }"))
    assert len(run_rules(data, rules)) == len(run_rules(kept, rules)) == 2
    assert (set(data), set(kept)) == before


def test_a_stratum_sees_those_below_it_and_not_its_own() -> None:
    first = rule("CONSTRUCT { $this ex:one 1 } WHERE { $this ex:p ?x }", "; sh:order 1")
    same = rule("CONSTRUCT { $this ex:same 1 } WHERE { $this ex:one 1 }", "; sh:order 1")
    after = rule("CONSTRUCT { $this ex:after 1 } WHERE { $this ex:one 1 }", "; sh:order 1.5")
    later = rule("CONSTRUCT { $this ex:later 1 } WHERE { $this ex:after 1 }", "", "; sh:order 1")
    found = short(run_rules(ttl(DATA), ttl(later + after + same + first)))
    assert found == [f"{s} {p} 1" for s in "ab" for p in ("after", "later", "one")]


def test_new_classes_are_targets_of_the_next_stratum() -> None:
    one = rule("CONSTRUCT { ex:D <http://www.w3.org/2000/01/rdf-schema#subClassOf> ex:C } WHERE { }")
    two = rule("CONSTRUCT { $this ex:seen 1 } WHERE { }", "; sh:order 1")
    assert "c seen 1" in short(run_rules(ttl(DATA), ttl(one + two)))


@pytest.mark.parametrize(("kind", "expected"), [("", ["a big 2"]), ("LIMIT 5", ["a big 2"])])
def test_conditions_choose_the_focus_nodes(kind: str, expected: list[str]) -> None:
    condition = "; sh:condition [ sh:property [ sh:path ex:n ; sh:minCount 1 ] ]"
    construct = f"CONSTRUCT {{ $this ex:big ?n }} WHERE {{ ?x ex:n ?n }} {kind}"
    assert short(run_rules(ttl(DATA), ttl(rule(construct, condition)))) == expected


def test_nested_groups_and_counts_are_bound() -> None:
    inner = "{ SELECT $this (COUNT(?x) AS ?n) WHERE { $this ex:p ?x } GROUP BY $this }"
    rules = ttl(rule(f"CONSTRUCT {{ $this ex:count ?n }} WHERE {{ {inner} }}"))
    assert short(run_rules(ttl(DATA), rules)) == ["a count 1", "b count 1"]


def test_deactivated_rules_and_shapes_infer_nothing() -> None:
    text = "CONSTRUCT { $this ex:x 1 } WHERE { }"
    rules = ttl(rule(text, "; sh:deactivated true") + rule(text, "", "; sh:deactivated true"))
    assert run_rules(ttl(DATA), rules) == set()


def test_named_graphs_are_one_data_graph() -> None:
    data = store(DATA)
    data.update(
        "INSERT DATA { GRAPH <http://example.org/g> { <http://example.org/z> a <http://example.org/C> } }"
    )
    rules = ttl(rule("CONSTRUCT { $this ex:x 1 } WHERE { }"))
    assert short(run_rules(data, rules, ["http://example.org/g"])) == ["z x 1"]
    assert len(run_rules(data, rules)) == 3


@pytest.mark.parametrize(
    "construct",
    [
        "CONSTRUCT { $this ex:x ?v } WHERE { SERVICE <http://x.invalid/> { $this ex:p ?v } }",
        "CONSTRUCT { $this ex:x 1 } WHERE { $this ex:p ?v MINUS { $this ex:n 2 } }",
        "CONSTRUCT { $this ex:x }",
    ],
)
def test_bad_queries_are_refused(construct: str) -> None:
    with pytest.raises(ShapeError):
        run_rules(ttl(DATA), ttl(rule(construct)))


def test_other_rules_are_refused_by_name() -> None:
    text = "ex:S sh:targetClass ex:C ; sh:rule [ a sh:JSRule ; sh:subject sh:this ] ."
    with pytest.raises(UnsupportedError, match="SPARQLRule"):
        run_rules(ttl(DATA), ttl(text))
    with pytest.raises(UnsupportedError):
        run_rules(ttl(DATA), ttl(rule("CONSTRUCT WHERE { $this ex:p ?x }")))
    with pytest.raises(ShapeError, match="number"):
        run_rules(ttl(DATA), ttl(rule("CONSTRUCT { $this ex:x 1 } WHERE { }", "; sh:order 'one'")))
