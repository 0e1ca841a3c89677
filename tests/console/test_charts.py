"""The charts as people use them in a real browser: cells, holes, versions, the net, departures, files."""

from __future__ import annotations

import csv
import re
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Page, expect

from dutygraph.service.access.roles import Role
from tests.conftest import EXAMPLE
from tests.console.browser import Console, found_by_axe

LOOKS = [("zh", "light", 1366), ("en", "dark", 390)]
DRAWN = ".picture svg"


def ledger(sheet: str) -> list[dict[str, str]]:
    """Return the rows from which a sheet of the example was made."""
    with (EXAMPLE.parent / f"{sheet}.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def file_of(page: Page, form: str) -> tuple[str, bytes]:
    """Return the media type and content of the file that a link of the page gives."""
    link = page.locator(f".saves a[href*='.{form}']").get_attribute("href")
    answer = page.request.get(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + str(link))
    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer.headers["content-type"], answer.body()


def read_by_everybody(page: Page) -> None:
    assert found_by_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_a_cell_opens_what_stands_in_it(console: Console, language: str, theme: str, width: int) -> None:
    page = console.open(
        Role.SO, "/double-key?department=市场营销部", width=width, language=language, theme=theme
    )
    read_by_everybody(page)
    page.click("button[data-value='B04/G05']")
    drawer = page.locator(".drawer")
    expect(drawer.locator("h2")).to_have_text("高压业扩报装管理 × 业扩专责")
    managed = {
        row["节点名称"] for row in ledger("nodes") if row["业务编号"] == "B04" and "G05" in row["管理岗位"]
    }
    summaries = drawer.locator(".node summary").all_inner_texts()
    assert len(summaries) == len(managed)
    assert all(any(name in told for told in summaries) for name in managed)
    assert drawer.locator(".holes a").count() == 1
    assert "B04-N12" in drawer.locator(".holes").inner_text()
    for appointment in ("A01", "A06", "A11", "A12"):  # of tiers 1, 2, 3 and 3
        assert drawer.locator(f"a[href$='appointment%2F{appointment}']").count() == 1
    page.wait_for_timeout(400)
    read_by_everybody(page)
    page.keyboard.press("Escape")


def test_the_double_key_chart_is_filtered_and_saved_as_filtered(console: Console) -> None:
    page = console.open(Role.SO, "/double-key")
    assert page.locator(".heat .names a .id").count() == len(ledger("businesses"))
    page.select_option("#department", label="设备管理部")
    own = {row["业务编号"] for row in ledger("businesses") if row["主管部门"] == "设备管理部"}
    expect(page.locator(".heat .names a .id")).to_have_count(len(own))
    assert set(page.locator(".heat .names a .id").all_inner_texts()) == own
    assert "department=" in page.url
    media, svg = file_of(page, "svg")
    assert media == "image/svg+xml"
    shown = {
        one.get("data-id", "").split("/")[1]
        for one in ET.fromstring(svg).iter()
        if "cell/" in one.get("data-id", "")
    }
    assert shown == own
    page.select_option("#star", "3")
    page.select_option("#tier", "2")
    expect(page.locator(".heat .names a .id")).to_have_text(["B03"])


def test_a_hole_is_seen_in_the_line_chart_with_its_sentence(console: Console) -> None:
    page = console.open(Role.SO, "/lines")
    row = page.locator("tbody tr", has_text="B20")
    assert row.locator(".tag.grave").count() == 1
    page.select_option("#business", "B20")
    page.wait_for_selector(DRAWN)
    assert page.locator(".picture .s-gap").count() > 0
    assert "没有防控措施" in page.locator(DRAWN).text_content()
    expect(page.locator(".holes")).to_contain_text("R20-03")
    assert page.locator(".holes").bounding_box()["y"] < page.locator(DRAWN).bounding_box()["y"]
    page.emulate_media(media="print")
    assert page.locator(DRAWN).is_visible()
    assert not page.locator("#main h1").is_visible()
    assert not page.locator("#business").is_visible()
    first = re.search(rb"/MediaBox \[([^]]+)\]", page.pdf(prefer_css_page_size=True))
    assert first is not None
    assert [round(float(side) / 72 * 25.4) for side in first[1].split()[2:]] == [420, 297]
    page.emulate_media(media="screen")


def test_two_versions_are_compared(console: Console) -> None:
    page = console.open(Role.SO, "/lines?business=B04")
    page.click("details.fold summary")
    page.select_option("#from", "X04-V1")
    page.select_option("#to", "X04-V2")
    page.click("form[data-do=compare] button[type=submit]")
    page.wait_for_url("**from=X04-V1**")
    assert "V1 → V2" in page.locator(DRAWN).text_content()
    assert page.locator(".picture .s-added, .picture .f-added").count() > 0


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_lines_can_be_read_by_everybody(console: Console, language: str, theme: str, width: int) -> None:
    for path in ("/lines", "/lines?business=B20"):
        read_by_everybody(console.open(Role.SO, path, width=width, language=language, theme=theme))
    assert page_colour(console, language, theme, width) == ("#ffffff" if theme == "light" else "#14191f")


def page_colour(console: Console, language: str, theme: str, width: int) -> str:
    page = console.open(Role.SO, "/lines?business=B20", width=width, language=language, theme=theme)
    told = page.evaluate("getComputedStyle(document.querySelector('.picture .f-paper')).fill")
    return "#" + "".join(f"{int(part):02x}" for part in told[4:-1].split(","))


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_what_if_p003_leaves(console: Console, language: str, theme: str, width: int) -> None:
    page = console.open(Role.SO, "/explorer", width=width, language=language, theme=theme)
    exposure = "Exposure, never suspicion" if language == "en" else "暴露程度，不是怀疑"
    expect(page.locator(".exposure")).to_contain_text(exposure)
    page.fill("#text", "p003")
    page.press("#text", "Enter")
    page.click("button[data-value='person/P003']")
    page.click("button[data-do=leaving]")
    expect(page.locator("#leaving .exposure")).to_contain_text(exposure)
    own = next(row for row in ledger("appointments") if row["人员"] == "P003")
    businesses = {row["业务编号"] for row in ledger("businesses")}
    led = {f"business/{one}" for one in own["监督业务"].split("；")}
    assert led
    assert {one.partition("/")[2] for one in led} <= businesses
    told = page.locator("#leaving table button").all()
    assert {one.get_attribute("data-value") for one in told} >= led
    assert page.locator("#leaving .lost-word").count() > 1
    read_by_everybody(page)


def test_the_net_is_walked_by_click_and_by_key_up_to_tier_1(console: Console) -> None:
    page = console.open(Role.SO, "/explorer?of=risk/R04-05")
    chain = page.locator(".chain .kind")
    expect(chain).to_have_count(5)  # risk, control, post, person, tier 1
    page.click(".picture [data-id='node/B04-N03']")
    expect(page.locator("h2").first).to_have_text("现场勘查")
    page.focus(".picture [data-id='business/B04']")
    page.keyboard.press("Enter")
    expect(page.locator("h2").first).to_have_text("高压业扩报装管理")
    page.wait_for_function("document.activeElement.dataset.id === 'business/B04'")
    assert page.locator(".trail li").count() == 3
    drawn = page.locator(".picture [data-id]").count()
    assert drawn < 30
    page.click("button[data-do=more]")
    page.wait_for_function(f"document.querySelectorAll('.picture [data-id]').length > {drawn}")
    for form, start in (("graphml", b"<?xml"), ("gexf", b"<?xml"), ("html", b"<!DOCTYPE")):
        assert file_of(page, form)[1].startswith(start)
    page.click(".trail button >> nth=0")
    expect(page.locator("h2").first).to_have_text("勘查时暗示客户选用特定施工单位")


def test_a_broken_chain_says_where(console: Console) -> None:
    page = console.open(Role.SO, "/explorer?of=risk/R20-03")
    expect(page.locator(".tag.grave").first).to_have_text("责任链中断")
    assert page.locator(".holes a").count() >= 1


def test_tier_2_sees_only_its_own(console: Console) -> None:
    page = console.open(Role.T2, "/double-key?cell=B01/G25")
    expect(page.locator(".drawer")).to_contain_text("您的角色看不到这项业务的监督员")
    page.keyboard.press("Escape")
    page.goto(f"{console.url}/double-key?cell=B04/G05")
    expect(page.locator(".drawer a[href$='appointment%2FA06']")).to_be_visible()
    page.goto(f"{console.url}/explorer")
    page.fill("#text", "p003")
    page.press("#text", "Enter")
    expect(page.locator("[role=search] + [role=status] + .empty")).to_contain_text("没有找到")
    answer = page.request.get(f"{console.url}/console/charts/net.svg?of=person/P003")
    assert answer.status == 404
    page.goto(f"{console.url}/explorer?of=person/P003")
    expect(page.locator("#main .wrong")).to_be_visible()
    assert "P003" not in page.locator("#main .picture").all_inner_texts()
    console.noticed = [one for one in console.noticed if "404" not in one]


def test_a_stranger_and_the_administrator_are_given_no_chart(console: Console) -> None:
    page = console.stranger("/sign-in")
    assert page.request.get(f"{console.url}/console/charts/double-key.svg").status == 401
    page.context.close()
    page = console.open(Role.ADMINISTRATOR, "/overview")
    assert page.request.get(f"{console.url}/console/charts/double-key.svg").status == 403
    assert page.locator("#pages a[href$='/explorer']").count() == 0
    console.noticed = [one for one in console.noticed if "403" not in one]
