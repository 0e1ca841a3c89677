"""The catalogue of kinds and fields says what the forms say, and an entered record says what a row would."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from openpyxl import load_workbook

from dutygraph.loaders import load
from dutygraph.loaders.entries import ENTERED, Beside, Entry, FieldProblem, read_entry
from dutygraph.loaders.field_values import read_fields
from dutygraph.loaders.fields import KindForm, kind_forms, owned_inversely
from dutygraph.model import Cell, GraphKind, Statement
from dutygraph.ontology import SV
from dutygraph.store import BureauGraphs
from tests.conftest import EXAMPLE

FOLDER = Path(__file__).resolve().parents[2] / "loaders" / "columns"
NAMES = BureauGraphs("https://dutygraph.example/", "demo")


def nothing(_kind: str, _identifier: str) -> bool:
    return False


def entry(
    kind: str, identifier: str | None, fields: dict[str, object], beside: Beside | None = None
) -> Entry:
    found = read_entry(kind_forms()[kind], identifier, fields, NAMES, nothing, beside)
    assert isinstance(found, Entry), found
    return found


def problems(kind: str, identifier: str | None, fields: dict[str, object]) -> tuple[FieldProblem, ...]:
    found = read_entry(kind_forms()[kind], identifier, fields, NAMES, nothing)
    assert not isinstance(found, Entry)
    return found


def test_every_kind_that_a_form_registers_is_there() -> None:
    tables = [tomllib.loads(path.read_text("utf-8")) for path in FOLDER.glob("[!_]*.toml")]
    wanted = {
        entity.get("kind", entity["name"])
        for table in tables
        for entity in table["entities"]
        if entity.get("registers", True)
    }

    assert set(kind_forms()) == wanted
    assert {"business", "waiver", "case", "scheme", "focus-item"} <= wanted


def test_every_column_of_a_form_is_a_field_but_those_that_name_the_thing() -> None:
    control = {field.name: field for field in kind_forms()["control"].fields}

    assert list(control) == ["risk", "label", "stage", "ownerPost"]
    assert control["ownerPost"].column.header == "责任岗位"
    assert control["ownerPost"].column.kinds == ("post",)
    assert control["ownerPost"].many
    assert control["stage"].column.words == ("事前", "事中", "事后")
    assert kind_forms()["control"].id_column is not None


@pytest.mark.parametrize(
    ("kind", "field", "many", "required"),
    [
        ("node", "business", True, False),
        ("risk", "hasControl", True, False),
        ("holding", "heldPost", False, True),
        ("holding", "holder", False, True),
        ("task-sheet", "hasFocus", True, False),
        ("focus-item", "taskSheet", False, True),
        ("chart-cell", "cellOf", False, True),
        ("line-chart", "chartNode", True, False),
        ("inspection", "class", False, True),
        ("post", "keyPost", False, False),
    ],
)
def test_fields_know_how_many_they_hold_and_whether_they_must(
    kind: str, field: str, *, many: bool, required: bool
) -> None:
    found = kind_forms()[kind].field(field)

    assert found is not None
    assert (found.many, found.required) == (many, required)


def test_names_of_people_are_no_field() -> None:
    assert kind_forms()["person"].fields == ()


def test_only_nodes_own_what_points_at_them() -> None:
    assert owned_inversely() == {SV.hasNode}


def test_an_entered_record_says_what_its_row_would_say() -> None:
    made = entry("control", "C1", {"label": "双人勘查", "stage": ["事中"], "risk": ["R1", "R2"]})
    said = {
        (s.subject.rpartition("/")[2], str(s.predicate).rpartition("#")[2], str(s.object))
        for s in made.statements
    }

    base = "https://dutygraph.example/bureau/demo"
    assert said == {
        ("C1", "type", str(SV.Control)),
        ("C1", "http://purl.org/dc/terms/identifier", "C1"),
        ("C1", "label", "双人勘查"),
        ("C1", "stage", str(SV["stage-during"])),
        ("R1", "hasControl", f"{base}/control/C1"),
        ("R2", "hasControl", f"{base}/control/C1"),
    }
    assert {s.cell.file for s in made.statements if s.cell} == {ENTERED}
    assert Cell(ENTERED, "表4 风险与措施", None, "环节") in {s.cell for s in made.statements}


def test_ids_are_made_of_the_fields_where_the_form_makes_them_so() -> None:
    assert entry("holding", None, {"heldPost": "G1", "holder": "P1"}).id == "G1-P1"
    assert entry("score", None, {"scoreOf": "营销部", "year": 2025, "scoreValue": 92}).id == "营销部-2025"
    assert (
        entry("chart-cell", None, {"cellOf": "D1", "cellBusiness": "B1", "cellPost": "G1"}).id == "D1-B1-G1"
    )


def test_a_number_is_given_where_one_is_free() -> None:
    there = {("focus-item", "T1-1"), ("focus-item", "T1-2")}
    found = read_entry(
        kind_forms()["focus-item"],
        None,
        {"taskSheet": "T1", "label": "抽查"},
        NAMES,
        lambda kind, identifier: (kind, identifier) in there,
    )

    assert isinstance(found, Entry)
    assert found.id == "T1-3"


def test_a_person_who_is_only_named_is_registered() -> None:
    mentioned = entry("appointment", "A1", {"appointee": "P9", "tier": 1}).mentioned

    assert {str(s.subject) for s in mentioned} == {NAMES.thing("person", "P9")}


def test_every_problem_is_told_at_once_with_its_column() -> None:
    found = problems("control", None, {"stage": ["事中", "某时"], "ownerPost": [{"x": 1}], "foo": 1})

    assert {(p.field, p.header, p.item) for p in found} == {
        ("foo", "", None),
        ("stage", "环节", 1),
        ("ownerPost", "责任岗位", 0),
    }
    assert all(p.message.zh and p.message.en for p in found)


def test_a_missing_id_and_a_missing_field_are_told() -> None:
    assert [p.field for p in problems("control", None, {})] == ["id"]
    assert {p.field for p in problems("holding", None, {})} == {"heldPost", "holder"}


@pytest.mark.parametrize(
    "value", [[["深"]], {"a": {}}, [{"kind": "risk", "id": "R1"}], float("nan"), 10**400]
)
def test_what_is_no_value_is_refused(value: object) -> None:
    assert {p.field for p in problems("declared-total", "T", {"label": "口径", "declaredValue": value})} == {
        "declaredValue"
    }


def test_a_reference_may_name_its_kind() -> None:
    made = entry("issue", "I1", {"foundIn": {"kind": "plan-item", "id": "J1"}})

    assert NAMES.thing("plan-item", "J1") in {str(s.object) for s in made.statements}


@pytest.mark.parametrize(
    ("fields", "beside", "graph"),
    [
        ({"supervisionKind": "日常监督"}, None, GraphKind.BUSINESS),
        ({"supervisionKind": "飞行监督"}, None, GraphKind.RESTRICTED),
        ({"supervisionKind": "飞行监督"}, Beside({"实际日期": "2025-05-20"}), GraphKind.BUSINESS),
    ],
)
def test_a_plan_item_goes_where_the_rules_of_graphs_say(
    fields: dict[str, object], beside: Beside | None, graph: GraphKind
) -> None:
    assert {s.graph for s in entry("plan-item", "J1", fields, beside).statements} == {graph}


def _example() -> dict[str, list[Statement]]:
    loaded = load([EXAMPLE])
    found: dict[str, list[Statement]] = {}
    for statement in loaded.delta.added:
        found.setdefault(str(statement.subject), []).append(statement)
        found.setdefault(str(statement.object), []).append(statement)
    return found


def test_every_record_of_the_example_can_be_read_and_entered_again() -> None:
    """What the fields show of a record, entered again, states the same triples, no more and no fewer."""
    code = load_workbook(EXAMPLE)["基本信息"]["A2"].value
    names = BureauGraphs("https://dutygraph.example/", str(code))
    statements = _example()
    registered = {iri for iri, said in statements.items() if any(str(s.subject) == iri for s in said)}
    kinds = 0
    for kind in kind_forms().values():
        under = names.bureau if kind.kind == "bureau" else names.thing(kind.kind, "")
        ids = [iri for iri in registered if iri.startswith(under) and (kind.kind != "bureau" or iri == under)]
        kinds += bool(ids)
        for iri in sorted(ids)[:25]:
            _check_round_trip(kind, iri, statements, names, registered)
    assert kinds > 35


def _check_round_trip(
    kind: KindForm, iri: str, statements: dict[str, list[Statement]], names: BureauGraphs, there: set[str]
) -> None:
    inverse = {field.property for field in kind.fields if field.inverse}
    own = {
        (s.subject, s.predicate, s.object)
        for s in statements[iri]
        if (str(s.subject) == iri and s.predicate != SV.hasNode)
        or (str(s.object) == iri and s.predicate in inverse)
    }
    own = {triple for triple in own if triple[1] != SV.extra and "foaf" not in triple[1]}
    subject = next(s.subject for s in statements[iri] if str(s.subject) == iri)
    identifier = names.code if kind.kind == "bureau" else str(subject).rpartition("/")[2]

    def registered(other: str, name: str) -> bool:
        return names.thing(other, name) in there

    values = read_fields(kind, subject, own, names, registered)
    again = read_entry(kind, identifier, values.fields, names, registered)

    assert isinstance(again, Entry), (iri, again)
    assert {(s.subject, s.predicate, s.object) for s in again.statements} == own, iri
