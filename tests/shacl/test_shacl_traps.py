"""One test for each trap that pyoxigraph sets to a compiler of SHACL (literals first)."""

from __future__ import annotations

import pytest
from agreement import agreed, compiled, short, store, ttl

from dutygraph.shacl import UnsupportedError, dataset


def shape(body: str, target: str = "sh:targetNode ex:a") -> str:
    return f"ex:S a sh:NodeShape ; {target} ; {body} ."


@pytest.mark.parametrize(
    ("value", "datatype", "faulty"),
    [
        ('"5"^^xsd:byte', "xsd:byte", False),
        ('"5"^^xsd:byte', "xsd:integer", True),
        ('"5"^^xsd:integer', "xsd:byte", True),
        ('"300"^^xsd:byte', "xsd:byte", True),
        ('"c"^^xsd:byte', "xsd:byte", True),
        ('"5"^^xsd:nonNegativeInteger', "xsd:nonNegativeInteger", False),
        ('"-5"^^xsd:nonNegativeInteger', "xsd:nonNegativeInteger", True),
        ('"01"^^xsd:integer', "xsd:integer", False),
        ('"x"^^xsd:integer', "xsd:integer", True),
        ('"1"^^xsd:boolean', "xsd:boolean", False),
        ('"2020-02-30"^^xsd:date', "xsd:date", True),
        ('"2020-02-29"^^xsd:date', "xsd:date", False),
        ('"99999999999999999999999"^^xsd:integer', "xsd:integer", False),
        ('"0.12345678901234567890123"^^xsd:decimal', "xsd:decimal", False),
        ('"a"', "xsd:string", False),
        ('"a"^^xsd:string', "xsd:string", False),
        ('"a"@en', "xsd:string", True),
        ('"a"@en', "rdf:langString", False),
        ("ex:b", "xsd:string", True),
    ],
)
def test_a1_a6_a7_datatypes_are_those_of_the_data(value: str, datatype: str, *, faulty: bool) -> None:
    shapes = ttl(shape(f"sh:property [ sh:path ex:p ; sh:datatype {datatype} ]"))
    data = ttl(f"ex:a ex:p {value} .")
    assert (not compiled(data, shapes).conforms) == faulty


def test_a2_lexical_forms_are_terms_of_their_own() -> None:
    data = ttl('ex:a ex:p "1.0"^^xsd:decimal , "1.00"^^xsd:decimal , "01"^^xsd:decimal .')
    report = compiled(data, ttl(shape("sh:property [ sh:path ex:p ; sh:maxCount 2 ]")))
    assert short(report) == [("a", "", "MaxCount")]
    values = compiled(data, ttl(shape("sh:property [ sh:path ex:p ; sh:nodeKind sh:IRI ]")))
    assert sorted(str(r.value) for r in values.results) == ["01", "1.0", "1.00"]


def test_a2_kept_forms_still_compare_by_value() -> None:
    data = ttl('ex:a ex:p "01"^^xsd:integer , "+7"^^xsd:integer , "5"^^xsd:byte ; ex:q "06"^^xsd:integer .')
    report = agreed(data, ttl(shape("sh:property [ sh:path ex:p ; sh:maxInclusive 6 ; sh:lessThan ex:q ]")))
    assert len(report.results) == 2
    assert {str(r.value) for r in report.results} == {"+7"}


def test_a3_language_tags_know_no_case() -> None:
    data = ttl('ex:a ex:p "x"@en-US , "y"@EN-us .')
    report = compiled(data, ttl(shape("sh:property [ sh:path ex:p ; sh:uniqueLang true ]")))
    assert short(report) == [("a", "", "UniqueLang")]


def test_a4_literal_targets_come_back_as_written() -> None:
    report = compiled(ttl(""), ttl('ex:S sh:targetNode "04.50"^^xsd:decimal ; sh:nodeKind sh:IRI .'))
    assert [str(r.focus_node) for r in report.results] == ["04.50"]


@pytest.mark.parametrize("switch", ["sh:uniqueLang", "sh:closed"])
def test_a5_one_is_not_true(switch: str) -> None:
    data = ttl('ex:a ex:p "x"@en , "y"@en .')
    inner = f'{switch} "1"^^xsd:boolean'
    body = f"sh:property [ sh:path ex:p ; {inner} ]" if "Lang" in switch else inner
    assert compiled(data, ttl(shape(body))).conforms


def test_a6_numbers_too_long_for_the_store_still_compare() -> None:
    data = ttl('ex:a ex:p "99999999999999999999999"^^xsd:integer , "-99999999999999999999999"^^xsd:integer .')
    report = agreed(data, ttl(shape("sh:property [ sh:path ex:p ; sh:minInclusive 5 ]")))
    assert [str(r.value) for r in report.results] == ["-99999999999999999999999"]


@pytest.fixture(params=["copied", "in place"])
def small_store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Small Stores are copied; a limit of zero has them read where they lie."""
    if request.param == "in place":
        monkeypatch.setattr(dataset, "COPIED", 0)
    return request.param


@pytest.mark.usefixtures("small_store")
def test_a_store_keeps_no_derived_integers_so_their_range_decides() -> None:
    data = store('ex:a ex:p "5"^^xsd:byte , 300 .')
    report = compiled(data, ttl(shape("sh:property [ sh:path ex:p ; sh:datatype xsd:byte ]")))
    assert [str(r.value) for r in report.results] == ["300"]


def test_b8_b9_blank_focus_nodes() -> None:
    data = ttl("_:x a ex:C ; ex:p 1 . ex:b a ex:C ; ex:p _:x . _:y a ex:C .")
    text = "sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:nodeKind sh:BlankNode ]"
    report = agreed(data, ttl(shape(text, "sh:targetClass ex:C")))
    assert len(report.results) == 2


def test_b9_data_and_shapes_may_be_one_graph() -> None:
    both = ttl("ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:IRI . _:x a ex:C .")
    assert len(agreed(both, both).results) == 1


def test_b10_literal_focus_nodes_and_targets_that_meet() -> None:
    targets = 'sh:targetNode ex:a , "lit" ; sh:targetSubjectsOf ex:p ; sh:targetObjectsOf ex:p'
    shapes = ttl(shape("sh:property [ sh:path ex:q ; sh:minCount 1 ] ; sh:nodeKind sh:IRI", targets))
    report = agreed(ttl('ex:a ex:p "lit" , ex:a .'), shapes)
    assert short(report) == [
        ('"lit"', "", "MinCount"),
        ('"lit"', '"lit"', "NodeKind"),
        ("a", "", "MinCount"),
    ]
    assert report.examined == {"http://example.org/S": 2}


@pytest.mark.parametrize(
    "test", ["sh:minInclusive 3", "sh:minLength 1", 'sh:pattern "^x"', "sh:maxExclusive 3"]
)
def test_b11_a_test_without_an_answer_is_a_violation(test: str) -> None:
    data = ttl('ex:a ex:p ex:i , "s" , 3 , _:b , "2020-01-01T00:00:00"^^xsd:dateTime .')
    agreed(data, ttl(shape(f"sh:property [ sh:path ex:p ; {test} ]")))


def test_b11_what_has_no_order_is_a_violation() -> None:
    data = ttl('ex:a ex:p "2020-01-01"^^xsd:date , "9" , 9 , true .')
    report = compiled(data, ttl(shape("sh:property [ sh:path ex:p ; sh:minInclusive 1 ]")))
    assert sorted(str(r.value) for r in report.results) == ["2020-01-01", "9", "true"]
    dates = ttl(shape('sh:property [ sh:path ex:p ; sh:minInclusive "2019-12-31"^^xsd:date ]'))
    assert sorted(str(r.value) for r in compiled(data, dates).results) == ["9", "9", "true"]


@pytest.mark.parametrize("path", ["[ sh:zeroOrMorePath ex:p ]", "[ sh:zeroOrOnePath ex:p ]"])
@pytest.mark.parametrize("target", ["ex:absent", '"lit"', "ex:a"])
def test_c12_zero_length_paths_reach_their_start(path: str, target: str) -> None:
    shapes = shape(f"sh:property [ sh:path {path} ; sh:nodeKind sh:BlankNode ]", f"sh:targetNode {target}")
    report = agreed(ttl("ex:a ex:p ex:b ."), ttl(shapes))
    assert any(r.value == r.focus_node for r in report.results)


def test_c13_subclasses_come_from_the_data() -> None:
    shapes = ttl(shape("sh:class ex:D", "sh:targetClass ex:C") + "ex:Z rdfs:subClassOf ex:C .")
    data = ttl("ex:a a ex:B . ex:B rdfs:subClassOf ex:C . ex:C rdfs:subClassOf ex:B . ex:z a ex:Z .")
    assert short(agreed(data, shapes)) == [("a", "a", "Class")]


def test_c14_values_reached_twice_are_one() -> None:
    data = ttl("ex:a ex:p ex:x , ex:y . ex:x ex:q ex:v . ex:y ex:q ex:v .")
    shapes = ttl(shape("sh:property [ sh:path ( ex:p ex:q ) ; sh:maxCount 1 ; sh:nodeKind sh:Literal ]"))
    assert short(agreed(data, shapes)) == [("a", "v", "NodeKind")]


def test_c_star_over_a_circle_ends() -> None:
    data = ttl("ex:a ex:p ex:b . ex:b ex:p ex:c . ex:c ex:p ex:a .")
    shapes = ttl(shape("sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:maxCount 2 ]"))
    assert short(agreed(data, shapes)) == [("a", "", "MaxCount")]


def test_d_results_are_a_multiset() -> None:
    data = ttl(
        """ex:a ex:p 5 , 6 ; ex:q 1 , 2 ; ex:l "a"@en , "b"@en , "c"@de , "d"@de .
        ex:i1 a ex:I ; ex:to ex:n . ex:i2 a ex:I ; ex:to ex:n . ex:n ex:r 1 ."""
    )
    lesser = shape("sh:property [ sh:path ex:p ; sh:lessThan ex:q ] , [ sh:path ex:l ; sh:uniqueLang true ]")
    nested = "ex:T sh:targetClass ex:I ; sh:property [ sh:path ex:to ; sh:property ex:R ] ."
    found = short(agreed(data, ttl(lesser + nested + "ex:R sh:path ex:r ; sh:nodeKind sh:IRI .")))
    assert found.count(("n", '"1"^^<http://www.w3.org/2001/XMLSchema#integer', "NodeKind")) == 2
    assert [f[2] for f in found].count("LessThan") == 4
    assert [f[2] for f in found].count("UniqueLang") == 2


def test_d_xone_counts_a_shape_as_often_as_it_is_listed() -> None:
    shapes = ttl(shape("sh:xone ( ex:T ex:T )") + "ex:T sh:nodeKind sh:IRI .")
    assert short(agreed(ttl("ex:a ex:p 1 ."), shapes)) == [("a", "a", "Xone")]


@pytest.mark.parametrize("body", ["sh:in ( 1 )", "sh:hasValue 1", "sh:equals ex:q", "sh:disjoint ex:q"])
def test_e_equality_is_that_of_terms(body: str) -> None:
    data = ttl("ex:a ex:p 1.0 , 1e0 ; ex:q 1 .")
    agreed(data, ttl(shape(f"sh:property [ sh:path ex:p ; {body} ]")))


def test_h_disjoint_siblings_count_whatever_their_path() -> None:
    data = ttl("ex:a ex:p ex:x ; ex:q ex:y . ex:x a ex:C , ex:D .")
    text = "sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true ; sh:qualifiedValueShape"
    one = f"[ sh:path ex:p ; {text} [ sh:class ex:C ] ]"
    two = f"[ sh:path ex:q ; {text} [ sh:class ex:D ] ]"
    assert len(agreed(data, ttl(shape(f"sh:property {one} , {two}"))).results) == 2


def test_h_closed_forgives_neither_types_nor_odd_paths() -> None:
    data = ttl("ex:a a ex:C ; ex:p 1 ; ex:q 2 . ex:b ex:q ex:a .")
    body = "sh:closed true ; sh:property [ sh:path ex:p ] , [ sh:path [ sh:inversePath ex:q ] ]"
    assert len(agreed(data, ttl(shape(body))).results) == 2


def test_h_a_deactivated_shape_conforms() -> None:
    shapes = ttl(shape("sh:not ex:T") + "ex:T sh:deactivated true ; sh:nodeKind sh:Literal .")
    assert short(agreed(ttl("ex:a ex:p 1 ."), shapes)) == [("a", "a", "Not")]


def test_h_a_mere_warning_still_fails() -> None:
    report = agreed(ttl(""), ttl(shape("sh:nodeKind sh:Literal ; sh:severity sh:Info")))
    assert not report.conforms


@pytest.mark.parametrize("pattern", [r"^(a)\\1$", "(?=a)a", r"\\i", "[a-z-[aeiou]]", "("])
def test_h_patterns_the_engine_reads_otherwise_are_refused(pattern: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        compiled(ttl("ex:a ex:p 1 ."), ttl(shape(f'sh:pattern "{pattern}"')))
    assert caught.value.component == "sh:pattern"
    assert caught.value.shape == "http://example.org/S"


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("^[[a]$", "[a"),
        ("^[a&&b]$", "&ab"),
        (r"^\\[x\\]$", ["[x]"]),
        ("^[^[]$", "&Bab"),
        ("^B$", "B"),
        (r"^\\p{Lu}$", "B"),
    ],
)
def test_h_patterns_mean_what_they_say(pattern: str, matched: str) -> None:
    values = {"a", "b", "[", "&", "[x]", "B"}
    data = ttl("ex:a ex:p " + " , ".join(f'"{v}"' for v in sorted(values)) + " .")
    report = compiled(data, ttl(shape(f'sh:property [ sh:path ex:p ; sh:pattern "{pattern}" ]')))
    assert values - {str(r.value) for r in report.results} == set(matched)


@pytest.mark.parametrize("link", ["sh:node ex:S", "sh:not ex:S", "sh:or ( ex:S )", "sh:property ex:T"])
def test_i_recursion_is_refused_by_name(link: str) -> None:
    shapes = ttl(shape(link) + "ex:T sh:path ex:p ; sh:node ex:S .")
    with pytest.raises(UnsupportedError, match=r"ex.*org/S -> .*org/S") as caught:
        compiled(ttl("ex:a ex:p ex:a ."), shapes)
    assert caught.value.component == "recursion"


@pytest.mark.usefixtures("small_store")
def test_j_a_triple_in_two_graphs_counts_once() -> None:
    data = store("ex:a ex:p ex:b .")
    data.update("INSERT { GRAPH <http://example.org/g> { ?s ?p ?o } } WHERE { ?s ?p ?o }")
    shapes = ttl(shape("sh:property [ sh:path ex:p ; sh:maxCount 1 ; sh:nodeKind sh:Literal ]"))
    assert short(compiled(data, shapes)) == [("a", "b", "NodeKind")]


@pytest.mark.usefixtures("small_store")
def test_j_a_triple_in_two_graphs_counts_once_in_a_query_too() -> None:
    data = store("ex:a ex:p ex:b .")
    data.update("INSERT { GRAPH <http://example.org/g> { ?s ?p ?o } } WHERE { ?s ?p ?o }")
    select = "SELECT $this (COUNT(?x) AS ?value) WHERE { $this ex:p ?x } GROUP BY $this"
    report = compiled(
        data, ttl(f'ex:S sh:targetNode ex:a ; sh:sparql [ sh:prefixes ex: ; sh:select "{select}" ] .')
    )
    assert [str(r.value) for r in report.results] == ["1"]


def test_j_ten_thousand_values() -> None:
    values = " ".join(f"ex:v{n}" for n in range(10_000))
    data = ttl("ex:a ex:p " + " , ".join(f"ex:v{n}" for n in range(0, 20_000, 5)) + " .")
    report = compiled(data, ttl(shape(f"sh:property [ sh:path ex:p ; sh:in ( {values} ) ]")))
    assert len(report.results) == 2_000
