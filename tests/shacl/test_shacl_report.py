"""Reports, messages, and the sources that may be handed in."""

from __future__ import annotations

from pathlib import Path
from typing import Literal as Choice

import pyoxigraph as ox
import pytest
from agreement import PREFIXES, compiled, keys, store, ttl
from rdflib import RDF, SH, BNode, Dataset, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from dutygraph.shacl import DataError, Report, fill, validate

Engine = Choice["compiled", "pyshacl"]
ENGINES: tuple[Engine, ...] = ("compiled", "pyshacl")
EX = "http://example.org/"
SHAPES = """
ex:S sh:targetClass ex:C ; sh:property ex:P ;
  sh:sparql [ sh:message "值{?value}"@zh-hans , "value {$value} of {$this}, {?other}"@en ;
    sh:prefixes ex: ; sh:select "SELECT $this ?value WHERE { $this ex:q ?value }" ] .
ex:P sh:path [ sh:inversePath ex:p ] ; sh:minCount 1 ; sh:severity sh:Warning ;
  sh:message "{$this}缺少"@zh-hans , "{$this} lacks {?path}"@en .
ex:Idle sh:targetClass ex:Nothing ; sh:nodeKind sh:IRI .
"""
DATA = "ex:a a ex:C ; ex:q 1 . ex:b a ex:C . ex:x ex:p ex:b ."


@pytest.mark.parametrize("engine", ENGINES)
def test_messages_are_the_shapes_own_in_every_language(engine: Engine) -> None:
    report = validate(ttl(DATA), ttl(SHAPES), engine=engine)
    found = {str(r.component).rpartition("#")[2]: r.messages for r in report.results}
    assert found["MinCountConstraintComponent"] == (
        Literal("{$this} lacks {?path}", lang="en"),
        Literal("{$this}缺少", lang="zh-hans"),
    )
    assert found["SPARQLConstraintComponent"] == (
        Literal("value {$value} of {$this}, {?other}", lang="en"),
        Literal("值{?value}", lang="zh-hans"),
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_the_report_graph_is_filled_and_complete(engine: Engine) -> None:
    graph = validate(ttl(DATA), ttl(SHAPES), engine=engine).graph()
    root = graph.value(predicate=RDF.type, object=SH.ValidationReport)
    assert graph.value(root, SH.conforms) == Literal(False)  # noqa: FBT003
    assert len(list(graph.objects(root, SH.result))) == 2
    assert set(graph.objects(None, SH.resultMessage)) == {
        Literal(f"{EX}a缺少", lang="zh-hans"),
        Literal(f"{EX}a lacks ^(<{EX}p>)", lang="en"),
        Literal(f"value 1 of {EX}a, {{?other}}", lang="en"),
        Literal("值1", lang="zh-hans"),
    }
    assert (None, SH.inversePath, URIRef(EX + "p")) in graph


def test_both_engines_give_the_same_report_graph() -> None:
    shapes = ttl(SHAPES)
    one, two = (validate(ttl(DATA), shapes, engine=engine).graph() for engine in ENGINES)
    assert isomorphic(one, two)


@pytest.mark.parametrize("engine", ENGINES)
def test_examined_counts_focus_nodes_even_where_there_are_none(engine: Engine) -> None:
    report = validate(ttl(DATA), ttl(SHAPES), engine=engine)
    assert report.examined == {EX + "S": 2, EX + "Idle": 0}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_order_of_results_does_not_depend_on_the_run(engine: Engine) -> None:
    data = "".join(f"ex:n{n} a ex:C ; ex:q {n} . " for n in range(20))
    orders = [
        [
            (r.focus_node, r.component, r.value)
            for r in validate(ttl(data), ttl(SHAPES), engine=engine).results
        ]
        for _ in range(3)
    ]
    assert orders[0] == orders[1] == orders[2]


def test_a_message_of_the_row_comes_first() -> None:
    select = "SELECT $this ?message WHERE { $this ex:q ?x BIND (CONCAT('row ', STR(?x)) AS ?message) }"
    shapes = ttl(f'ex:S sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex: ; sh:select "{select}" ] .')
    [result] = compiled(ttl(DATA), shapes).results
    assert result.messages == (Literal("row 1"),)


def test_fill_keeps_the_language_and_what_it_does_not_know() -> None:
    template = Literal("{$a} {?a} {?b} {a} {}", lang="en")
    assert fill(template, {"a": URIRef(EX + "x")}) == Literal(f"{EX}x {EX}x {{?b}} {{a}} {{}}", lang="en")


def test_a_clean_report() -> None:
    report = compiled(ttl(""), ttl("ex:S sh:targetNode ex:a ; sh:nodeKind sh:IRI ."))
    assert report.conforms
    assert report.results == ()
    assert isinstance(report, Report)
    assert (None, SH.conforms, Literal(True)) in report.graph()  # noqa: FBT003


@pytest.mark.parametrize("engine", ENGINES)
def test_every_kind_of_source_gives_the_same(engine: Engine, tmp_path: Path) -> None:
    data_file, shapes_file = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    data_file.write_text(PREFIXES + DATA, encoding="utf-8")
    shapes_file.write_text(PREFIXES + SHAPES, encoding="utf-8")
    dataset = Dataset()
    for triple in ttl(DATA):
        dataset.graph(URIRef(EX + "g")).add(triple)
    reports = [
        validate(data, shapes, engine=engine)
        for data in (data_file, str(data_file), ttl(DATA), store(DATA), dataset)
        for shapes in (shapes_file, ttl(SHAPES), store(SHAPES))
    ]
    assert len({frozenset(keys(r).items()) for r in reports}) == 1
    assert len({tuple(r.examined.items()) for r in reports}) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_only_the_named_graphs_are_read(engine: Engine) -> None:
    data = store(DATA)
    for name in "gh":
        data.add_graph(ox.NamedNode(EX + name))
        data.update(f"INSERT DATA {{ GRAPH <{EX}{name}> {{ <{EX}{name}1> a <{EX}C> }} }}")
    shapes = ttl(SHAPES)
    counts = [
        validate(data, shapes, engine=engine, graphs=graphs).examined[EX + "S"]
        for graphs in (None, [EX + "g"], [EX + "g", EX + "h"])
    ]
    assert counts == [4, 1, 2]


@pytest.mark.parametrize("engine", ENGINES)
def test_mistyped_graphs_are_not_a_clean_run(engine: Engine, tmp_path: Path) -> None:
    dataset, file = Dataset(), tmp_path / "d.nq"
    file.write_text(f"<{EX}a> <{EX}p> <{EX}b> <{EX}g> .", encoding="utf-8")
    for data in (store(DATA), dataset, file, ttl(DATA)):
        with pytest.raises(DataError):
            validate(data, ttl(SHAPES), engine=engine, graphs=[EX + "absent"])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("name", "text"), [("d.ttl", None), ("d.xyz", ""), ("d.ttl", "ex:a ex:b .")])
def test_unreadable_files(engine: Engine, name: str, text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"d\.(ttl|xyz)"):
        validate(tmp_path / name, ttl(SHAPES), engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_written_to_what_is_handed_in(engine: Engine) -> None:
    data, shapes, kept = ttl(DATA), ttl(SHAPES), store(DATA)
    before = set(data), set(shapes), set(kept)
    validate(data, shapes, engine=engine)
    validate(kept, shapes, engine=engine)
    assert (set(data), set(shapes), set(kept)) == before


@pytest.mark.parametrize("engine", ENGINES)
def test_plain_strings_and_xsd_strings_are_one(engine: Engine) -> None:
    data = Graph()
    string = URIRef("http://www.w3.org/2001/XMLSchema#string")
    data.add((URIRef(EX + "a"), URIRef(EX + "p"), Literal("x", datatype=string)))
    shapes = ttl('ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:in ( "x" ) ] .')
    assert validate(data, shapes, engine=engine).conforms


def test_a_mistyped_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="compilde"):
        validate(ttl(DATA), ttl(SHAPES), engine="compilde")  # type: ignore[arg-type]


def test_blank_nodes_of_the_data_keep_their_labels() -> None:
    data = Graph()
    data.add((BNode("here"), RDF.type, URIRef(EX + "C")))
    report = compiled(data, ttl("ex:S sh:targetClass ex:C ; sh:nodeKind sh:IRI ."))
    assert report.results[0].focus_node == BNode("here")
