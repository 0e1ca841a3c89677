"""The double-key chart of the example bureau, beside the same worked out from the workbook alone."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from dutygraph import examples
from dutygraph.charts.double_key import ChartFilter, DoubleKeyCell, DoubleKeyChart, double_key_chart
from dutygraph.charts.process import Part
from dutygraph.charts.reading import Reading
from dutygraph.model import Finding
from tests.charts.small import a_bureau
from tests.questions.workbook import Workbook, items

COLUMNS = {Part.PERFORM: "执行岗位", Part.MANAGE: "管理岗位", Part.APPROVE: "审批岗位"}
Place = tuple[str, str]


@pytest.fixture(scope="module")
def chart(reading: Reading, findings: tuple[Finding, ...]) -> DoubleKeyChart:
    return double_key_chart(reading, findings)


@pytest.fixture(scope="module")
def crossing(book: Workbook) -> dict[Place, dict[Part, set[str]]]:
    """Nodes by (business, key post) and part."""
    found: dict[Place, dict[Part, set[str]]] = defaultdict(lambda: {part: set() for part in Part})
    for node, row in book.nodes.items():
        for part, column in COLUMNS.items():
            for post in items(row[column]):
                for business in items(row["业务编号"]):
                    if post in key_posts(book) and business in book.businesses:
                        found[business, post][part].add(node)
    return dict(found)


def key_posts(book: Workbook) -> set[str]:
    return {post for post, row in book.posts.items() if row["常设关键"] == "是"}


def by_place(chart: DoubleKeyChart) -> dict[Place, DoubleKeyCell]:
    return {(cell.business.id, cell.post.id): cell for cell in chart.cells}


def test_the_axes_are_the_businesses_and_the_standing_key_posts(
    chart: DoubleKeyChart, book: Workbook
) -> None:
    assert [one.thing.id for one in chart.businesses] == sorted(book.businesses)
    assert [one.thing.id for one in chart.posts] == sorted(key_posts(book))
    assert len(chart.businesses) == 33  # F5
    assert len(chart.posts) == 35  # F4


def test_the_axes_tell_stars_and_departments(chart: DoubleKeyChart, book: Workbook) -> None:
    for one in chart.businesses:
        assert one.star == book.stars.effective(one.thing.id), one.thing.id
        assert [d.id for d in one.departments] == sorted(items(book.businesses[one.thing.id]["主管部门"]))
    for post in chart.posts:
        assert post.star == book.stars.computed(post.thing.id), post.thing.id
        assert [d.id for d in post.departments] == [book.posts[post.thing.id]["部门"]]


def test_the_axis_tells_why_there_is_no_star(chart: DoubleKeyChart) -> None:
    said = {one.thing.id: one.unrated.zh for one in chart.businesses if one.star is None and one.unrated}
    assert said == {"B33": "未评估"}  # D1: the 33rd is not rated, and not one-star
    rated = [one for one in (*chart.businesses, *chart.posts) if one.star is not None]
    assert [one.thing.id for one in rated if one.unrated is not None] == []


def test_the_axis_names_the_supervisors_by_tier(chart: DoubleKeyChart, book: Workbook) -> None:
    for one in chart.businesses:
        found = {
            tier: {(each.appointment.id, each.person.id if each.person else None) for each in those}
            for tier, those in (one.supervisors or {}).items()
        }
        assert found == {
            tier: {(a, book.appointments[a]["人员"]) for a in book.supervisors(one.thing.id, tier)}
            for tier in (1, 2, 3)
        }


def test_a_cell_holds_the_posts_part_in_the_business(
    chart: DoubleKeyChart, book: Workbook, crossing: dict[Place, dict[Part, set[str]]]
) -> None:
    computed = {place: cell for place, cell in by_place(chart).items() if cell.nodes}
    assert computed.keys() == crossing.keys()
    for place, cell in computed.items():
        nodes = set().union(*crossing[place].values())
        stars = [star for node in nodes if (star := book.stars.effective(node)) is not None]
        risks = {risk for risk in book.active_risks if book.risk_nodes[risk] & nodes}
        assert dict(cell.parts) == {part: len(those) for part, those in crossing[place].items()}
        assert {node.id for node in cell.nodes} == nodes
        assert cell.key_nodes == len(nodes & book.key_nodes)
        assert cell.three_star_nodes == stars.count(3)
        assert cell.star == max(stars, default=None)
        assert cell.risks == len(risks)


def test_declared_cells_stand_beside_computed_ones(chart: DoubleKeyChart, book: Workbook) -> None:
    declared = {
        (row["业务编号"], row["岗位编号"]): int(row["星级"]) if row["星级"] else None
        for row in book["双关键图"]
    }
    registered = {place: star for place, star in declared.items() if place[1] in book.posts}
    assert {p: c.declared_star for p, c in by_place(chart).items() if c.declared} == registered
    assert [(cell.business and cell.business.id, cell.post and cell.post.id) for cell in chart.stray] == [
        place for place in declared if place not in registered
    ]
    assert len(chart.stray) == 1  # G99, the example's fault R32


def test_gaps_lie_where_their_focus_does(
    reading: Reading, chart: DoubleKeyChart, findings: tuple[Finding, ...], book: Workbook
) -> None:
    told = {finding.id: (finding.rule, finding.focus.id) for finding in findings}
    expected: dict[Place, Counter[tuple[str, str]]] = defaultdict(Counter)
    for rule, focus in expected_gaps():
        for place in places_of(book, focus):
            expected[place][rule, focus] += 1
    whole = by_place(double_key_chart(reading, findings, ChartFilter(all_posts=True)))
    for place, cell in whole.items():
        assert Counter(told[gap] for gap in cell.gaps) == expected[place], place
    on_axes = Counter(told[gap] for one in (*chart.businesses, *chart.posts) for gap in one.gaps)
    axes = {*book.businesses, *key_posts(book)}
    assert on_axes == Counter(gap for gap in expected_gaps() if gap[1] in axes)
    assert sum(map(len, expected.values())) > 20  # the example does have gaps in cells


def expected_gaps() -> list[tuple[str, str]]:
    file = Path(examples.__file__).parent / "bureau" / "expected.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        return [(row["rule"], row["focus"]) for row in csv.DictReader(lines)]


def places_of(book: Workbook, focus: str) -> set[Place]:
    def of_node(node: str) -> set[Place]:
        row = book.nodes[node]
        posts = {post for column in COLUMNS.values() for post in items(row[column])}
        return {(business, post) for business in items(row["业务编号"]) for post in posts}

    def of_risk(risk: str) -> set[Place]:
        return {place for node in book.risk_nodes[risk] if node in book.nodes for place in of_node(node)}

    if focus in book.nodes:
        return of_node(focus)
    if focus in book.risks:
        return of_risk(focus)
    if focus in book.controls:
        risks = {risk for risk, controls in book.risk_controls.items() if focus in controls}
        owners = book.control_values(focus, "责任岗位")
        businesses = {b for risk in risks for b in book.businesses_of_risk(risk)}
        return {place for risk in risks for place in of_risk(risk)} | {
            (b, post) for b in businesses for post in owners
        }
    issues = {row["问题编号"]: row for row in book["问题整改清单"]}
    if focus in issues and issues[focus]["风险编号"] in book.risks:
        risk, posts = issues[focus]["风险编号"], items(issues[focus]["责任岗位"])
        return {(b, post) for b in book.businesses_of_risk(risk) for post in posts}
    return set()


@pytest.mark.parametrize("star", [0, 1, 2, 3])
def test_a_star_shows_the_businesses_of_that_star(reading: Reading, book: Workbook, star: int) -> None:
    shown = double_key_chart(reading, (), ChartFilter(star=star))
    expected = sorted(b for b in book.businesses if (book.stars.effective(b) or 0) == star)
    assert [one.thing.id for one in shown.businesses] == expected
    assert {cell.business.id for cell in shown.cells} <= set(expected)
    assert [post.thing.id for post in shown.posts] == sorted({cell.post.id for cell in shown.cells})


def test_a_department_shows_the_businesses_it_runs(reading: Reading, book: Workbook) -> None:
    shown = double_key_chart(reading, (), ChartFilter(department="市场营销部"))
    run = sorted(b for b, row in book.businesses.items() if "市场营销部" in items(row["主管部门"]))
    assert [one.thing.id for one in shown.businesses] == run != []


@pytest.mark.parametrize("tier", [1, 2, 3])
def test_a_tier_shows_the_businesses_that_it_supervises(reading: Reading, book: Workbook, tier: int) -> None:
    shown = double_key_chart(reading, (), ChartFilter(tier=tier))
    supervised = sorted(b for b in book.businesses if book.supervisors(b, tier))
    assert [one.thing.id for one in shown.businesses] == supervised != []


def test_other_posts_are_shown_where_asked(reading: Reading, book: Workbook) -> None:
    shown = double_key_chart(reading, (), ChartFilter(all_posts=True))
    assert [post.thing.id for post in shown.posts] == sorted(book.posts)


def test_a_small_chart_told_by_hand() -> None:
    # G1 performs two nodes of B1 and manages one of them too; R2 is retired; B1 × G2 is declared only
    chart = double_key_chart(
        a_bureau("""
            :B1 a sv:Business ; sv:hasNode :N1 , :N2 ; sv:hasStar 2 . :G1 a sv:Post , sv:KeyPost .
            :G2 a sv:Post , sv:KeyPost . :G3 a sv:Post .
            :N1 a sv:ProcessNode , sv:KeyNode ; sv:performedBy :G1 ; sv:managedBy :G1 ; sv:hasStar 3 .
            :N2 a sv:ProcessNode ; sv:performedBy :G1 ; sv:approvedBy :G3 , :G9 ; sv:hasStar 1 .
            :R1 a sv:IntegrityRisk ; sv:atNode :N1 , :N2 .
            :R2 a sv:IntegrityRisk ; sv:atNode :N1 ; sv:riskState sv:risk-retired .
            :C a sv:ChartCell ; sv:cellBusiness :B1 ; sv:cellPost :G2 ; sv:cellStar 1 .
            :D a sv:ChartCell ; sv:cellBusiness :B1 .""")
    )
    cells = {cell.post.id: cell for cell in chart.cells}
    assert set(cells) == {"G1", "G2"}
    assert dict(cells["G1"].parts) == {Part.PERFORM: 2, Part.MANAGE: 1, Part.APPROVE: 0}
    assert (cells["G1"].key_nodes, cells["G1"].three_star_nodes, cells["G1"].star) == (1, 1, 3)
    assert cells["G1"].risks == 1
    assert (cells["G1"].declared, cells["G1"].declared_star) == ((), None)
    assert (cells["G2"].nodes, cells["G2"].star, cells["G2"].declared_star) == ((), None, 1)
    assert [cell.thing.id for cell in chart.stray] == ["D"]
