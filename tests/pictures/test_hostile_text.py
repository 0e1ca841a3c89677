"""Whatever a ledger holds: valid XML and HTML, nothing that runs or is fetched, graphs that can be read."""

from __future__ import annotations

import io
from collections.abc import Callable
from html.parser import HTMLParser

import networkx as nx
import pytest

from dutygraph.charts.double_key import double_key_chart
from dutygraph.charts.line import line_chart
from dutygraph.charts.neighbourhood import neighbourhood
from dutygraph.charts.reading import Reading
from dutygraph.pictures import (
    Look,
    Picture,
    double_key_picture,
    line_picture,
    responsibility_picture,
    rule_picture,
    to_gexf,
    to_graphml,
    to_html,
)
from tests.charts.small import a_bureau, iri
from tests.pictures.seen import fits, outside, parse, texts

CONTROL = "".join(map(chr, [*range(1, 9), 11, 12, *range(14, 32), 0x7F, 0x85, 0xFFFE, 0x202E, 0x2066]))
NAMES = {
    "markup": "<script>alert(1)</script>&amp;<a href='https://example.org'>]]>",
    "control": f"受{CONTROL}理",
    "quotes": "\"双引号\" '单引号' `反引号`",
    "long": "供电方案审批与答复环节" * 60,
    "word": "A" * 500,
    "emoji": "审批👩‍🔧🇨🇳结算é́",
    "blank": "   ",
    "lines": "第一行\n第二行\t第三列",
    "style": "</title></style><style>@import 'https://example.org/x.css'</style>",
}


def a_bureau_named(name: str) -> Reading:
    told = "".join(f"\\u{ord(one):04X}" if ord(one) < 0x10000 else f"\\U{ord(one):08X}" for one in name)
    return a_bureau(f"""
        :B1 a sv:Business ; rdfs:label "{told}" ; sv:hasNode :N1 ; sv:runBy :D ; sv:hasStar 3 .
        :D a sv:Department ; rdfs:label "{told}" .
        :G1 a sv:Post , sv:KeyPost ; rdfs:label "{told}" ; sv:inDepartment :D .
        :N1 a sv:ProcessNode , sv:KeyNode ; rdfs:label "{told}" ; sv:sequence 1 ; sv:performedBy :G1 .
        :R1 a sv:IntegrityRisk ; rdfs:label "{told}" ; sv:atNode :N1 ; sv:hasControl :C1 .
        :C1 a sv:Control ; rdfs:label "{told}" ; sv:stage sv:stage-before ; sv:ownerPost :G1 .""")


PICTURES: dict[str, Callable[[Reading, Look], Picture]] = {
    "double-key": lambda reading, look: double_key_picture(double_key_chart(reading), look=look),
    "line": lambda reading, look: line_picture(line_chart(reading, iri("B1")), look=look),
    "responsibility": lambda reading, look: responsibility_picture(
        neighbourhood(reading, iri("N1"), depth=2), look=look
    ),
}


class Page(HTMLParser):
    """Collects the elements of a page and what would run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.running: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.running += [name for name, _ in attrs if name.startswith("on")]


@pytest.mark.parametrize("chart", PICTURES)
@pytest.mark.parametrize("name", NAMES)
def test_any_name_gives_a_valid_picture_and_page(chart: str, name: str) -> None:
    picture = PICTURES[chart](a_bureau_named(NAMES[name]), Look(theme="auto", interactive=True))
    root = parse(picture.svg)
    fits(root)
    page = to_html(picture).decode()
    read = Page()
    read.feed(page)
    assert read.running == []
    assert not {"script", "link", "img", "iframe", "a", "object"} & set(read.tags)
    assert read.tags.count("svg") == 1 + len(picture.legend)
    for text in (picture.svg, page):
        assert not any(one in text for one in CONTROL)
        if "example.org" not in NAMES[name]:
            assert outside(text) == []


@pytest.mark.parametrize("chart", PICTURES)
@pytest.mark.parametrize("name", NAMES)
def test_any_name_gives_graphs_that_networkx_reads_back(chart: str, name: str) -> None:
    picture = PICTURES[chart](a_bureau_named(NAMES[name]), Look())
    for data, read in ((to_graphml(picture), nx.read_graphml), (to_gexf(picture), nx.read_gexf)):
        graph = read(io.BytesIO(data))
        assert set(graph) == set(picture.graph)
        assert graph.number_of_edges() == picture.graph.number_of_edges() > 0
        for _, attributes in graph.nodes(data=True):
            assert {"label", "kind"} <= attributes.keys()


def test_graphs_carry_labels_kinds_stars_and_gaps() -> None:
    graph = nx.read_graphml(io.BytesIO(to_graphml(PICTURES["line"](a_bureau_named("用电申请受理"), Look()))))
    business = graph.nodes["x/B1"]
    assert (business["kind"], business["stars"], business["gaps"]) == ("Business", 3, 0)
    assert business["label"] == "B1 用电申请受理"
    labels = {(s, t): found["label"] for s, t, found in graph.edges(data=True)}
    assert labels["x/R1", "x/C1"] == "事前"
    assert labels["x/C1", "x/G1"] == "责任岗位"


def test_a_gexf_file_reads_no_clock() -> None:
    picture = rule_picture("R01")
    assert to_gexf(picture) == to_gexf(picture)
    assert b"lastmodifieddate" not in to_gexf(picture)


def test_a_picture_tells_screen_readers_what_it_is() -> None:
    picture = rule_picture("R01", look=Look(interactive=False))
    root = parse(picture.svg)
    title, description = root[0], root[1]
    assert (title.text, description.text) == (picture.title.replace("\u3000", " "), picture.description)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_what_can_be_opened_is_a_button_where_that_is_asked_for() -> None:
    root = parse(rule_picture("R01", look=Look(interactive=True)).svg)
    found = [part for part in root.iter() if part.get("data-id")]
    assert len(found) > 5
    assert all((part.get("role"), part.get("tabindex")) == ("button", "0") for part in found)
    assert all(part.get("aria-label") for part in found)
    plain = parse(rule_picture("R01").svg)
    assert not [part for part in plain.iter() if part.get("tabindex")]


def test_a_page_prints_on_the_sheet_it_is_made_for_and_tells_the_same_in_tables() -> None:
    page = to_html(PICTURES["line"](a_bureau_named("用电申请受理"), Look())).decode()
    assert "@page { size: A3 landscape;" in page
    table = page[page.index("<table>") :]
    assert all(
        one in table for one in ("R1 用电申请受理", "C1 用电申请受理", "事前", '<th scope="col">风险点</th>')
    )
    assert "@page { size: A4 " in to_html(rule_picture("R01")).decode()


def test_fonts_are_named_with_fallbacks_and_texts_are_not_empty() -> None:
    root = parse(rule_picture("R01").svg)
    assert root.get("font-family") == (
        '"Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "SimSun", sans-serif'
    )
    assert all(line.size >= 9 for line in texts(root))
