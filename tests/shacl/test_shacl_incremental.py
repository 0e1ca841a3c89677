"""Random graphs, shapes and changes: a session against a full run as judge."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sessions import compare
from test_shacl_random import single_shapes, triple, whole_shapes
from test_shacl_random_sparql import NODES, PREDICATES, groups

QUIET = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)

statements = triple.map(" ".join)
starts = st.lists(statements, max_size=16)


@st.composite
def changes(draw: st.DrawFn, pool: st.SearchStrategy[str]) -> list[tuple[list[str], list[str]]]:
    few = st.lists(pool, max_size=3)
    return draw(st.lists(st.tuples(few, few), min_size=1, max_size=4))


@QUIET
@given(data=starts, shape=whole_shapes(), steps=changes(statements))
def test_any_shape(data: list[str], shape: str, steps: list[tuple[list[str], list[str]]]) -> None:
    compare(data, shape, steps)


@settings(QUIET, max_examples=250)
@given(data=starts, shape=single_shapes(), steps=changes(statements))
def test_any_single_constraint(data: list[str], shape: str, steps: list[tuple[list[str], list[str]]]) -> None:
    compare(data, shape, steps)


facts = st.tuples(
    st.sampled_from(NODES),
    st.sampled_from((*PREDICATES, "a")),
    st.sampled_from((*NODES, "1", "2")),
).map(" ".join)
sparql_targets = st.sampled_from(
    (f"sh:targetNode {' , '.join(NODES)}", "sh:targetClass ex:a", "sh:targetSubjectsOf ex:p , ex:q")
)


@settings(QUIET, max_examples=300)
@given(
    data=st.lists(facts, min_size=6, max_size=20), where=groups(), target=sparql_targets, steps=changes(facts)
)
@example(
    data=["ex:a ex:p ex:b"],
    where="$this ex:p ?x . ?value ex:r* ?value",
    target="sh:targetSubjectsOf ex:p",
    steps=[(["ex:c ex:q ex:d"], [])],
)
def test_any_sparql_constraint(
    data: list[str], where: str, target: str, steps: list[tuple[list[str], list[str]]]
) -> None:
    select = f'"SELECT DISTINCT $this ?value ?x WHERE {{ {where} }}"'
    compare(data, f"ex:S {target} ; sh:sparql [ sh:prefixes ex: ; sh:select {select} ] .", steps)


counts = st.sampled_from(
    (
        "SELECT $this (COUNT(?v) AS ?value) WHERE { $this ex:p ?v } GROUP BY $this HAVING (COUNT(?v) > 1)",
        (
            "SELECT $this WHERE { { SELECT $this (COUNT(*) AS ?n) WHERE { $this ex:p/ex:q ?v } "
            "GROUP BY $this } FILTER (?n > 1) }"
        ),
        "SELECT $this ?value WHERE { $this ex:p ?value } ORDER BY ?value LIMIT 1",
        "SELECT $this ?value WHERE { $this ?any ?value . FILTER (ISIRI(?value)) }",
        "SELECT $this ?value WHERE { $this !ex:p ?value }",
        "SELECT $this WHERE { $this ex:p ?x . ?y ex:q ?z . FILTER (?x = ?z) }",
        "SELECT $this ?value WHERE { $this ex:p ?x . BIND (?x AS ?y) ?y ex:q ?value }",
        "SELECT $this WHERE { $this ex:p [ ex:q ?z ; ex:r ex:a ] }",
        "SELECT $this WHERE { $this ex:p ( ?x ex:a ) }",
        "SELECT $this ?value WHERE { $this ex:p ?x . ?value ex:r* ?y . FILTER (?value != ?y || ISIRI(?y)) }",
        "SELECT $this ?value WHERE { $this ex:p ?value . FILTER (?value IN (ex:a, ex:b)) . ?x a ?value }",
        (
            "SELECT $this ?value WHERE { $this a ?c . FILTER NOT EXISTS { ?value a ?c ; ^ex:p $this } "
            "OPTIONAL { ?value ex:q $this } FILTER (BOUND(?value)) }"
        ),
    )
)


@settings(QUIET, max_examples=150)
@given(
    data=st.lists(facts, min_size=6, max_size=20), select=counts, target=sparql_targets, steps=changes(facts)
)
def test_queries_that_are_hard_to_follow(
    data: list[str], select: str, target: str, steps: list[tuple[list[str], list[str]]]
) -> None:
    compare(data, f'ex:S {target} ; sh:sparql [ sh:prefixes ex: ; sh:select "{select}" ] .', steps)
