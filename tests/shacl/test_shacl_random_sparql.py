"""Random SPARQL constraints: one run for all focus nodes against one run per node, written in by hand."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
from agreement import compiled, ttl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NODES = tuple(f"ex:{n}" for n in "abcd")
PREDICATES = ("ex:p", "ex:q", "ex:r")
facts = st.lists(
    st.tuples(st.sampled_from(NODES), st.sampled_from(PREDICATES), st.sampled_from((*NODES, "1", "2"))),
    min_size=8,
    max_size=24,
).map(lambda ts: " ".join(f"{s} {p} {o} ." for s, p, o in ts))

terms = st.sampled_from(["$this", "?value", "?x", "?y"])
VERBS = (*PREDICATES, "^ex:p", "ex:p/ex:q", "ex:q+", "(ex:p|ex:r)")


@st.composite
def triples(draw: st.DrawFn) -> str:
    found = []
    for _ in range(draw(st.integers(1, 2))):
        ends = (draw(terms), draw(st.one_of(terms, st.sampled_from(NODES))))
        found.append(f"{ends[0]} {draw(st.sampled_from(VERBS))} {ends[1]}")
    return " . ".join(found)


@st.composite
def filters(draw: st.DrawFn) -> str:
    one, two = draw(terms), draw(st.one_of(terms, st.sampled_from(NODES)))
    operator = draw(st.sampled_from(["=", "!=", "<"]))
    return draw(st.sampled_from([f"FILTER ({one} {operator} {two})", f"FILTER (ISIRI({one}))"]))


@st.composite
def exists(draw: st.DrawFn, depth: int) -> str:
    inside = [draw(triples())]
    if draw(st.booleans()):
        inside.append(draw(filters()))
    if depth and draw(st.booleans()):
        inside.append(draw(exists(depth - 1)))
    word = draw(st.sampled_from(["NOT EXISTS", "NOT EXISTS", "EXISTS"]))
    body = f"{word} {{ {' '.join(inside)} }}"
    return f"FILTER ({body})" if draw(st.booleans()) else f"FILTER {body}"


@st.composite
def groups(draw: st.DrawFn, depth: int = 1) -> str:
    parts = [draw(st.one_of(triples(), st.sampled_from(VERBS).map(lambda v: f"$this {v} ?value")))]
    for _ in range(draw(st.integers(0, 2))):
        kind = draw(st.sampled_from(["filter", "exists", "exists", "optional", "union", "bind", "select"]))
        if kind == "filter":
            parts.append(draw(filters()))
        elif kind == "exists":
            parts.append(draw(exists(depth)))
        elif kind == "optional" and depth:
            parts.append(f"OPTIONAL {{ {draw(groups(depth - 1))} }}")
        elif kind == "union" and depth:
            parts.append(f"{{ {draw(groups(depth - 1))} }} UNION {{ {draw(filters())} }}")
        elif kind == "bind" and depth:
            parts.append(f"BIND (STR($this) AS ?s{len(parts)})")
        elif kind == "select" and depth:
            inner = draw(groups(0))
            parts.append(f"{{ SELECT DISTINCT $this ?value WHERE {{ {inner} }} }}")
    return " ".join(parts)


def by_hand(data: str, where: str, focus: str) -> Counter[tuple[str, str]]:
    store = ox.Store()
    prefix = "PREFIX ex: <http://example.org/> "
    store.update(f"{prefix} INSERT DATA {{ {data} }}")
    written = where.replace("SELECT DISTINCT $this", "SELECT DISTINCT").replace("$this", focus)
    rows = store.query(f"{prefix} SELECT DISTINCT ?value ?x WHERE {{ {written} }}")
    iri = focus.replace("ex:", "http://example.org/")
    return Counter((iri, str(row["value"])) for row in rows)


@settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(data=facts, where=groups())
def test_one_run_for_all_is_one_run_each(data: str, where: str) -> None:
    select = f'"SELECT DISTINCT $this ?value ?x WHERE {{ {where} }}"'
    target = f"sh:targetNode {' , '.join(NODES)}"
    shapes = ttl(f"ex:S {target} ; sh:sparql [ sh:prefixes ex: ; sh:select {select} ] .")
    report = compiled(ttl(data), shapes)
    # An unbound ?value is the focus node in the report.
    expected: Counter[tuple[str, str]] = Counter()
    for focus in NODES:
        for (iri, value), number in by_hand(data, where, focus).items():
            expected[iri, f"<{iri}>" if value == "None" else value] += number
    found = Counter((str(r.focus_node), ox_text(r.value)) for r in report.results)
    assert found == expected


def ox_text(value: object) -> str:
    return value.n3()  # type: ignore[attr-defined]
