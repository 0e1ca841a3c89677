"""The forms are data; these tests hold the data together."""

from __future__ import annotations

from dataclasses import fields
from itertools import chain

import pytest
from rdflib import RDF, RDFS, URIRef

from dutygraph.loaders import ColumnForm, SheetForm, column_of, sheet_forms
from dutygraph.loaders.catalogue import form_of
from dutygraph.loaders.messages import _catalogue, say
from dutygraph.loaders.values import _READERS
from dutygraph.ontology import SV, derived_terms, load_ontology

FORMS = sheet_forms()
COLUMNS = [(form, column) for form in FORMS for column in form.columns]
KINDS = {entity.kind for form in FORMS for entity in form.entities}


def test_there_are_forms() -> None:
    numbered = [form.name for form in FORMS if form.name.startswith("表")]
    assert [name.split()[0] for name in numbered] == [f"表{n}" for n in range(1, 11)]
    asked = "基本信息 部门 党支部 党内职务 线图 线图内容 双关键图 星级说明 改进措施 自查 上报记录 监督案例"
    assert {*asked.split(), "规则豁免", "不一致登记", "姓名对照"} <= {form.name for form in FORMS}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_only_names_columns_and_things_that_it_has(form: SheetForm) -> None:
    headers = {column.header for column in form.columns}
    entities = {entity.name for entity in form.entities}
    assert len(headers) == len(form.columns)
    assert set(form.key) | set(form.one_of) <= headers
    for entity in form.entities:
        used = set(chain.from_iterable(template.columns for template in entity.ids))
        used |= {condition.column for condition in entity.when} | set(entity.number_by)
        used |= {rule.condition.column for rule in entity.types}
        used |= {condition.column for rule in entity.graphs for condition in rule.when}
        used |= {name for name in (entity.each, entity.number_column) if name}
        assert used <= headers
        assert entity.graph_as is None or entity.graph_as in entities
    for link in form.links:
        assert {link.subject, link.object} <= entities


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_conditions_ask_for_words_that_can_stand_there(form: SheetForm) -> None:
    for entity in form.entities:
        rules = chain(
            entity.when,
            (rule.condition for rule in entity.types),
            (condition for rule in entity.graphs for condition in rule.when),
        )
        for condition in rules:
            column = form.column(condition.column)
            known = {"是", "否"} if column.type == "boolean" else set(column.words)
            assert condition.words - {""} <= known


@pytest.mark.parametrize(("form", "column"), COLUMNS, ids=lambda x: getattr(x, "name", None) or x.header)
def test_a_column_is_explained_and_of_a_known_type(form: SheetForm, column: ColumnForm) -> None:
    assert column.help.zh
    assert column.help.en
    assert column.type in _READERS
    assert set(column.kinds) <= KINDS
    assert (column.type == "reference") == (bool(column.kinds) and column.type != "year")
    assert {output.entity for output in column.outputs} <= {entity.name for entity in form.entities}
    assert not column.words or column.type == "words"
    used = {name for entity in form.entities for rule in entity.types for name in [rule.condition.column]}
    used |= {name for entity in form.entities for template in entity.ids for name in template.columns}
    used |= {name for entity in form.entities if (name := entity.number_column)}
    used |= {header for other in form.columns if other.kind_by for header in [other.kind_by[0]]}
    assert column.outputs or column.header in used, "the column says nothing"


def test_every_term_is_in_the_ontology_and_none_is_derived() -> None:
    ontology = load_ontology()
    terms = {output.property for _, column in COLUMNS for output in column.outputs}
    terms |= {name for _, column in COLUMNS for name in (*column.flags.values(), *column.terms.values())}
    terms |= {name for form in FORMS for entity in form.entities for name in entity.all_classes}
    terms |= {link.property for form in FORMS for link in form.links}
    ours = {term for term in terms if term.startswith(str(SV))}
    counted = {name for _, column in COLUMNS for name in column.terms.values()}
    assert {term for term in ours if (term, RDF.type, None) not in ontology} == set()
    assert {term for term in ours if (term, RDFS.label, None) not in ontology} == set()
    assert (ours - counted) & derived_terms() == set()


def test_sheets_are_known_with_and_without_their_number() -> None:
    for name in (
        "表1 业务清单",
        "业务清单",
        "表1业务清单",
        "表 1　业务清单",
        "１．业务清单",
        "附表1-业务清单",
    ):
        form = form_of(name)
        assert form is not None
        assert form.name == "表1 业务清单"
    assert form_of("Sheet1") is None
    assert {form_of(form.name) for form in FORMS if form_of(form.name) is None} == set()


@pytest.mark.parametrize(
    ("term", "sheet", "header"),
    [
        ("runBy", "表1 业务清单", "主管部门"),
        ("hasControl", "表4 风险与措施", "措施编号"),
        ("ownerPost", "风险与措施", "责任岗位"),
        ("hasFocus", "表7 月度监督任务单", "重点内容"),
        ("newRisk", "表8 问题整改清单", "风险编号"),
        ("organisedBy", "表6 年度计划与检查安排", "组织人"),
        ("tier", "表1 业务清单", None),
        ("runBy", "别的表", None),
    ],
)
def test_column_of_says_where_a_property_is_written(term: str, sheet: str, header: str | None) -> None:
    assert column_of(str(SV[term]), sheet) == header
    assert column_of(URIRef(SV[term]), sheet) == header


def test_messages_stand_in_both_languages_with_the_same_blanks() -> None:
    for key, entry in _catalogue().items():
        assert set(entry) == {"zh", "en"}, key
        blanks = [{part.split("}")[0] for part in text.split("{")[1:]} for text in entry.values()]
        assert blanks[0] == blanks[1], key
    with pytest.raises(KeyError):
        say("no-such-message")


def test_forms_are_frozen() -> None:
    assert fields(SheetForm)
    with pytest.raises(AttributeError):
        FORMS[0].name = "x"  # type: ignore[misc]
