"""The line chart as a picture: one A3 sheet, nodes in order, controls by stage, holes, versions compared."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dutygraph import examples
from dutygraph.charts.difference import chart_difference
from dutygraph.charts.line import LineChart, line_chart
from dutygraph.charts.reading import Reading
from dutygraph.pictures import Look, Picture, line_difference_picture, line_picture
from tests.charts.small import a_bureau, iri
from tests.pictures.conftest import Bureau
from tests.pictures.seen import SVG, Area, area_of, fits, marks, named, parse, texts

A3_INSIDE = (400.0, 277.0)  # millimetres, within margins of 10
LONG = "核对供电方案与勘查记录并由两人签字确认"
STAGES = ("before", "during", "after")
NODES, RISKS = 16, 35


def big(words: str = LONG) -> Reading:
    """Return a bureau with one business of 16 nodes, 35 risks and 35 controls, each with a long name."""
    lines = [
        ":B1 a sv:Business ; rdfs:label '高压业扩报装管理' ; sv:hasStar 3 .",
        ":H a sv:Post ; rdfs:label '专责' . :I a sv:Post ; rdfs:label '经理' .",
        *(
            f":B1 sv:hasNode :N{n:02} . :N{n:02} a sv:ProcessNode , sv:KeyNode ; sv:sequence {n} ; "
            f"rdfs:label '第{n}个节点的名称' ; sv:hasStar 3 ; sv:performedBy :G{n} ; sv:managedBy :H ; "
            f"sv:approvedBy :I . :G{n} a sv:Post ; rdfs:label '营业受理与现场勘查岗{n}' ."
            for n in range(1, NODES + 1)
        ),
        *(
            f":R{r:02} a sv:IntegrityRisk ; sv:atNode :{node_of(r)} ; rdfs:label '{words}风险{r}' ; "
            f"sv:hasControl :C{r:02} . :C{r:02} a sv:Control ; rdfs:label '{words}措施{r}' ; "
            f"sv:stage sv:stage-{STAGES[r % 3]} ; sv:ownerPost :G{r % NODES + 1} ."
            for r in range(1, RISKS + 1)
        ),
    ]
    return a_bureau("\n".join(lines))


def chart_of(reading: Reading, business: str = "B1", version: str | None = None) -> LineChart:
    return line_chart(reading, iri(business), version)


@pytest.fixture(scope="module")
def sheet() -> Picture:
    return line_picture(chart_of(big()))


def millimetres(picture: Picture) -> float:
    """Return how many millimetres a unit of the picture is, printed on A3 across."""
    return min(A3_INSIDE[0] / picture.width, A3_INSIDE[1] / picture.height)


def test_sixteen_nodes_with_35_risks_fit_one_a3_sheet_and_can_be_read(sheet: Picture) -> None:
    unit = millimetres(sheet)
    smallest = min(line.size for line in texts(parse(sheet.svg)))
    assert sheet.landscape
    assert smallest * unit / 25.4 * 72 >= 5  # points
    assert unit * 11 / 25.4 * 72 >= 6.5  # risks and controls; newspapers print notes in 6
    assert sheet.width * unit >= 0.9 * A3_INSIDE[0]  # it fills the sheet


def test_the_example_of_16_nodes_prints_larger(bureau: Bureau) -> None:
    chart = line_chart(bureau.reading, bureau.iri("business", "B04"), None, bureau.report.findings)
    assert (len(chart.nodes), sum(len(node.risks) for node in chart.nodes)) == (16, 35)  # F19
    picture = line_picture(chart, bureau.report.findings)
    assert 11 * millimetres(picture) / 25.4 * 72 >= 7.5
    fits(parse(picture.svg))


def test_everything_is_there_in_the_order_of_the_flow(sheet: Picture) -> None:
    root = parse(sheet.svg)
    tops = [box(root, f"x/N{n:02}").top for n in range(1, NODES + 1)]
    assert tops == sorted(tops)
    for r in range(1, RISKS + 1):
        node, risk, control = (box(root, f"x/{name}") for name in (node_of(r), f"R{r:02}", f"C{r:02}"))
        assert node.top - 1 <= risk.top < risk.bottom <= node.bottom + 1
        assert control.top < risk.bottom
        assert risk.top < control.bottom
        assert joined(root, f"x/R{r:02}") == f"R{r:02}{LONG}风险{r}"
        assert joined(root, f"x/C{r:02}").startswith(f"{LONG}措施{r}")
        assert f"营业受理与现场勘查岗{r % NODES + 1}" in joined(root, f"x/C{r:02}")
    words = "".join(line.text for line in texts(root))
    assert words.count("执行 营业受理与现场") == NODES
    assert words.count("管理 专责") == words.count("审批 经理") == NODES


def node_of(risk: int) -> str:
    return f"N{(risk - 1) % NODES + 1:02}"


def box(root: ET.Element, identity: str) -> Area:
    rect = named(root, identity)[0].find(f"{SVG}rect")
    assert rect is not None
    return area_of(rect)


def joined(root: ET.Element, identity: str) -> str:
    return "".join(line.text for part in named(root, identity) for line in texts(part))


def test_controls_stand_below_the_head_of_their_stage(sheet: Picture) -> None:
    root = parse(sheet.svg)
    heads = {line.text: line.area for line in texts(root) if line.text.endswith(" 防控措施")}
    assert list(heads) == ["事前 防控措施", "事中 防控措施", "事后 防控措施"]
    columns = list(heads.values())
    for r in range(1, RISKS + 1):
        place = box(root, f"x/C{r:02}")
        head = columns[r % 3]
        assert place.left < (head.left + head.right) / 2 < place.right


def test_no_text_overflows_or_overlaps(sheet: Picture) -> None:
    fits(parse(sheet.svg))


def test_very_long_names_are_cut_within_their_boxes() -> None:
    root = parse(line_picture(chart_of(big("很长" * 300)), look=Look("en", "dark")).svg)
    fits(root)
    assert any(line.text.endswith("…") for line in texts(root))


def expected_gaps(rule: str) -> list[str]:
    file = Path(examples.__file__).parent / "bureau" / "expected.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        return [row["focus"] for row in csv.DictReader(lines) if row["rule"] == rule]


def of_example(bureau: Bureau, business: str) -> ET.Element:
    chart = line_chart(bureau.reading, bureau.iri("business", business), None, bureau.report.findings)
    return parse(line_picture(chart, bureau.report.findings).svg)


def test_a_risk_without_control_is_a_hole_with_a_cross(bureau: Bureau) -> None:
    (risk,) = expected_gaps("R01")
    root = of_example(bureau, f"B{risk[1:3]}")
    (place,) = named(root, f"risk/{risk}")
    assert "缺口 R01" in {line.text for line in texts(place)}
    holes = [part for part in root.iter(f"{SVG}g") if marks(part, "f-hole") and len(part) == 3]
    words = [line.text for part in holes for line in texts(part)]
    assert words.count("没有防控措施") == 1
    assert all(marks(part, "s-gap") == 2 for part in holes)  # dashed, and crossed: not colour alone


def test_a_missing_supervisor_is_a_hole_in_the_strip(bureau: Bureau) -> None:
    missing = set(expected_gaps("R12"))
    assert missing
    for business in ("B04", *missing):
        words = {line.text for line in texts(of_example(bureau, business))}
        assert ("三级监督员 缺" in words) == (business in missing), business


def test_a_business_without_gaps_has_no_mark_of_any(bureau: Bureau) -> None:
    root = of_example(bureau, "B03")
    legend = {line.text for line in texts(root)}
    assert "缺口及所违反的规则" in legend
    assert not any(text.startswith("缺口 R") for text in legend)


def charts(older: str, newer: str) -> Reading:
    """Return a bureau whose business has two versions of its chart, V1 and V2."""
    return a_bureau(f"""
        :B1 a sv:Business ; sv:hasNode :N1 , :N2 , :N3 .
        :N1 a sv:ProcessNode ; sv:sequence 1 . :N2 a sv:ProcessNode ; sv:sequence 2 .
        :N3 a sv:ProcessNode ; sv:sequence 3 .
        :R1 a sv:IntegrityRisk ; sv:atNode :N1 ; sv:hasControl :C1 , :C2 .
        :R2 a sv:IntegrityRisk ; sv:atNode :N2 ; sv:hasControl :C3 .
        :R3 a sv:IntegrityRisk ; sv:atNode :N3 .
        :C1 a sv:Control ; sv:stage sv:stage-before ; sv:ownerPost :G . :G a sv:Post .
        :C2 a sv:Control ; sv:stage sv:stage-after ; sv:ownerPost :G .
        :C3 a sv:Control ; sv:stage sv:stage-during ; sv:ownerPost :G .
        :X1 a sv:LineChart ; sv:chartOf :B1 ; sv:version "V1" ; {older} .
        :X2 a sv:LineChart ; sv:chartOf :B1 ; sv:version "V2" ; {newer} .
    """)


def test_versions_compared_mark_what_was_added_removed_and_changed() -> None:
    reading = charts(
        "sv:chartNode :N1 , :N2 ; sv:chartRisk :R1 , :R2 ; sv:chartControl :C1 , :C3",
        "sv:chartNode :N1 , :N3 ; sv:chartRisk :R1 , :R3 ; sv:chartControl :C1 , :C2",
    )
    older, newer = (chart_of(reading, version=version) for version in ("V1", "V2"))
    difference = chart_difference(reading, iri("B1"), "V1", "V2")
    picture = line_difference_picture(older, newer, difference)
    root = parse(picture.svg)
    signs = {"added": "＋", "removed": "－", "changed": "～"}
    expected = {"N1": "changed", "N2": "removed", "N3": "added", "R1": "changed", "R2": "removed"}
    expected |= {"R3": "added", "C1": None, "C2": "added", "C3": "removed"}
    for name, change in expected.items():
        (part,) = named(root, f"x/{name}")
        shown = {line.text for line in texts(part)} & set(signs.values())
        assert shown == ({signs[change]} if change else set()), name
        struck = [text for text in part.iter(f"{SVG}text") if text.get("text-decoration") == "line-through"]
        assert bool(struck) == (change == "removed"), name
    tops = [box(root, f"x/{name}").top for name in ("N1", "N2", "N3")]
    assert tops == sorted(tops)
    fits(root)
    assert "节点 ＋1 －1 ＝1" in picture.description


def test_the_example_chart_of_b04_grew_by_two_risks(bureau: Bureau) -> None:
    business = bureau.iri("business", "B04")
    older, newer = (line_chart(bureau.reading, business, version) for version in ("V1", "V2"))
    picture = line_difference_picture(older, newer, chart_difference(bureau.reading, business, "V1", "V2"))
    signed = [
        part.get("data-id", "").partition("/")[0]
        for part in parse(picture.svg).iter(f"{SVG}g")
        if "＋" in {line.text for line in texts(part)} and part.get("data-id")
    ]
    assert sorted(signed) == ["control", "control", "risk", "risk"]
    fits(parse(picture.svg))


def test_what_a_version_holds_and_no_node_has_is_told() -> None:
    reading = charts("sv:chartNode :N1", "sv:chartNode :N1 ; sv:chartRisk :R3 ; sv:chartControl :C3")
    words = "".join(line.text for line in texts(parse(line_picture(chart_of(reading, version="V2")).svg)))
    assert "没有落在其节点上的内容：C3、R3" in words or "没有落在其节点上的内容：R3、C3" in words


def test_supervisors_that_may_not_be_known_are_no_hole(bureau: Bureau) -> None:
    business = expected_gaps("R12")[0]
    chart = line_chart(bureau.reading, bureau.iri("business", business), None, ())
    words = {line.text for line in texts(parse(line_picture(chart).svg))}
    assert "三级监督员 无" in words  # no gap is known: it is told, and not marked
