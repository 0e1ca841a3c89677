"""The forms write what the ontology allows: declared terms, within domain, range and scheme."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rdflib import OWL, RDF, RDFS, XSD, Graph, URIRef
from rdflib.collection import Collection

from dutygraph.ontology import SV, derived_terms, load_ontology, superclasses

FOLDER = Path(__file__).resolve().parents[2] / "loaders" / "columns"
FORMS = sorted(path for path in FOLDER.glob("*.toml") if not path.name.startswith("_"))
DATATYPES = {
    "date": XSD.date, "integer": XSD.integer, "decimal": XSD.decimal, "boolean": XSD.boolean,
    "text": XSD.string, "tier": XSD.integer, "star": XSD.integer,
}  # fmt: skip
Table = dict[str, Any]


@cache
def ontology() -> Graph:
    return load_ontology()


@cache
def form(path: Path) -> Table:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def entity_classes(entity: Table) -> frozenset[URIRef]:
    """Return every class that an entity of a form may have, superclasses included."""
    named = [*entity["classes"], *(name for rule in entity.get("types", []) for name in rule["classes"])]
    classes = {SV[name] for name in named if ":" not in name}
    return frozenset(classes | {above for cls in classes for above in superclasses(cls)})


@cache
def classes_of_kind(kind: str) -> frozenset[URIRef]:
    """Return the classes of the things that a reference of a kind can point at."""
    entities = [entity for path in FORMS for entity in form(path)["entities"]]
    found = {cls for entity in entities if entity["name"] == kind for cls in entity_classes(entity)}
    assert found, f"no form makes a {kind}"
    return frozenset(found)


@cache
def ends(name: str, end: URIRef) -> frozenset[URIRef]:
    """Return the members of a property's domain or range, those of a union one by one."""
    value = ontology().value(SV[name], end)
    assert value is not None, f"sv:{name} is not declared"
    union = ontology().value(value, OWL.unionOf)
    return frozenset([value] if union is None else Collection(ontology(), union))


def fits(classes: frozenset[URIRef], allowed: frozenset[URIRef]) -> bool:
    return bool({*classes, SV.Record} & allowed)


def outputs(path: Path) -> Iterator[tuple[Table, Table, str]]:
    """Yield (column, entity, property) for every statement of ours that a column makes."""
    entities = {entity["name"]: entity for entity in form(path)["entities"]}
    first = next(iter(entities))
    for column in form(path)["columns"]:
        main = {"entity": column.get("entity", first), "property": column.get("property", "")}
        for output in [main, *column.get("also", [])]:
            if output["property"] and ":" not in output["property"]:
                yield column, entities[output["entity"]], output["property"]


def test_there_are_forms() -> None:
    assert len(FORMS) > 25


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_makes_declared_classes(path: Path) -> None:
    for entity in form(path)["entities"]:
        for cls in entity_classes(entity):
            assert (cls, RDF.type, OWL.Class) in ontology(), cls
            assert cls not in derived_terms(), f"{cls} is for rules to state"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_column_is_in_the_domain_of_its_property(path: Path) -> None:
    for column, entity, name in outputs(path):
        holders = classes_of_kind(entity["kind"]) if "kind" in entity else entity_classes(entity)
        if column.get("inverse"):
            holders = frozenset(cls for kind in column["kinds"] for cls in classes_of_kind(kind))
        assert fits(holders, ends(name, RDFS.domain)), f"{column['header']}: sv:{name} on {entity['name']}"
        assert SV[name] not in derived_terms(), f"{column['header']}: sv:{name} is for rules to state"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_column_gives_values_in_the_range_of_its_property(path: Path) -> None:
    for column, entity, name in outputs(path):
        place = f"{column['header']}: sv:{name}"
        allowed = ends(name, RDFS.range)
        if column["type"] in DATATYPES and not column.get("kinds"):
            assert DATATYPES[column["type"]] in allowed, place
        for kind in column.get("kinds", []) if column["type"] == "reference" else []:
            pointed = entity_classes(entity) if column.get("inverse") else classes_of_kind(kind)
            assert fits(pointed, allowed), f"{place} to {kind}"
        if "scheme" in column:
            schemes = set(ontology().objects(SV[name], SV.valueScheme))
            assert SV[column["scheme"]] in schemes, f"{place}, {column['scheme']}"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_other_names_in_a_form_are_declared(path: Path) -> None:
    columns = form(path)["columns"]
    names = {column[key] for column in columns for key in ("value_property", "scheme") if key in column}
    names |= {name for column in columns for name in column.get("flags", {}).values()}
    names |= {n for c in columns if isinstance(c.get("words"), dict) for n in c["words"].values()}
    names |= {link["property"] for link in form(path).get("links", [])}
    assert {name for name in names if (SV[name], RDF.type, None) not in ontology()} == set()
