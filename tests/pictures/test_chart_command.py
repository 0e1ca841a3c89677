"""``dutygraph chart`` through the command: forms, choices, what is told when something is not there."""

from __future__ import annotations

import io
from pathlib import Path

import networkx as nx
import pytest

from tests.cli.door import ledger, run
from tests.pictures.seen import named, parse, texts


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ledger(tmp_path_factory.mktemp("chart") / "局台账.xlsx")


def words(svg: str) -> set[str]:
    return {line.text for line in texts(parse(svg))}


def test_the_double_key_chart_as_svg_on_standard_output(book: Path) -> None:
    root = parse(run("chart", "double-key", book).stdout)
    assert len(named(root, "cell/B04/G12")) == 1
    assert "“双关键”监督图" in {line.text for line in texts(root)}
    assert "示例区供电局 · 数据日期 2025-12-31" in {line.text for line in texts(root)}


def test_the_double_key_chart_of_some_businesses_in_english(book: Path, tmp_path: Path) -> None:
    target = tmp_path / "chart.svg"
    run("chart", "double-key", book, "--star", 1, "--lang", "en", "--theme", "dark", "-o", target)
    root = parse(target.read_text(encoding="utf-8"))
    assert (len(named(root, "business/B05")), len(named(root, "business/B04"))) == (1, 0)
    assert "Double-key chart" in {line.text for line in texts(root)}


def test_the_line_chart_by_id_or_name_marks_its_hole(book: Path, tmp_path: Path) -> None:
    target = tmp_path / "线图.html"
    run("chart", "line", book, "--business", "高压业扩报装管理", "-o", target)
    page = target.read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "@page { size: A3 landscape" in page
    svg = run("chart", "line", book, "--business", "B04").stdout
    assert {"没有防控措施", "缺口 R01 R71", "三级监督员 缺"} <= words(svg)


def test_the_responsibility_net_as_graph_data(book: Path, tmp_path: Path) -> None:
    for name, read in (("net.graphml", nx.read_graphml), ("net.gexf", nx.read_gexf)):
        target = tmp_path / name
        run("chart", "responsibility", book, "--of", "R04-01", "--depth", 2, "-o", target)
        graph = read(target)
        assert graph.nodes["risk/R04-01"]["label"] == "R04-01 勘查时暗示施工单位"
        assert {"node/B04-N01", "business/B04", "post/G12"} <= set(graph)
        assert sum(bool(found["missing"]) for _, found in graph.nodes(data=True)) == 1


def test_persons_are_named_only_where_asked_for(book: Path) -> None:
    asked = ("chart", "responsibility", book, "--of", "G12")
    assert "P011" not in run(*asked).stdout
    assert "P011" in run(*asked, "--people").stdout


def test_the_example_of_a_rule_needs_no_ledger(tmp_path: Path) -> None:
    assert "缺口" in words(run("chart", "rule", "r01").stdout)
    assert "缺口" not in words(run("chart", "rule", "R01", "--conforming").stdout)
    target = tmp_path / "rule.bin"
    run("chart", "rule", "R01", "--format", "graphml", "-o", target)
    assert len(nx.read_graphml(io.BytesIO(target.read_bytes()))) > 5


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("line", "--business", "高压业扩报装"), "相近的有：B04 高压业扩报装管理"),
        (("line", "--business", "B040"), "台账中没有“B040”。相近的有：B04 高压业扩报装管理"),
        (("line", "--business", "B04", "--version", "V9"), "线图没有唯一的版本“V9”"),
        (("responsibility", "--of", "客户经里"), "相近的有：G12 客户经理"),
        (("double-key", "--department", "营销"), "台账中没有“营销”。相近的有：营销部"),
    ],
)
def test_what_is_not_there_is_told_with_what_is_near(book: Path, asked: tuple[str, ...], told: str) -> None:
    name, *options = asked
    assert told in run("chart", name, book, *options, code=2).stderr.replace("\n", "")


def test_other_errors_change_nothing(book: Path, tmp_path: Path) -> None:
    before = book.read_bytes()
    assert "没有规则R99" in run("chart", "rule", "R99", code=2).stderr
    assert "以 .svg、.html、.graphml、.gexf 结尾" in run("chart", "rule", "R01", "-o", "x.png", code=2).stderr
    assert "不能用结果覆盖" in run("chart", "double-key", book, "--format", "svg", "-o", book, code=2).stderr
    assert run("chart", "line", tmp_path / "没有.xlsx", "--business", "B04", code=2).stderr
    assert book.read_bytes() == before
