"""Random shapes that mix core, qualified, SPARQL and custom components and share named shapes.

pySHACL 0.40 judges. Left out is what it answers otherwise than the specification: a SELECT in a property
shape that binds no ?value (SHACL 5.3.2: a result without a value), the value of an ASK validator in a
property shape (SHACL 6.3: the value node), a ?value in a SELECT validator of a node shape (SHACL 6.3: it is
pre-bound for ASK only), and $PATH for a path inside a path (not SPARQL, as it writes them).
"""

from __future__ import annotations

from agreement import agreed, compiled, keys, ttl
from hypothesis import given, settings
from hypothesis import strategies as st
from test_shacl_random import (
    QUIET,
    Strategy,
    anywhere,
    joined,
    longer,
    on_paths,
    paths,
    predicate,
    targets,
    whole_graphs,
)

COMPONENTS = '''
ex:LeastOf a sh:ConstraintComponent ;
  sh:parameter [ sh:path ex:least ] , [ sh:path ex:of ; sh:optional true ] ; sh:validator
  [ a sh:SPARQLAskValidator ; sh:prefixes ex: ; sh:ask
    """ASK { FILTER EXISTS { $value ex:n ?n FILTER (ISNUMERIC(?n) && ?n >= $least)
      FILTER (!BOUND($of) || ?n < $of) } }""" ] .
ex:Without a sh:ConstraintComponent ; sh:parameter [ sh:path ex:without ] ;
  sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:prefixes ex: ; sh:select
    "SELECT DISTINCT $this WHERE { $this $without ?v FILTER NOT EXISTS { ?v ex:q ?other } }" ] ;
  sh:propertyValidator [ a sh:SPARQLSelectValidator ; sh:prefixes ex: ; sh:select
    "SELECT DISTINCT $this ?value WHERE { $this $PATH ?value . FILTER EXISTS { ?value $without ?other } }" ] .
'''
AT_NODES = (
    "$this ex:p ?value FILTER NOT EXISTS { ?value ex:q ?z }",
    "?value ex:p $this . FILTER (?value != $this)",
    "$this a ex:C . OPTIONAL { $this ex:p ?value } FILTER (!BOUND(?value) || ISIRI(?value))",
    "{ SELECT $this (COUNT(DISTINCT ?v) AS ?n) WHERE { $this ex:p ?v } GROUP BY $this } FILTER (?n > 1)",
)
ON_PATHS = (
    "$this $PATH ?value . FILTER (ISIRI(?value))",
    "$this $PATH ?value . FILTER NOT EXISTS { ?value ex:q ?z . FILTER EXISTS { $this ex:p ?z } }",
    "$this $PATH ?value . FILTER EXISTS { $this $PATH ?other . FILTER (?other != ?value) }",
    "{ $this $PATH ?value . ?value a ex:D } UNION { $this $PATH ?value . FILTER (ISLITERAL(?value)) }",
)


def constraint(where: str) -> str:
    return f'sh:sparql [ sh:prefixes ex: ; sh:select "SELECT DISTINCT $this ?value WHERE {{ {where} }}" ]'


at_nodes = st.one_of(
    st.sampled_from(AT_NODES).map(constraint),
    st.sampled_from(["ex:least 1", "ex:least 2 ; ex:of 2.5"]),
    predicate.map(lambda p: f"ex:without {p}"),
)
on_values = st.one_of(st.sampled_from(ON_PATHS).map(constraint), predicate.map(lambda p: f"ex:without {p}"))
switch = st.sampled_from(["", "", "", " ; sh:deactivated true", " ; sh:severity sh:Info"])


def logic(inner: Strategy) -> Strategy:
    two = st.tuples(inner, inner)
    return st.one_of(
        inner.map(lambda s: f"sh:not {s}"),
        two.map(lambda s: f"sh:and ( {s[0]} {s[1]} )"),
        two.map(lambda s: f"sh:or ( {s[0]} {s[1]} )"),
        two.map(lambda s: f"sh:xone ( {s[0]} {s[1]} )"),
    )


def qualified(inner: Strategy) -> Strategy:
    """Give constraints that exclude each other's values where they stand side by side."""
    counts = st.sampled_from(["sh:qualifiedMinCount 1", "sh:qualifiedMaxCount 0", "sh:qualifiedMaxCount 1"])
    disjoint = st.sampled_from(["", " ; sh:qualifiedValueShapesDisjoint true"])
    parts = st.tuples(inner, counts, disjoint)
    return parts.map(lambda t: f"sh:qualifiedValueShape {t[0]} ; {t[1]}{t[2]}")


def bodies(inner: Strategy, named: Strategy) -> Strategy:
    """Write the body of a node shape; `inner` are shapes of any kind, `named` node shapes."""
    by_name = named.map(lambda s: f"sh:node {s}")
    core = st.one_of(anywhere, on_paths, logic(inner), qualified(inner), by_name)
    short = st.one_of(predicate, longer(predicate))
    held = st.one_of(
        st.tuples(paths, joined(core), switch), st.tuples(short, joined(st.one_of(core, on_values)), switch)
    ).map(lambda t: f"[ sh:path {t[0]} ; {t[1]}{t[2]} ]")
    properties = st.lists(held, min_size=1, max_size=3).map(lambda ps: f"sh:property {' , '.join(ps)}")
    return st.tuples(
        st.lists(st.one_of(properties, at_nodes, logic(inner), by_name, anywhere), min_size=1, max_size=3),
        switch,
    ).map(lambda t: " ; ".join({part.split()[0]: part for part in t[0]}.values()) + t[1])


plain = joined(st.one_of(anywhere, at_nodes)).map(lambda b: f"[ {b} ]")


@st.composite
def shapes(draw: st.DrawFn) -> str:
    """Draw three shapes, each of which may refer to those after it, and two of which have targets."""
    last = draw(bodies(plain, plain))
    middle = draw(bodies(st.one_of(plain, st.just("ex:U")), st.just("ex:U")))
    first = draw(bodies(st.sampled_from(["ex:T", "ex:U"]), st.sampled_from(["ex:T", "ex:U"])))
    one, two = draw(targets), draw(targets)
    kinds = "".join(f"ex:{name} a sh:NodeShape ." for name in "STU")
    return f"{kinds} ex:S {one} ; {first} . ex:T {two} ; {middle} . ex:U {last} . {COMPONENTS}"


@settings(QUIET, max_examples=120)
@given(data=whole_graphs(), shape=shapes())
def test_mixed_shapes(data: str, shape: str) -> None:
    agreed(ttl(data), ttl(shape))


@settings(QUIET, max_examples=30)
@given(data=whole_graphs(), shape=shapes())
def test_a_shape_says_the_same_alone(data: str, shape: str) -> None:
    """Each shape's results are those it has without the targets of the other (SHACL 3.4)."""
    graph, parsed = ttl(data), ttl(shape)
    whole = compiled(graph, parsed)
    for name in "ST":
        rest = parsed + ttl("")
        for triple in list(parsed):
            if "target" in triple[1] and not str(triple[0]).endswith(name):
                rest.remove(triple)
        alone = compiled(graph, rest)
        assert set(keys(alone)) <= set(keys(whole))
        assert alone.examined.items() <= whole.examined.items()
