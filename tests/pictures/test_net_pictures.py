"""Nets as pictures: nothing overlaps, no line crosses a card, the chain, holes, and no person is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from xml.etree import ElementTree as ET

import pytest

from dutygraph.charts.chain import Chain, Link
from dutygraph.charts.neighbourhood import Neighbour, Neighbourhood, neighbourhood
from dutygraph.model import Thing
from dutygraph.pictures import (
    Look,
    Picture,
    UnknownRuleError,
    responsibility_picture,
    rule_picture,
    to_gexf,
    to_graphml,
    to_html,
)
from dutygraph.shapes import catalogue
from tests.charts.small import a_bureau, iri
from tests.pictures.conftest import Bureau
from tests.pictures.seen import SVG, Area, area_of, fits, marks, named, parse, texts

STARTS = (
    ("risk", "R04-05", 2),
    ("business", "B04", 1),
    ("post", "G12", 2),
    ("issue", "I021", 2),
    ("department", "市场营销部", 1),
    ("appointment", "A02", 1),
)
RULES = sorted({shape.rule for shape in catalogue()})
_NUMBER = re.compile(r"-?\d+\.?\d*")


def of_example(bureau: Bureau, kind: str, identifier: str, depth: int = 1, **look: bool) -> Picture:
    found = neighbourhood(bureau.reading, bureau.iri(kind, identifier), bureau.report.findings, depth=depth)
    return responsibility_picture(found, bureau.report.findings, look=Look(**look))  # type: ignore[arg-type]


def cards(root: ET.Element) -> list[Area]:
    """Return the areas of cards: boxes higher than a label or the head of a lane."""
    rects = [part.find(f"{SVG}rect") for part in root.iter(f"{SVG}g") if part.get("class") == "dg-box"]
    areas = [area_of(rect) for rect in rects if rect is not None]
    return [area for area in areas if area.bottom - area.top > 22]


def lines(root: ET.Element) -> list[list[tuple[float, float]]]:
    """Return the lines between cards as points along them."""
    outlines = (path.get("d", "").split("M")[1:] for path in root.findall(f"{SVG}path"))
    return [points(outline) for each in outlines for outline in each]


def points(outline: str) -> list[tuple[float, float]]:
    x, y = (float(number) for number in _NUMBER.findall(outline)[:2])
    along = [(x, y)]
    for step, told in re.findall(r"([HC])([^HC]*)", outline):
        numbers = [float(number) for number in _NUMBER.findall(told)]
        start = along[-1]
        if step == "H":
            along += [(start[0] + (numbers[0] - start[0]) * t / 12, start[1]) for t in range(1, 13)]
        else:
            controls = [start, *zip(numbers[::2], numbers[1::2], strict=True)]
            along += [curve(controls, t / 12) for t in range(1, 13)]
    return along


def curve(controls: Sequence[tuple[float, float]], t: float) -> tuple[float, float]:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    return (
        sum(w * p[0] for w, p in zip(weights, controls, strict=True)),
        sum(w * p[1] for w, p in zip(weights, controls, strict=True)),
    )


def is_clear(root: ET.Element) -> None:
    """Hold a net to this: cards lie apart, lines cross none, texts fit and overlap nowhere."""
    fits(root)
    found = cards(root)
    assert found
    for number, card in enumerate(found):
        assert not any(card.overlaps(other) for other in found[number + 1 :])
    for line in lines(root):
        for x, y in line:
            inside = [c for c in found if c.left + 1 < x < c.right - 1 and c.top + 1 < y < c.bottom - 1]
            assert inside == [], (x, y)


@pytest.mark.parametrize(("kind", "identifier", "depth"), STARTS)
def test_nothing_overlaps(bureau: Bureau, kind: str, identifier: str, depth: int) -> None:
    root = parse(of_example(bureau, kind, identifier, depth).svg)
    assert len(lines(root)) > 3
    is_clear(root)


def test_every_neighbour_has_a_card_and_every_gap_its_tag(bureau: Bureau) -> None:
    found = neighbourhood(bureau.reading, bureau.iri("business", "B16"), bureau.report.findings)
    root = parse(responsibility_picture(found, bureau.report.findings).svg)
    assert len(found.nodes) > 8
    for node in found.nodes:
        if node.thing.kind == "Person":
            continue
        address = "/".join(node.thing.iri.partition("/bureau/")[2].split("/")[1:2]) + f"/{node.thing.id}"
        (part,) = named(root, address)
        tagged = any(line.text.startswith("缺口") for line in texts(part))
        assert tagged == bool(node.gaps), address


def test_the_chain_up_to_tier_1_is_drawn_whole(bureau: Bureau) -> None:
    found = neighbourhood(bureau.reading, bureau.iri("risk", "R04-05"))
    picture = responsibility_picture(found)
    root = parse(picture.svg)
    assert [step.kind for step in found.chain.steps][-1] == "SupervisorAppointment"
    assert "责任链完整" in picture.description
    drawn = [path for path in root.findall(f"{SVG}path") if "s-chain" in (path.get("class") or "")]
    assert sum("C" in path.get("d", "") for path in drawn) == len(found.chain.steps) - 1
    words = {line.text for line in texts(root)}
    assert {"对应措施", "责任岗位", "现任人员", "受其监督"} <= words
    is_clear(root)


@pytest.mark.parametrize("missing", list(Link))
def test_a_broken_chain_shows_the_hole(missing: Link) -> None:
    thing = Thing("R1", "IntegrityRisk", iri("R1"), "受理时索要好处")
    found = Neighbourhood(thing, 1, (Neighbour(thing, 0, (), 3),), (), Chain((), missing))
    root = parse(responsibility_picture(found).svg)
    holes = [part for part in root.iter(f"{SVG}g") if marks(part, "f-hole") and marks(part, "s-gap") == 2]
    assert len(holes) == 1
    assert "".join(line.text for line in texts(holes[0])[1:]).startswith("责任链在此中断：缺") or (
        missing is Link.HOLDER
    )
    assert any("s-gap" in (path.get("class") or "") for path in root.findall(f"{SVG}path"))
    assert "另有未画出的相邻对象 3" in {line.text for line in texts(root)}


@pytest.mark.parametrize(("kind", "identifier", "depth"), STARTS)
def test_no_person_is_named(bureau: Bureau, kind: str, identifier: str, depth: int) -> None:
    picture = of_example(bureau, kind, identifier, depth)
    for form in forms(picture):
        assert not re.search(r"\bP\d{3}\b", form)


def test_persons_are_named_where_that_is_asked_for(bureau: Bureau) -> None:
    assert re.search(r"\bP\d{3}\b", of_example(bureau, "risk", "R04-05", 1, people=True).svg)
    asked = of_example(bureau, "person", "P003", 2)
    for form in forms(asked):
        assert set(re.findall(r"\bP\d{3}\b", form)) == {"P003"}


def forms(picture: Picture) -> list[str]:
    return [picture.svg, *(make(picture).decode() for make in (to_html, to_graphml, to_gexf))]


@cache
def of_rule(rule: str, *, conforming: bool = False) -> ET.Element:
    return parse(rule_picture(rule, conforming=conforming).svg)


@pytest.mark.parametrize("rule", RULES)
def test_the_offending_example_of_every_rule_marks_its_hole(rule: str) -> None:
    root = of_rule(rule)
    is_clear(root)
    assert "缺口" in {
        line.text for part in root.iter(f"{SVG}g") if part.get("data-id") for line in texts(part)
    }


@pytest.mark.parametrize("rule", RULES[::6])
def test_the_conforming_example_marks_none(rule: str) -> None:
    root = of_rule(rule, conforming=True)
    is_clear(root)
    assert marks(root, "f-gap") + marks(root, "f-hole") == 0


def test_a_trainee_sees_the_example_without_its_hole_and_without_being_told() -> None:
    told, asked = rule_picture("R01"), rule_picture("R01", reveal=False)
    assert "没有任何防控措施" in told.description
    assert "没有任何防控措施" not in asked.svg
    root = parse(asked.svg)
    assert marks(root, "f-gap") + marks(root, "f-hole") == 0
    assert len(named(root, "risk/R04-06")) == 1


@pytest.mark.parametrize(
    ("rule", "hole"),
    [
        ("R01", "对应措施"),
        ("R03", "责任岗位"),
        ("R06", "事后"),
        ("R09", "执行岗位"),
        ("R12", "监督员任命"),
        ("R71", "监督员任命"),
    ],
)
def test_what_is_missing_has_a_place_in_the_net(rule: str, hole: str) -> None:
    holes = [part for part in of_rule(rule).iter(f"{SVG}g") if marks(part, "f-hole") and len(part) > 3]
    assert hole in {line.text for part in holes for line in texts(part)}


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(UnknownRuleError, match="R99"):
        rule_picture("R99")


def test_the_same_net_gives_the_same_picture(bureau: Bureau) -> None:
    once, again = (of_example(bureau, "post", "G12", 2).svg for _ in range(2))
    assert once == again


def test_a_thing_alone_has_a_picture() -> None:
    reading = a_bureau(":B1 a sv:Business ; rdfs:label '孤立的业务' .")
    root = parse(responsibility_picture(neighbourhood(reading, iri("B1"))).svg)
    is_clear(root)
    assert "孤立的业务" in {line.text for line in texts(root)}
