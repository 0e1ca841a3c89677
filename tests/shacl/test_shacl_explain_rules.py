"""Every rule's invalid example is explained to officers; what is proposed mends, in the rule's own shapes."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
from rdflib import RDF, Graph

from dutygraph.check import check
from dutygraph.model import CheckReport, Finding
from dutygraph.ontology import SV, derived_terms
from dutygraph.report import Format, report_bytes
from dutygraph.report.wrapping import width_of
from dutygraph.shacl import Explanation, explain, validate
from dutygraph.shacl.explaining import Triple, as_lines, facts_of, is_partial
from dutygraph.shapes import RuleFolder, load_shapes, rule_folders
from dutygraph.sources import open_source

FOLDERS = [folder for folder in rule_folders() if not folder.dataset]
EXPECTATIONS = (SV.expectedGap, SV.expectedFocus, SV.expectedValue, SV.alsoBreaks)

# Rules of which each gap of the invalid example is mended by entering or striking out something; the others
# ask what is derived, compare persons, count, or set conditions on what is missing.
MENDED = (
    *("R01", "R02", "R03", "R04", "R05", "R07", "R09", "R11", "R17", "R23", "R29", "R32", "R33", "R40"),
    *(
        "R41",
        "R48",
        "R49",
        "R50",
        "R51",
        "R52",
        "R54",
        "R55",
        "R57",
        "R58",
        "R60",
        "R61",
        "R64",
        "R65",
        "R68",
    ),
    *("R73", "R75", "R77", "R78"),
)


def is_derived(triple: Triple) -> bool:
    term = triple[2] if triple[1] == RDF.type else triple[1]
    return term in derived_terms()


def example(folder: RuleFolder) -> Graph:
    graph = Graph().parse(data=folder.invalid, format="turtle")
    for predicate in EXPECTATIONS:
        graph.remove((None, predicate, None))
    return graph


@cache
def explained(name: str) -> tuple[Graph, Graph, tuple[Explanation, ...]]:
    [folder] = [folder for folder in FOLDERS if folder.name == name]
    data, shapes = example(folder), load_shapes({name[:3]})
    report = validate(data, shapes, engine="compiled")
    return data, shapes, explain(report, data, shapes, derived=is_derived)


@pytest.mark.parametrize("name", [folder.name for folder in FOLDERS])
def test_every_invalid_example_is_explained(name: str) -> None:
    data, _, explanations = explained(name)
    assert explanations
    for explanation in explanations:
        assert as_lines(explanation, "zh")[0].startswith("为什么：")
        assert not is_partial(explanation.cause)
        facts = facts_of(explanation.cause)
        assert all(fact.triple in data for fact in facts)
        # Where nothing was read, something is missing.
        assert facts or re.search("至少要有|一项都不符合", explanation.cause.says.zh)
        assert all(fact.derived == is_derived(fact.triple) for fact in facts)


@pytest.mark.parametrize("name", [folder.name for folder in FOLDERS])
def test_what_is_proposed_mends(name: str) -> None:
    data, shapes, explanations = explained(name)
    before = validate(data, shapes, engine="compiled").results
    for explanation in explanations:
        repair = explanation.repair
        if repair is None:
            continue
        assert not any(map(is_derived, (*repair.added, *repair.removed)))
        mended = Graph() + data
        for triple in repair.removed:
            mended.remove(triple)
        for triple in repair.added:
            mended.add(triple)
        after = validate(mended, shapes, engine="compiled").results
        assert explanation.result not in after
        focus = explanation.result.focus_node
        assert {r for r in after if r.focus_node == focus} <= set(before)


@pytest.mark.parametrize("rule", MENDED)
def test_rules_whose_gaps_can_be_mended(rule: str) -> None:
    [name] = [folder.name for folder in FOLDERS if folder.name.startswith(rule)]
    assert all(explanation.repair is not None for explanation in explained(name)[2])


@cache
def checked() -> CheckReport:
    with resources.as_file(resources.files("dutygraph.examples").joinpath("bureau", "bureau.xlsx")) as book:
        source = open_source([Path(book)])
    return check(source.store, source.names, as_of=date(2025, 12, 31), explain=True)


def gap(rule: str) -> Finding:
    return next(finding for finding in checked().findings if finding.rule == rule)


def lines(rule: str, lang: str = "zh") -> list[str]:
    explanation = gap(rule).explanation
    assert explanation is not None
    return explanation.text.in_language(lang).splitlines()


def test_officers_are_told_in_their_own_words() -> None:
    assert lines("R01") == [
        "为什么：查到的和没有查到的合起来，正是规则所说的情形",
        "  没有这样的记录：消缺时收受运维商礼品（R20-03） 的 对应措施 是 某甲",
        "  没有这样的记录：消缺时收受运维商礼品（R20-03） 的 风险状态 是 已消除",
        "依据：",
        "  消缺时收受运维商礼品（R20-03） — 类别 — 廉洁风险点",
        "最小改动（已验证）：",
        "  新增：消缺时收受运维商礼品（R20-03） — 对应措施 — 〔待填：防控措施〕",
    ]


def test_a_person_who_checks_themselves_is_told_by_the_derived_holding() -> None:
    assert lines("R18")[:7] == [
        "为什么：查到了规则所说的情形",
        "依据：",
        "  监督员任命A14 — 监督业务 — 基建项目设计变更管理（B06）",
        "  监督员任命A14 — 被任命人 — 人员P030",
        "  人员P030 — 任职岗位 — 设计审查员（G21）（推导得出）",
        "  变更审查（B06-N02） — 执行岗位 — 设计审查员（G21）",
        "  基建项目设计变更管理（B06） — 包含节点 — 变更审查（B06-N02）",
    ]
    assert lines("R18", "en")[0] == "why: the query found the case that the rule speaks of"


def test_no_iri_is_shown_to_officers() -> None:
    for finding in checked().findings:
        assert finding.explanation is not None
        for text in (finding.explanation.text.zh, finding.explanation.text.en):
            assert not re.search(r"https?://|<|_:|urn:|tag:", text), text


def test_nothing_that_only_hides_a_gap_is_proposed() -> None:
    told = "\n".join(f.explanation.text.zh for f in checked().findings if f.explanation)
    proposed = [
        line for line in told.splitlines() if "新增：" in line or "删除：" in line or "改删：" in line
    ]
    assert proposed
    evasive = ("已消除", "评估无风险", "惩处", "监督员级别", "推导")
    assert [line for line in proposed if any(word in line for word in evasive)] == []
    assert not any("删除：" in line and "期限" in line for line in proposed)


def test_the_explanation_stands_in_table_and_json_and_only_when_asked() -> None:
    table = report_bytes(checked(), Format.TABLE, "zh").decode()
    assert "最小改动（已验证）：" in table
    assert all(width_of(line) <= 80 for line in table.splitlines())
    assert b'"noRepair"' in report_bytes(checked(), Format.JSON, "zh")
    assert gap("R01").explanation is not None
