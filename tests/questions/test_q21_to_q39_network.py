"""Q34–Q37: the responsibility graph, built here from the workbook by other code than the product's."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

import networkx as nx
import pytest

from tests.questions.conftest import Rows
from tests.questions.workbook import TIERS, Answered, Workbook, items

COLUMNS = ("执行岗位", "管理岗位", "审批岗位")
Vertex = tuple[str, str]


def posts_of_node(book: Workbook, node: str) -> set[str]:
    return {post for column in COLUMNS for post in items(book.nodes[node][column])} & set(book.posts)


def touches(book: Workbook) -> dict[str, tuple[set[str], set[str]]]:
    """The businesses and the active risks that each post touches."""
    found: dict[str, tuple[set[str], set[str]]] = {post: (set(), set()) for post in book.posts}
    for node, row in book.nodes.items():
        for post in posts_of_node(book, node):
            found[post][0].update(items(row["业务编号"]))
            found[post][1].update(risk for risk in book.active_risks if node in book.risk_nodes[risk])
    for risk, controls in book.risk_controls.items():
        for owner in {o for control in controls for o in book.control_values(control, "责任岗位")}:
            found[owner][0].update(book.businesses_of_risk(risk))
            found[owner][1].update({risk} & book.active_risks)
    return found


def test_q34_degree(book: Workbook, rows: Rows) -> None:
    counted = [(post, len(businesses), len(risks)) for post, (businesses, risks) in touches(book).items()]
    counted.sort(key=lambda row: (-row[1] - row[2], -row[2], row[0]))
    assert rows("Q34") == [
        (post, book.posts[post]["部门"], str(businesses + risks), str(businesses), str(risks))
        for post, businesses, risks in counted
    ]


@pytest.fixture(scope="module")
def graph(book: Workbook) -> nx.Graph[Vertex]:
    """Risk–control–post–person, node–post, business–appointment; business–node and node–risk join them."""
    made: nx.Graph[Vertex] = nx.Graph()
    for node, row in book.nodes.items():
        join(made, ("node", node), "business", items(row["业务编号"]))
        join(made, ("node", node), "post", posts_of_node(book, node))
    for risk in book.active_risks:
        join(made, ("risk", risk), "node", book.risk_nodes[risk])
        join(made, ("risk", risk), "control", book.risk_controls[risk])
    for control in book.controls:
        join(made, ("control", control), "post", book.control_values(control, "责任岗位"))
    for post, person in book.holdings:
        join(made, ("post", post), "person", [person])
    for business in book.businesses:
        join(made, ("business", business), "appointment", book.supervisors(business, 1, 2, 3))
    return made


def join(graph: nx.Graph[Vertex], vertex: Vertex, kind: str, others: Iterable[str]) -> None:
    for other in others:
        graph.add_edge(vertex, (kind, other))


def departments_joined(book: Workbook, post: str) -> set[str]:
    run = {d for b in touches(book)[post][0] for d in items(book.businesses[b]["主管部门"])}
    return (run | {book.posts[post]["部门"]}) & set(book.departments)


def splits(graph: nx.Graph[Vertex], vertex: Vertex) -> bool:
    """Whether the graph without the vertex has two parts of two and more nodes where there was one."""
    part = nx.node_connected_component(graph, vertex)
    rest = graph.subgraph(part - {vertex})
    return sum(len(piece) > 1 for piece in nx.connected_components(rest)) > 1


def test_q35_bridges(book: Workbook, graph: nx.Graph[Vertex], rows: Rows) -> None:
    central = nx.betweenness_centrality(graph)
    expected = []
    for post in book.posts:
        joined = departments_joined(book, post)
        if len(joined) < 2:
            continue
        exact = Decimal(central.get(("post", post), 0)).quantize(Decimal("0.000001"))
        shown = exact.quantize(Decimal("0.0001"), ROUND_HALF_UP).normalize()
        cells = (post, book.posts[post]["部门"], str(len(joined)), f"{shown:f}")
        expected.append((-exact, post, (*cells, str(int(splits(graph, ("post", post)))))))
    assert rows("Q35") == [row for _, _, row in sorted(expected)]
    assert len(expected) > 5


def paths_up(book: Workbook, risk: str) -> list[tuple[str, ...]]:
    """Every way from a risk to tier 1 that passes current supervisors of its own businesses only."""
    own = {a for b in book.businesses_of_risk(risk) for a in book.supervisors(b, 1, 2, 3)}

    def tier(appointment: str) -> int:
        return TIERS[book.appointments[appointment]["级别"]]

    def climb(path: tuple[str, ...]) -> list[tuple[str, ...]]:
        last = path[-1]
        if tier(last) == 1:
            return [path]
        business = set(items(book.appointments[last]["监督业务"]))
        above = {a for a in own if tier(a) == tier(last) - 1}
        shared = {a for a in above if business & set(items(book.appointments[a]["监督业务"]))}
        return [way for higher in shared for way in climb((*path, higher))]

    return [
        way
        for control in book.risk_controls[risk]
        for post in book.control_values(control, "责任岗位")
        for held, person in book.holdings
        if held == post
        for supervisor in own
        if book.appointments[supervisor]["人员"] != person
        for way in climb((risk, control, post, person, supervisor))
    ]


def missing_link(book: Workbook, risk: str) -> str:
    controls = book.risk_controls[risk]
    owners = {post for control in controls for post in book.control_values(control, "责任岗位")}
    if not controls:
        return "hasControl"
    if not owners:
        return "ownerPost"
    return "supervisedAtTier1" if any(post in owners for post, _ in book.holdings) else "holder"


def shortest(book: Workbook, business: str | None = None) -> Answered:
    broken, whole = [], []
    for risk in sorted(book.active_risks):
        ways = paths_up(book, risk)
        best = min(ways, key=lambda way: (len(way), way[-1], way), default=None)
        for of in sorted(book.businesses_of_risk(risk)):
            if business not in {None, of}:
                continue
            if best is None:
                broken.append((risk, of, None, None, missing_link(book, risk)))
            else:
                whole.append((len(best) - 1, risk, of, " → ".join(best)))
    whole.sort(key=lambda row: (-row[0], row[1], row[2]))
    return [*broken, *((risk, of, str(steps), route, None) for steps, risk, of, route in whole)]


def test_q36_shortest_paths(book: Workbook, rows: Rows) -> None:
    assert rows("Q36") == shortest(book)
    assert rows("Q36", business="B07") == shortest(book, "B07")


def test_q36_worked_by_hand(rows: Rows) -> None:
    # R08-01 is lowered by C08-01 of G41, held by P060 alone; B08 has A05 of tier 1.
    assert rows("Q36", risk="R08-01") == [("R08-01", "B08", "4", "R08-01 → C08-01 → G41 → P060 → A05", None)]
    answered = rows("Q36")
    # R07-03 rests on C07-03 of G23, vacant since October; R20-03 has no control, C27-02 no owner.
    assert ("R07-03", "B07", None, None, "holder") in answered
    assert ("R20-03", "B20", None, None, "hasControl") in answered
    assert ("R27-02", "B27", None, None, "ownerPost") in answered
    # R07-01: P037 of G22 works in B05, too, but A02 answers for B07 as well as A01: the first by id.
    assert ("R07-01", "B07", "4", "R07-01 → C07-01 → G22 → P037 → A01", None) in answered
    # R14-03 has been retired.
    assert not any(row[0] == "R14-03" for row in answered)


def pairs(book: Workbook, least: int) -> Answered:
    in_business: dict[str, set[str]] = {business: set() for business in book.businesses}
    for node, row in book.nodes.items():
        for business in items(row["业务编号"]):
            in_business[business] |= posts_of_node(book, node)
    found = []
    for one, other in combinations(sorted(book.posts), 2):
        shared = sum({one, other} <= posts for posts in in_business.values())
        if shared >= least:
            units = (book.posts[one]["部门"], book.posts[other]["部门"])
            found.append((-shared, one, other, (one, other, str(shared), *units)))
    return [row for *_, row in sorted(found)]


def test_q37_pairs(book: Workbook, rows: Rows) -> None:
    assert rows("Q37") == pairs(book, 2)
    assert rows("Q37", least="5") == pairs(book, 5)
