"""Line charts of the example bureau, beside the same worked out from the workbook in plain Python."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dutygraph.charts.line import LineChart, LineNode, LineSummary, line_chart, line_charts
from dutygraph.charts.process import Part
from dutygraph.charts.reading import Reading, UnknownThingError
from dutygraph.charts.versions import Counts
from dutygraph.model import Finding
from tests.charts.small import a_bureau, iri
from tests.questions.workbook import Workbook, items

COLUMNS = {Part.PERFORM: "执行岗位", Part.MANAGE: "管理岗位", Part.APPROVE: "审批岗位"}
STAGES = {"事前": "stage-before", "事中": "stage-during", "事后": "stage-after"}
Draw = Callable[..., LineChart]


@pytest.fixture(scope="module")
def draw(reading: Reading, findings: tuple[Finding, ...]) -> Draw:
    def drawn(business: str, version: str | None = None) -> LineChart:
        return line_chart(reading, reading.registered("business", business), version, findings)

    return drawn


def chart_rows(book: Workbook, chart: str, column: str) -> set[str]:
    return {value for row in book["线图内容"] if row["线图"] == chart for value in items(row[column])}


def test_hv_business_expansion_has_16_nodes_35_risks_and_35_controls(draw: Draw) -> None:
    chart = draw("B04")  # F19
    risks = [risk for node in chart.nodes for risk in node.risks]
    controls = {control.thing.id for risk in risks for control in risk.controls}
    assert (len(chart.nodes), len(risks), len(controls)) == (16, 35, 35)


@pytest.mark.parametrize("number", range(1, 34))
def test_a_line_shows_what_is_registered(draw: Draw, book: Workbook, number: int) -> None:
    business = f"B{number:02}"
    own = {n: row for n, row in book.nodes.items() if business in items(row["业务编号"])}
    chart = draw(business)
    assert [node.thing.id for node in chart.nodes] == sorted(own, key=lambda n: (int(own[n]["序号"]), n))
    for node in chart.nodes:
        row = own[node.thing.id]
        assert node.key is (node.thing.id in book.key_nodes)
        assert node.star == book.stars.effective(node.thing.id)
        assert {t.id for t in node.following} == {n for n in items(row["下一节点"]) if n in book.nodes}
        for part, column in COLUMNS.items():
            assert {post.id for post in node.posts[part]} == set(items(row[column]))
        at_node = {risk for risk, nodes in book.risk_nodes.items() if node.thing.id in nodes}
        assert {risk.thing.id for risk in node.risks} == at_node
        assert {r.thing.id for r in node.risks if r.retired} == at_node - book.active_risks
        check_controls(book, node)
    assert (chart.unplaced_risks, chart.unplaced_controls) == ((), ())


def check_controls(book: Workbook, node: LineNode) -> None:
    for risk in node.risks:
        assert {c.thing.id for c in risk.controls} == book.risk_controls[risk.thing.id]
        for control in risk.controls:
            stages = book.control_values(control.thing.id, "环节")
            assert set(control.stages) == {STAGES[stage] for stage in stages}
            assert {p.id for p in control.owners} == book.control_values(control.thing.id, "责任岗位")


def test_gaps_stand_where_they_fell(draw: Draw, findings: tuple[Finding, ...]) -> None:
    told = {finding.id: finding.rule for finding in findings}
    nodes = {node.thing.id: node for node in draw("B28").nodes}
    assert "R09" in {told[gap] for gap in nodes["B28-N04"].gaps}  # a key node without a performing post
    risks = {risk.thing.id: risk for node in draw("B20").nodes for risk in node.risks}
    assert "R01" in {told[gap] for gap in risks["R20-03"].gaps}
    controls = {c.thing.id: c for node in draw("B27").nodes for r in node.risks for c in r.controls}
    assert "R03" in {told[gap] for gap in controls["C27-02"].gaps}
    assert "R06" in {told[gap] for gap in draw("B10").business.gaps}
    by_chart = {v.thing.id: v for v in draw("B02").versions}
    assert "R34" in {told[gap] for gap in by_chart["X02-V1"].gaps}  # published without a review


def test_versions_stand_oldest_first_with_what_they_say(draw: Draw, book: Workbook) -> None:
    rows = {row["编号"]: row for row in book["线图"] if row["业务"] == "B04"}
    versions = draw("B04").versions
    assert [version.thing.id for version in versions] == sorted(rows, key=lambda c: rows[c]["编制日期"])
    for version in versions:
        row = rows[version.thing.id]
        assert version.version == row["版本"]
        assert version.state is not None
        assert version.state.zh == row["状态"]
        assert version.current is (row["状态"] == "已发布")
        assert (version.published_on and version.published_on.isoformat()) == (row["发布日期"] or None)
        assert (version.authored_by and version.authored_by.id) == row["编制人"]
        assert version.declared == Counts(*(int(row[f"申报{what}数"]) for what in ("节点", "风险", "措施")))


def test_every_version_counts_what_it_holds(draw: Draw, book: Workbook) -> None:
    for row in book["线图"]:
        version = draw(row["业务"], row["编号"]).shown
        assert version is not None
        counted = Counts(*(len(chart_rows(book, row["编号"], column)) for column in ("节点", "风险", "措施")))
        assert version.counted == counted, row["编号"]
        assert version.agrees is (version.declared == counted)


def test_a_version_shows_only_what_it_holds(draw: Draw, book: Workbook) -> None:
    chart = draw("B04", "V1")
    assert chart.shown is not None
    assert chart.shown.thing.id == "X04-V1"
    assert {node.thing.id for node in chart.nodes} == chart_rows(book, "X04-V1", "节点")
    risks = {risk.thing.id for node in chart.nodes for risk in node.risks}
    assert risks == chart_rows(book, "X04-V1", "风险")
    assert "R04-07" not in risks  # it came with V2
    steps = {(node.thing.id, step.thing.label) for node in chart.nodes for step in node.steps}
    assert steps == {
        (row["节点"], row["监督举措"])
        for row in book["线图内容"]
        if row["线图"] == "X04-V1" and row["监督举措"]
    }


def test_the_list_has_a_line_for_every_business(
    reading: Reading, findings: tuple[Finding, ...], book: Workbook
) -> None:
    found = {line.business.thing.id: line for line in line_charts(reading, findings)}
    current = {row["业务"]: row["编号"] for row in book["线图"] if row["状态"] == "已发布"}
    assert list(found) == sorted(book.businesses)
    for business, line in found.items():
        assert facts(line) == counted(book, business)
        assert (line.current and line.current.thing.id) == current.get(business)
        assert len(line.versions) == sum(row["业务"] == business for row in book["线图"])


def test_the_list_counts_all_gaps_that_a_line_shows(
    reading: Reading, findings: tuple[Finding, ...], draw: Draw
) -> None:
    for line in line_charts(reading, findings):
        chart = draw(line.business.thing.id)
        risks = [risk for node in chart.nodes for risk in node.risks]
        controls = [control for risk in risks for control in risk.controls]
        shown = (chart.business, *chart.versions, *chart.nodes, *risks, *controls)
        assert set(line.gaps) == {gap for one in shown for gap in one.gaps}
        assert len(line.gaps) == len(set(line.gaps))


def facts(line: LineSummary) -> tuple[int, int, int, int]:
    return line.nodes, line.key_nodes, line.risks, line.controls


def counted(book: Workbook, business: str) -> tuple[int, int, int, int]:
    nodes = {n for n, row in book.nodes.items() if business in items(row["业务编号"])}
    risks = {risk for risk in book.active_risks if business in book.businesses_of_risk(risk)}
    controls = set().union(*(book.risk_controls[risk] for risk in risks))
    return len(nodes), len(nodes & book.key_nodes), len(risks), len(controls)


def test_what_a_version_holds_and_no_node_has_is_told_apart() -> None:
    chart = line_chart(
        a_bureau("""
            :B a sv:Business ; sv:hasNode :N1 , :N2 . :N1 a sv:ProcessNode . :N2 a sv:ProcessNode .
            :R1 a sv:IntegrityRisk ; sv:atNode :N1 ; sv:hasControl :C1 .
            :R2 a sv:IntegrityRisk ; sv:atNode :N2 ; sv:hasControl :C2 .
            :C1 a sv:Control . :C2 a sv:Control . :C3 a sv:Control .
            :X a sv:LineChart ; sv:chartOf :B ; sv:chartNode :N1 ; sv:chartRisk :R1 , :R2 , :R9 ;
               sv:chartControl :C2 , :C3 ."""),
        iri("B"),
        "X",
    )
    assert [(node.thing.id, [risk.thing.id for risk in node.risks]) for node in chart.nodes] == [
        ("N1", ["R1"])
    ]
    assert chart.nodes[0].risks[0].controls == ()  # C1 is not in the version
    assert [risk.thing.id for risk in chart.unplaced_risks] == ["R2"]  # its node is not; R9 is unregistered
    assert [control.thing.id for control in chart.unplaced_controls] == ["C3"]


def test_what_the_chart_in_force_lacks_is_marked() -> None:
    chart = line_chart(
        a_bureau("""
            :B a sv:Business ; sv:hasNode :N1 , :N2 . :N1 a sv:ProcessNode . :N2 a sv:ProcessNode .
            :X a sv:LineChart , sv:CurrentLineChart ; sv:chartOf :B ; sv:chartNode :N1 .
            :Y a sv:LineChart ; sv:chartOf :B ; sv:chartNode :N2 ."""),
        iri("B"),
    )
    assert {node.thing.id: node.charted for node in chart.nodes} == {"N1": True, "N2": False}
    bare = line_chart(a_bureau(":B a sv:Business ; sv:hasNode :N . :N a sv:ProcessNode ."), iri("B"))
    assert [node.charted for node in bare.nodes] == [None]  # no chart: nothing to lack


def test_nodes_without_a_number_follow_the_node_before_them() -> None:
    chart = line_chart(
        a_bureau("""
            :B a sv:Business ; sv:hasNode :N1 , :N2 , :N3 , :N4 , :N5 .
            :N3 a sv:ProcessNode ; sv:sequence 1 ; sv:nextNode :N1 . :N1 a sv:ProcessNode ; sv:nextNode :N5 .
            :N5 a sv:ProcessNode ; sv:nextNode :N3 . :N2 a sv:ProcessNode ; sv:sequence 2 .
            :N4 a sv:ProcessNode ."""),
        iri("B"),
    )
    assert [node.thing.id for node in chart.nodes] == ["N3", "N1", "N5", "N2", "N4"]


@pytest.mark.parametrize("version", ["V9", "X05-V1", ""])
def test_an_unknown_version_is_named_with_those_there_are(draw: Draw, version: str) -> None:
    with pytest.raises(UnknownThingError) as caught:
        draw("B04", version)
    assert "X04-V1、X04-V2、X04-V3" in caught.value.text.zh


def test_a_version_text_that_two_charts_share_is_not_guessed() -> None:
    reading = a_bureau("""
        :B a sv:Business . :X a sv:LineChart ; sv:chartOf :B ; sv:version "V1" .
        :Y a sv:LineChart ; sv:chartOf :B ; sv:version "V1" .""")
    with pytest.raises(UnknownThingError):
        line_chart(reading, iri("B"), "V1")
    assert line_chart(reading, iri("B"), "Y").shown is not None
