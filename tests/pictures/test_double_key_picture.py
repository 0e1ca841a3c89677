"""The double-key chart as a picture: every cell with its star, its gaps, both axes by department, totals."""

from __future__ import annotations

from itertools import groupby
from xml.etree import ElementTree as ET

import pytest

from dutygraph.charts.axes import BusinessAxis, PostAxis
from dutygraph.charts.double_key import DoubleKeyChart, double_key_chart
from dutygraph.pictures import Heading, Look, double_key_picture, palette
from tests.charts.small import a_bureau
from tests.pictures.conftest import Bureau
from tests.pictures.seen import SVG, Written, area_of, fits, marks, named, parse, stars_in, texts


@pytest.fixture(scope="module")
def chart(bureau: Bureau) -> DoubleKeyChart:
    return double_key_chart(bureau.reading, bureau.report.findings)


@pytest.fixture(scope="module")
def root(chart: DoubleKeyChart, bureau: Bureau) -> ET.Element:
    heading = Heading(bureau.report.bureau_label, bureau.report.as_of)
    return parse(double_key_picture(chart, bureau.report.findings, heading=heading).svg)


def fill_of(part: ET.Element) -> str | None:
    rect = part.find(f"{SVG}rect")
    assert rect is not None
    return rect.get("fill")


def test_every_cell_is_drawn_once_with_its_star_as_colour_and_as_stars(
    root: ET.Element, chart: DoubleKeyChart
) -> None:
    colours = palette("light")
    assert len(chart.cells) > 100
    for cell in chart.cells:
        (part,) = named(root, f"cell/{cell.business.id}/{cell.post.id}")
        assert fill_of(part) == colours[f"star-{cell.star or 0}"]
        assert stars_in(part) == (cell.star or 0)


def test_a_gap_has_a_mark_with_how_many_and_says_what(root: ET.Element, chart: DoubleKeyChart) -> None:
    with_gaps = [cell for cell in chart.cells if cell.gaps]
    assert {len(cell.gaps) for cell in with_gaps} == {1, 2}
    for cell in chart.cells:
        (part,) = named(root, f"cell/{cell.business.id}/{cell.post.id}")
        numbers = [line.text for line in texts(part)]
        assert numbers == ([str(len(cell.gaps))] if cell.gaps else [])
        assert marks(part, "f-gap") == bool(cell.gaps)
    told = next(iter(named(root, "cell/B06/G22")[0].iter(f"{SVG}title"))).text or ""
    assert told.splitlines()[0] == "B06 基建项目设计变更管理 × G22 施工管理员"


def test_both_axes_name_everything_and_stand_by_department(root: ET.Element, chart: DoubleKeyChart) -> None:
    columns = {one.thing.id: middle(root, f"business/{one.thing.id}")[0] for one in chart.businesses}
    rows = {one.thing.id: middle(root, f"post/{one.thing.id}")[1] for one in chart.posts}
    for one in chart.businesses:
        (part,) = named(root, f"business/{one.thing.id}")
        letters = [line for line in texts(part) if line.text != one.thing.id and not line.text.isdigit()]
        assert "".join(line.text for line in downwards(letters)) == one.thing.label
    for post in chart.posts:
        (part,) = named(root, f"post/{post.thing.id}")
        assert {post.thing.id, post.thing.label} <= {line.text for line in texts(part)}
    axes: tuple[tuple[tuple[BusinessAxis | PostAxis, ...], dict[str, float]], ...] = (
        (chart.businesses, columns),
        (chart.posts, rows),
    )
    for things, places in axes:
        assert len(set(places.values())) == len(things)
        ordered = sorted(things, key=lambda one: places[one.thing.id])
        groups = [names for names, _ in groupby(ordered, lambda one: one.departments)]
        assert len(groups) == len(set(groups)) > 5


def downwards(letters: list[Written]) -> list[Written]:
    return sorted(letters, key=lambda line: (-round(line.area.left), line.area.top))


def middle(root: ET.Element, identity: str) -> tuple[float, float]:
    area = next(line.area for part in named(root, identity) for line in texts(part) if line.text[0] in "BG")
    return (area.left + area.right) / 2, (area.top + area.bottom) / 2


def test_the_margins_hold_the_totals(root: ET.Element, chart: DoubleKeyChart) -> None:
    free = [written for written in texts(root) if written.text.isdigit() or written.text == "·"]
    right = max(area_of(r).right for p in root.iter(f"{SVG}g") if p.get("class") == "dg-cell" for r in p)
    for post in chart.posts:
        y = middle(root, f"post/{post.thing.id}")[1]
        row = [one for one in free if one.area.left > right and abs(one.area.top - y + 5) < 6]
        cells = [cell for cell in chart.cells if cell.post == post.thing]
        gaps = {gap for cell in cells for gap in cell.gaps} | set(post.gaps)
        expected = (len(cells), sum(cell.star == 3 for cell in cells), len(gaps))
        shown = [one.text for one in sorted(row, key=lambda one: one.area.left)]
        assert shown == ["·" if count == 0 else str(count) for count in expected], post.thing.id


def test_no_text_overflows_or_overlaps(root: ET.Element) -> None:
    fits(root)


def test_english_and_dark_change_words_and_colours_alone(chart: DoubleKeyChart) -> None:
    light = parse(double_key_picture(chart).svg)
    dark = parse(double_key_picture(chart, look=Look("en", "dark")).svg)
    fits(dark)
    assert fill_of(named(dark, "cell/B04/G12")[0]) == palette("dark")["star-3"]
    assert len(list(light.iter())) == len(list(dark.iter()))
    words = {line.text for line in texts(dark)}
    assert {"Double-key chart", "Three stars", "Tier 1", "Posts"} <= words
    assert not words & {"三星", "缺口", "一级监督员"}


def test_what_is_declared_only_and_what_differs_are_marked() -> None:
    chart = double_key_chart(
        a_bureau("""
            :B1 a sv:Business ; sv:hasNode :N1 . :G1 a sv:Post , sv:KeyPost . :G2 a sv:Post , sv:KeyPost .
            :N1 a sv:ProcessNode ; sv:performedBy :G1 ; sv:hasStar 2 .
            :C a sv:ChartCell ; sv:cellBusiness :B1 ; sv:cellPost :G2 ; sv:cellStar 1 .
            :D a sv:ChartCell ; sv:cellBusiness :B1 ; sv:cellPost :G1 ; sv:cellStar 3 .""")
    )
    root = parse(double_key_picture(chart).svg)
    (differing,), (declared,) = named(root, "cell/B1/G1"), named(root, "cell/B1/G2")
    assert stars_in(differing) == 2
    assert (
        marks(differing, "f-on-star-2") == 2
    )  # the stars, and the corner that says that another is declared
    rect = declared.find(f"{SVG}rect")
    assert rect is not None
    assert rect.get("stroke-dasharray")
    words = {line.text for line in texts(root)}
    assert {"与公布的星级不同", "只在公布的图上有"} <= words


def test_a_bureau_without_anything_has_a_picture_all_the_same() -> None:
    root = parse(double_key_picture(double_key_chart(a_bureau(""))).svg)
    assert "“双关键”监督图" in {line.text for line in texts(root)}


def test_supervisors_are_left_out_where_they_may_not_be_known(chart: DoubleKeyChart) -> None:
    blind = [
        BusinessAxis(one.thing, one.star, one.unrated, one.departments, None, one.gaps)
        for one in chart.businesses
    ]
    hidden = DoubleKeyChart(tuple(blind), chart.posts, chart.cells, chart.stray)
    assert "一级监督员" not in {line.text for line in texts(parse(double_key_picture(hidden).svg))}
