"""NOT EXISTS of several triples as a join: the same rows, each as often, as asking row by row."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from dutygraph.shacl.prebind import check, prebind

NODES = ("ex:a", "ex:b", "ex:c", "_:d", "_:e")
PREDICATES = ("ex:p", "ex:q", "ex:r")
PREFIX = "PREFIX ex: <http://example.org/> "
EVERYONE = "{ SELECT DISTINCT (?dg0 AS ?this) WHERE { ?dg0 ex:focus ?dg0o . } }"

facts = st.lists(
    st.tuples(st.sampled_from(NODES), st.sampled_from(PREDICATES), st.sampled_from((*NODES, "1", "2"))),
    min_size=8,
    max_size=26,
).map(lambda ts: " ".join(f"{s} {p} {o} ." for s, p, o in ts))
OUTER = ("$this", "?value", "?x")
LOCAL = ("?l", "?m", "?n")


@st.composite
def triples(draw: st.DrawFn, least: int, most: int, variables: tuple[str, ...]) -> str:
    found = []
    for _ in range(draw(st.integers(least, most))):
        verb = draw(st.sampled_from((*PREDICATES, *PREDICATES, "^ex:p", "ex:p/ex:q", "(ex:p|ex:r)", "ex:q*")))
        end = draw(st.sampled_from((*variables, *variables, "ex:a", "[]", "1")))
        found.append(f"{draw(st.sampled_from(variables))} {verb} {end}")
    return " . ".join(found)


@st.composite
def filters(draw: st.DrawFn, variables: tuple[str, ...]) -> str:
    one, two = draw(st.sampled_from(variables)), draw(st.sampled_from((*variables, "ex:b", "2")))
    kind = draw(st.sampled_from(["compare", "compare", "in", "bound", "text"]))
    if kind == "in":
        return f"FILTER ({one} IN ({two}, ex:a))"
    if kind == "bound":
        return f"FILTER (BOUND({draw(st.sampled_from(variables[1:]))}) && {one} != {two})"
    if kind == "text":
        return f"FILTER (LCASE(STR({one})) = LCASE(STR({two})))"
    return f"FILTER ({one} {draw(st.sampled_from(['=', '!=', '<']))} {two})"


@st.composite
def not_exists(draw: st.DrawFn, depth: int) -> str:
    every = (*OUTER, *LOCAL)
    inside = [draw(triples(2 if depth else 1, 4 if depth else 2, every))]
    inside.extend(draw(st.lists(filters(every), max_size=2)))
    inside.extend(draw(not_exists(depth - 1)) for _ in range(draw(st.integers(0, 2)) if depth else 0))
    if draw(st.integers(0, 9)) == 0:
        inside.append(f"OPTIONAL {{ {draw(triples(1, 1, every))} }}")
    word = draw(st.sampled_from(["NOT EXISTS", "NOT EXISTS", "NOT EXISTS", "EXISTS"]))
    return f"FILTER {word} {{ {' '.join(inside)} }}"


@st.composite
def nested(draw: st.DrawFn) -> str:
    """Write a NOT EXISTS whose own NOT EXISTS speaks of what only the host binds."""
    local = ("?l", "?m", "$this", "?l")
    inside = [draw(triples(2, 4, local))]
    for _ in range(draw(st.integers(1, 2))):
        one, two = draw(st.sampled_from(["?n", "?l"])), draw(st.sampled_from(["?x", "?value"]))
        operator = draw(st.sampled_from(["=", "!=", "<"]))
        verb, word = draw(st.sampled_from(PREDICATES)), draw(st.sampled_from(["NOT EXISTS", "EXISTS"]))
        inside.append(f"FILTER {word} {{ ?l {verb} {one} FILTER ({one} {operator} {two}) }}")
    inside.extend(draw(st.lists(filters((*OUTER, "?l", "?m")), max_size=1)))
    return f"FILTER NOT EXISTS {{ {' '.join(inside)} }}"


@st.composite
def hosts(draw: st.DrawFn) -> str:
    one, two = draw(st.sampled_from(PREDICATES)), draw(st.sampled_from((*PREDICATES, "^ex:q", "ex:p/ex:r")))
    start = f"$this {one} ?value . {draw(st.sampled_from(['$this', '?value', '[]']))} {two} ?x"
    parts = [start, *draw(st.lists(extras(), max_size=2)), draw(nested()), draw(extras())]
    return " ".join(part.replace("?s0", f"?s{n}") for n, part in enumerate(parts))


@st.composite
def inner(draw: st.DrawFn) -> str:
    start = f"$this {draw(st.sampled_from(PREDICATES))} ?value , ?x {draw(nested())}"
    return draw(st.sampled_from(["OPTIONAL {{ {0} }}", "{{ {0} }}"])).format(start)


def extras() -> st.SearchStrategy[str]:
    one = triples(1, 1, OUTER)
    return st.one_of(
        st.just(""),
        filters(OUTER),
        triples(1, 2, (*OUTER, "?o")).map("OPTIONAL {{ {} }}".format),
        st.just("BIND (STR($this) AS ?s0)"),
        st.tuples(one, one).map(lambda pair: f"{{ {pair[0]} }} UNION {{ {pair[1]} }}"),
        inner(),
        not_exists(1),
        nested(),
    )


@st.composite
def ranked(draw: st.DrawFn) -> str:
    """Write a host with OPTIONALs and BINDs, and a NOT EXISTS with OPTIONALs that compares with them."""
    verbs, names = st.sampled_from((*PREDICATES, "^ex:q")), st.sampled_from(["?value", "?x", "?o", "$this"])
    parts = [f"$this {draw(verbs)} ?value . {draw(st.sampled_from(['$this', '?value']))} {draw(verbs)} ?x"]
    for n in range(draw(st.integers(0, 2))):
        within = draw(st.sampled_from(["", "", "FILTER (?o != ?x)", "FILTER (ISIRI(?o))", "?o ex:r ?u"]))
        parts.append(f"OPTIONAL {{ {draw(names)} {draw(verbs)} ?o . {within} }}")
        bind = f"BIND (STR(COALESCE(?o, {draw(names)})) AS ?k{n})"
        parts.append(draw(st.sampled_from([bind, bind, f"BIND ({draw(names)} + 1 AS ?k{n})", ""])))
        parts.append(draw(st.sampled_from(["", "", "?value ex:r ?x", "FILTER (?x != ex:a)"])))
    for n in range(draw(st.integers(1, 2))):
        inside = [f"?l{n} {draw(verbs)} {draw(names)} . ?l{n} {draw(verbs)} ?m{n}"]
        for _ in range(draw(st.integers(0, 2))):
            within = draw(st.sampled_from(["", f"FILTER (?n{n} != {draw(names)})"]))
            inside.append(f"OPTIONAL {{ ?l{n} {draw(verbs)} ?n{n} {within} }}")
        other, operator = draw(st.sampled_from([f"?n{n}", f"?m{n}"])), draw(st.sampled_from(["=", "!=", "<"]))
        key = draw(st.sampled_from(["?k0", "?k1", "STR(?o)", "STR(?x)"]))
        inside.append(f"FILTER (STR(COALESCE({other}, ?l{n})) {operator} {key})")
        at = draw(st.integers(1, len(parts)))
        parts.insert(at, f"FILTER NOT EXISTS {{ {' '.join(inside)} }}{draw(st.sampled_from(['', ' .']))}")
    return " ".join(part for part in parts if part)


@st.composite
def queries(draw: st.DrawFn) -> str:
    parts = [draw(triples(1, 3, OUTER))]
    for kind in draw(st.lists(st.sampled_from(["filter", "optional", "bind", "union", "inner"]), max_size=2)):
        if kind == "filter":
            parts.append(draw(filters(OUTER)))
        elif kind == "optional":
            parts.append(f"OPTIONAL {{ {draw(triples(1, 2, (*OUTER, '?o')))} }}")
        elif kind == "bind":
            parts.append(f"BIND (STR($this) AS ?s{len(parts)})")
        elif kind == "union":
            parts.append(f"{{ {draw(triples(1, 1, OUTER))} }} UNION {{ {draw(triples(1, 1, OUTER))} }}")
        else:
            within = f"{draw(triples(1, 2, OUTER))} {draw(not_exists(1))}"
            parts.append(draw(st.sampled_from(["OPTIONAL {{ {0} }}", "{{ {0} }}"])).format(within))
    where = st.integers(0, len(parts)).flatmap(lambda n: st.tuples(st.just(n), not_exists(1)))
    for at, inner in draw(st.lists(where, min_size=1, max_size=2)):
        parts.insert(at, f"{inner} . " if at else inner)
    return " ".join(parts)


MANY = "$this ex:p ?value . ?value ex:q ?x"
INNER = "FILTER NOT EXISTS { ?l ex:r ?n . FILTER (?n > ?x) }"
LATER = "OPTIONAL { ?l ex:r ?n }"
RANK = "OPTIONAL { $this ex:r ?o } BIND (COALESCE(STR(?o), '') AS ?k)"
EITHER = "OPTIONAL { { ?x ex:p ?o } UNION { ?x ex:q ?u } }"
DATA = (
    "ex:a ex:p ex:b , _:d ; ex:r ex:a . ex:b ex:q 1 ; ex:p ex:b . _:d ex:q 1 , 2 . ex:c ex:p ex:b ; ex:r 2 ."
)


@pytest.mark.parametrize(
    "where",
    [
        f"{MANY} FILTER NOT EXISTS {{ ?l ex:p ?value {INNER} }}",
        f"FILTER NOT EXISTS {{ ?l ex:p ?value {INNER} }} {MANY}",
        f"{MANY} . FILTER (ISIRI(?value)) FILTER NOT EXISTS {{ ?l ex:p ?value {INNER} }} . ?x ^ex:q ?y",
        f"{MANY} {RANK} FILTER NOT EXISTS {{ ?l ex:p ?value {LATER} FILTER (STR(?n) > ?k) }}",
    ],
)
def test_what_is_the_same_is_joined(where: str) -> None:
    query, found, expected = both(DATA, where)
    assert "EXISTS" not in query
    assert "MINUS" in query
    assert found == expected


@pytest.mark.parametrize(
    "where",
    [
        f"{MANY.replace('ex:q ?x', 'ex:q* ?x')} FILTER NOT EXISTS {{ ?l ex:p ?value {INNER} }}",
        f"_:n ex:p ?x . {MANY} FILTER NOT EXISTS {{ ?l ex:p ?value {INNER} }}",
        f"$this ex:p ?value OPTIONAL {{ ?value ex:q ?x }} FILTER NOT EXISTS {{ ?l ex:p ?value {INNER} }}",
        f"{MANY} {RANK} FILTER NOT EXISTS {{ ?l ex:p ?o {LATER} FILTER (STR(?n) > ?k) }}",
        f"{MANY} {EITHER} FILTER NOT EXISTS {{ ?l ex:p ?value {LATER} FILTER (?n != ?o) }}",
        f"{MANY} FILTER NOT EXISTS {{ ?l ex:p ?m {LATER} FILTER (?n = ?m) }}",
        f"{MANY} BIND (RAND() AS ?k) FILTER NOT EXISTS {{ ?l ex:p ?value {LATER} FILTER (?k > 2) }}",
    ],
)
def test_what_may_differ_is_asked_row_by_row(where: str) -> None:
    query, found, expected = both(DATA, where)
    assert "MINUS" not in query
    assert "EXISTS" in query
    assert found == expected


def rows(store: ox.Store, query: str) -> Counter[tuple[str, ...]]:
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    return Counter(tuple(map(str, solution)) for solution in found)


def both(data: str, where: str) -> tuple[str, Counter[tuple[str, ...]], Counter[tuple[str, ...]]]:
    """Give the query for all focus nodes, its rows, and those of the text as it is, focus by focus."""
    store = ox.Store()
    targets = " ".join(f"{n} ex:focus 1 ." for n in NODES)
    store.load(f"@prefix ex: <http://example.org/> . {data} {targets}", format=ox.RdfFormat.TURTLE)
    head = "SELECT $this ?value ?x"
    text = check(f"{PREFIX}{head} WHERE {{ {where} }}", frozenset({"this"}), "", "")
    joined = prebind(text, {"this": EVERYONE})
    one_by_one: Counter[tuple[str, ...]] = Counter()
    for name in "abc":
        focus = f"<http://example.org/{name}>"
        query = f"{PREFIX}SELECT ?value ?x WHERE {{ {where} }}".replace("$this", focus)
        for row, number in rows(store, query).items():
            one_by_one[focus, *row] += number
    found = rows(store, joined)
    return joined, Counter({r: n for r, n in found.items() if r[0][0] == "<"}), one_by_one


@settings(
    max_examples=600, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
@given(data=facts, where=st.one_of(hosts(), hosts(), ranked(), queries()))
def test_a_join_gives_the_rows_of_asking_row_by_row(data: str, where: str) -> None:
    query, found, expected = both(data, where)
    event("MINUS" if "MINUS" in query else "as it was" if "EXISTS" in query else "OPTIONAL")
    assert found == expected, query
