"""What each kind of person sees and does on the pages, in a real browser."""

from __future__ import annotations

import csv
import io
import urllib.request
import zipfile
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from dutygraph.commits.gaps import GapState
from dutygraph.service.access.roles import Caller, Role
from dutygraph.service.gaps.waivers import waivers_of
from dutygraph.shapes import catalogue
from tests.conftest import EXAMPLE
from tests.console.browser import Console, found_by_axe
from tests.service.running import GRANTS

GAP = "button[data-do=open]"
EXPECTED = EXAMPLE.parent / "expected.csv"
READERS = [role for role in Role if role is not Role.ADMINISTRATOR]


def expected_gaps() -> list[dict[str, str]]:
    """Return the gaps that the example bureau must have, written by hand from the rules."""
    with EXPECTED.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def shown_count(page: Page) -> int:
    return int(page.inner_text("[role=status] strong").split()[0])


def caller(role: Role) -> Caller:
    grant = GRANTS[role]
    return Caller(role.value.lower(), role, grant.bureau, grant.person, grant.department)


@pytest.fixture
def waived(console: Console) -> Iterator[list[str]]:
    """End what a test waived: other tests count."""
    before = {row.id for row in waivers_of(console.service.views.of(caller(Role.T1), "SL01"))}
    made: list[str] = []
    yield made
    made += [
        row.id
        for row in waivers_of(console.service.views.of(caller(Role.T1), "SL01"))
        if row.id not in before
    ]
    assert made


@pytest.mark.parametrize("role", READERS)
def test_a_role_counts_the_gaps_that_it_may_see(console: Console, role: Role) -> None:
    page = console.open(role, "/gaps")
    view = console.service.views.of(caller(role), "SL01")
    assert shown_count(page) == len(view.findings)
    assert {"总览", "缺口", "我的"} <= set(page.locator("nav#pages a").all_inner_texts())
    if role is Role.SO:
        assert shown_count(page) == len(expected_gaps())
    own_buttons = page.locator("input[data-do=choose]").count()
    assert (own_buttons > 0) == (role in {Role.SO, Role.T1, Role.T2})


def test_an_administrator_sees_no_data(console: Console) -> None:
    page = console.open(Role.ADMINISTRATOR, "/gaps")
    assert "无权进行" in page.inner_text("#main")
    assert page.locator("table, nav a").count() == 0
    assert any("answered 403: /gaps" in one for one in console.noticed)
    console.noticed = [one for one in console.noticed if "403" not in one]


def test_the_gravest_gap_is_found_and_explained(console: Console) -> None:
    page = console.open(Role.SO, "/overview")
    page.click("#main a.tag.Violation")
    page.wait_for_selector(GAP)
    grave = [gap for gap in expected_gaps() if gap["severity"] == "Violation"]
    assert shown_count(page) == len(grave)
    rule = next(shape for shape in catalogue() if shape.rule == "R01")
    page.click(GAP)
    drawer = page.locator(".drawer")
    expect(drawer).to_contain_text(rule.label.zh)
    expect(drawer).to_contain_text(rule.rationale.zh)
    expect(drawer).to_contain_text("二级监督员")
    expect(drawer).to_contain_text("表4 风险与措施")
    assert "https://" not in drawer.inner_text()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_filters_stand_in_the_address_and_survive_a_change_of_language(console: Console) -> None:
    page = console.open(Role.T1, "/gaps")
    page.select_option("#department", "配电运维部")
    expect(page.locator("[role=status]")).not_to_contain_text(f"{len(expected_gaps())} ")
    count = shown_count(page)
    texts = page.locator("td[data-label=责任部门]").all_inner_texts()
    assert texts
    assert all("配电运维部" in text for text in texts)
    page.fill("#text", "R01")
    page.keyboard.press("Enter")
    page.wait_for_url("**text=R01**")
    assert shown_count(page) < count
    page.click("a.language")
    page.wait_for_selector("#main h1")
    assert page.get_attribute("html", "lang") == "en-US"
    assert page.inner_text("#main h1") == "Gaps"
    assert page.input_value("#department") == "配电运维部"
    page.goto(f"{console.url}/preferences?language=zh&next=/gaps")
    page.fill("#text", "没有这样的缺口")
    page.keyboard.press("Enter")
    page.click("text=清除条件")
    expect(page.locator("[role=status] strong")).to_contain_text(str(len(expected_gaps())))


def test_gaps_are_grouped_under_headings(console: Console) -> None:
    page = console.open(Role.T1, "/gaps?group=rule")
    headings = page.locator("tr.group th").all_inner_texts()
    rules = [shape.label.zh for shape in catalogue()]
    assert headings
    assert all(any(heading.startswith(rule) for rule in rules) for heading in headings)


@pytest.mark.usefixtures("waived")
def test_tier_1_waives_a_gap_and_others_may_not(console: Console) -> None:
    page = console.open(Role.T1, "/gaps?rule=R12")
    page.click(GAP)
    page.click(".drawer summary:has-text('豁免')")
    page.fill("#reason", "后备人员三月到岗")
    page.fill("#until", "2026-03-31")
    page.click(".drawer form[data-do=waive] button")
    expect(page.locator(".drawer")).to_contain_text("已豁免，至 2026-03-31")
    assert page.locator(".drawer form[data-do=waive]").count() == 0
    view = console.service.views.of(caller(Role.T1), "SL01")
    gaps = [gap for gap in view.gaps if gap.state is GapState.WAIVED and gap.finding.rule == "R12"]
    assert [gap.finding.waived and gap.finding.waived.until for gap in gaps] == [date(2026, 3, 31)]
    for role in (Role.SO, Role.T2):
        other = console.open(role, "/gaps?rule=R01")
        other.click(GAP)
        expect(other.locator(".drawer h2")).to_be_visible()
        assert other.locator("form[data-do=waive]").count() == 0


def test_gaps_are_handed_out_together(console: Console) -> None:
    page = console.open(Role.SO, "/gaps?rule=R04")
    boxes = page.locator("input[data-do=choose]")
    count = boxes.count()
    assert count == sum(gap["rule"] == "R04" for gap in expected_gaps()) == 2
    boxes.nth(0).check()
    expect(page.locator("button[data-do=assign]")).to_contain_text("1")
    boxes.nth(1).check()
    expect(page.locator("button[data-do=assign]")).to_contain_text("2")
    page.click("button[data-do=assign]")
    page.select_option("#person", "P014")
    page.fill("#due", "2026-02-28")
    page.click(".drawer form button")
    expect(page.locator("td[data-label=办理]").nth(1)).to_contain_text("限 2026-02-28")
    mine = console.open(Role.POST_HOLDER, "/mine")
    assert mine.locator("tbody tr:has-text('派给本人')").count() <= count


def test_a_date_that_is_wrong_is_told_in_words(console: Console) -> None:
    page = console.open(Role.T1, "/gaps?rule=R02")
    page.click(GAP)
    page.click(".drawer summary:has-text('豁免')")
    page.fill("#reason", "理由")
    page.evaluate("document.querySelector('#until').removeAttribute('min')")
    page.fill("#until", "2020-01-01")
    page.click(".drawer form[data-do=waive] button")
    expect(page.locator(".q-notification")).to_contain_text("2020-01-01 早于数据日期 2025-12-31")


def test_the_list_leaves_as_a_workbook(console: Console) -> None:
    page = console.open(Role.SO, "/gaps?rule=R04")
    with page.expect_download() as waiting:
        page.click("a:has-text('Excel')")
    with zipfile.ZipFile(waiting.value.path()) as book:
        strings = book.read("xl/sharedStrings.xml").decode()
        assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == 1 + 2
    assert "缺口说明" in strings
    link = page.get_attribute("a:has-text('CSV')", "href") or ""
    request = urllib.request.Request(
        console.url + link, headers={"Cookie": f"dutygraph-session={console.session(Role.SO)}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        rows = list(csv.reader(io.StringIO(answer.read().decode("utf-8-sig"))))
    assert len(rows) == 1 + 2


def test_figures_have_their_denominators_and_the_hidden_stay_hidden(console: Console) -> None:
    page = console.open(Role.SO, "/overview")
    figures = page.locator(".figures > li").all_inner_texts()
    assert len(figures) == 5
    by_rule = {rule: sum(gap["rule"] == rule for gap in expected_gaps()) for rule in ("R12", "R39", "R49")}
    assert all("共 " in figure for figure in figures)
    for figure, rule in ((figures[1], "R12"), (figures[2], "R39"), (figures[3], "R49")):
        assert f"还缺 {by_rule[rule]} 项" in figure
    hidden = console.open(Role.TRAINEE, "/overview")
    texts = hidden.locator(".figures > li").all_inner_texts()
    assert [("看不到" in text) for text in texts] == [False, True, True, True, True]
    hidden.select_option("#axis", "star")
    expect(hidden.locator("[aria-labelledby=coverage]")).to_contain_text("您的角色看不到这项数据")
    counts = console.open(Role.T2, "/overview")
    expect(counts.locator("[aria-labelledby=concentration] tbody tr").first).to_be_visible()


def test_everything_is_reached_by_keyboard(console: Console) -> None:
    page = console.open(Role.SO, "/mine")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.focus(GAP)
    page.keyboard.press("Enter")
    expect(page.locator(".drawer h2")).to_be_visible()
    page.wait_for_function("document.querySelector('.q-dialog').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(page.locator(".drawer")).to_be_hidden()
    page.emulate_media(media="print")
    assert not page.locator("nav#pages").is_visible()
    assert page.locator("#main h1").is_visible()
    page.emulate_media(media="screen")


@pytest.mark.parametrize(("language", "theme", "width"), [("zh", "light", 1366), ("en", "dark", 390)])
def test_pages_can_be_read_by_everybody(console: Console, language: str, theme: str, width: int) -> None:
    for path in ("/overview", "/gaps", "/mine"):
        page = console.open(Role.SO, path, width=width, language=language, theme=theme)
        assert page.evaluate("document.body.classList.contains('body--dark')") == (theme == "dark")
        assert found_by_axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    page.click(GAP)
    expect(page.locator(".drawer h2")).to_be_visible()
    page.wait_for_timeout(400)  # until it has come in
    assert found_by_axe(page) == []
    if width < 900:
        page.keyboard.press("Escape")
        page.click(".menu-button")
        assert page.locator("nav#pages").is_visible()
        assert found_by_axe(page) == []


def test_the_sign_in_can_be_read_by_everybody(console: Console) -> None:
    page = console.stranger("/sign-in", width=390)
    # its policy lets no script in but that of the tests
    page.context.new_cdp_session(page).send("Page.setBypassCSP", {"enabled": True})
    page.reload()
    assert found_by_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.context.close()
