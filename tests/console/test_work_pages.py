"""Import, questions, rules, training: what each kind of person does on these pages, in a real browser."""

from __future__ import annotations

import io
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from dutygraph.commits import COMMAND_LINE
from dutygraph.loaders import sheet_forms
from dutygraph.queries import questions
from dutygraph.service.access.roles import Role
from dutygraph.service.accounts import Grant
from dutygraph.shapes import catalogue
from tests.cli.door import NODES, ledger
from tests.console.browser import Console, found_by_axe
from tests.console.test_signing_in import sign_in
from tests.service.running import PASSWORD

SEEN_BY_ALL = {"查询", "规则", "培训"}
READERS = [role for role in Role if role is not Role.ADMINISTRATOR]
BAD_NODES = (*NODES, ("B04", "B04-N02", "第二", "方案", "是", "G12"))


@pytest.fixture(scope="module")
def office(served_console: Console) -> Iterator[Page]:
    """The office of a bureau that has no data yet, signed in on the page of imports."""
    served_console.service.accounts.create(
        "office.demo", PASSWORD, COMMAND_LINE, role=Grant("", Role.SO, "demo")
    )
    page = served_console.stranger("/import")
    sign_in(page, "office.demo")
    page.wait_for_selector("#file")
    yield page
    page.context.close()


def drop(page: Page, path: Path) -> None:
    """Choose a file as the field of a form; it is sent at once."""
    page.set_input_files("#file", path)
    page.wait_for_url("**/import?import=*")
    page.wait_for_selector("#main section h2")


def fill_in(page: Page, field: str, value: str) -> None:
    """Choose a value in a list, or write it where the list is too long to be one."""
    if page.locator(f"select{field}").count():
        page.select_option(field, value)
    else:
        page.fill(field, value)


@pytest.mark.parametrize("role", READERS)
def test_a_role_is_led_to_the_pages_that_it_may_open(console: Console, role: Role) -> None:
    page = console.open(role, "/training")
    names = set(page.locator("nav#pages a").all_inner_texts())
    assert names >= SEEN_BY_ALL
    assert ("导入" in names) == (role is Role.SO)
    page.goto(f"{console.url}/questions")
    expect(page.locator("text=自由查询")).to_have_count(1 if role is Role.SO else 0)


def test_who_may_not_import_is_told_so(console: Console) -> None:
    for path in ("/import", "/questions/free"):
        page = console.open(Role.T1, path)
        assert "无权进行" in page.inner_text("#main")
    console.noticed = [one for one in console.noticed if "403" not in one]


@pytest.mark.usefixtures("console")
def test_wrong_cells_are_marked_as_the_sheet_has_them(office: Page, tmp_path: Path) -> None:
    office.goto(office.url.split("/import")[0] + "/import")
    drop(office, ledger(tmp_path / "bad.xlsx", 流程节点=BAD_NODES))
    expect(office.locator(".sheet-tab")).to_have_text("表2 流程节点")
    headings = office.locator(".sheet thead th").all_inner_texts()
    wrong = office.locator(".sheet td.bad")
    expect(wrong).to_have_count(1)
    assert wrong.inner_text().startswith("第二")
    assert headings[wrong.evaluate("cell => cell.cellIndex")] == "序号"
    assert wrong.locator("xpath=..").locator("th").inner_text() == "3"
    assert office.locator("button:has-text('只导入合格的')").count() == 1
    assert found_by_axe(office) == []
    href = office.get_attribute("a:has-text('下载退回的行')", "href")
    told = office.evaluate(
        "href => fetch(href).then(one => one.arrayBuffer()).then(all => Array.from(new Uint8Array(all)))",
        href,
    )
    rows = load_workbook(io.BytesIO(bytes(told)))
    assert "第二" in {cell.value for sheet in rows for row in sheet.iter_rows() for cell in row}
    office.click("button[data-do=discard]")
    office.wait_for_selector("text=还没有试算过文件")


@pytest.mark.usefixtures("console")
def test_a_workbook_is_tried_committed_and_its_gravest_gap_found(office: Page, tmp_path: Path) -> None:
    office.goto(office.url.split("/import")[0] + "/import")
    drop(office, ledger(tmp_path / "first.xlsx"))
    expect(office.locator("[role=status]")).to_contain_text("没有错误，可以提交")
    row = office.locator("tr:has(th:text-is('流程节点'))")
    expect(row.locator("td").first).to_have_text(str(len(NODES) - 1))
    expect(office.locator("#new-gaps + .plain-list .tag").first).to_have_text("严重")
    office.click("button:has-text('提交导入')")
    expect(office.locator(".done [role=status]")).to_contain_text("已于")
    office.click("a:has-text('查看最严重的缺口')")
    drawer = office.locator(".drawer")
    expect(drawer.locator("h2")).to_be_visible()
    expect(drawer.locator(".tag").first).to_have_text("严重")


def test_the_empty_forms_have_a_sheet_for_each_form(console: Console) -> None:
    headers = {"Cookie": f"dutygraph-session={console.session(Role.SO)}"}
    request = urllib.request.Request(f"{console.url}/import/forms/ledger.xlsx", headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        names = set(load_workbook(io.BytesIO(answer.read()), read_only=True).sheetnames)
    assert names >= {form.name for form in sheet_forms() if not form.apart}


def test_q24_says_what_the_leaving_of_one_person_uncovers(console: Console) -> None:
    page = console.open(Role.SO, "/questions")
    assert page.locator(".cards > li").count() == len(questions())
    page.fill("#text", "离岗")
    page.keyboard.press("Enter")
    page.click("a:has-text('某人离岗后哪些业务无人监督')")
    page.wait_for_selector("#p-person")
    everybody = int(page.inner_text("[role=status] strong").split()[0])
    fill_in(page, "#p-person", "P013")
    page.click("button:has-text('查询')")
    page.wait_for_url("**person=P013**")
    people = {row.split("\t")[0] for row in page.locator("tbody tr").all_inner_texts()}
    assert people == {"P013"}
    assert 0 < page.locator("tbody tr").count() < everybody
    page.click("button[data-value=net]")
    expect(page.locator(".plot svg")).to_be_visible()
    assert page.get_attribute("a:has-text('Excel')", "href").endswith("Q24?format=xlsx&person=P013")  # type: ignore[union-attr]
    assert found_by_axe(page) == []


def test_a_question_that_a_role_cannot_see_is_not_answered(console: Console) -> None:
    page = console.open(Role.TRAINEE, "/questions")
    barred = page.locator(".cards > li.barred")
    assert 0 < barred.count() < len(questions())
    assert "Q24" in "".join(barred.all_inner_texts())
    page.goto(f"{console.url}/questions?question=Q24")
    expect(page.locator("#main")).to_contain_text("您的角色看不到")
    console.noticed = [one for one in console.noticed if "403" not in one]


def test_numbers_are_drawn_as_bars(console: Console) -> None:
    page = console.open(Role.SO, "/questions?question=Q03&form=chart")
    expect(page.locator(".plot svg")).to_be_visible()
    assert page.locator("button[data-value=chart][aria-pressed=true]").count() == 1


def test_the_office_writes_a_query_and_sees_names_not_addresses(console: Console) -> None:
    page = console.open(Role.SO, "/questions/free")
    page.wait_for_selector(".editor .cm-content[aria-label]")
    page.click("button[data-do=run]")
    expect(page.locator("[role=status] strong")).to_contain_text("100 ")
    text = page.locator("tbody").inner_text()
    assert "https://" not in text
    assert text.startswith("R")
    page.fill("#word", "风险点")
    page.keyboard.press("Enter")
    page.click("button[data-value='sv:IntegrityRisk']")
    expect(page.locator(".cm-line:has-text('sv:IntegrityRisk')")).to_have_count(2)


def test_an_update_is_refused_in_words(console: Console) -> None:
    page = console.open(Role.SO, "/questions/free")
    page.wait_for_selector(".editor .cm-content[aria-label]")
    page.click(".cm-content")
    page.keyboard.press("Control+A")
    page.keyboard.type("DELETE WHERE { ?s ?p ?o }")
    page.click("button[data-do=run]")
    expect(page.locator(".q-notification")).to_be_visible()


def test_a_rule_says_its_reason_and_shows_both_examples(console: Console) -> None:
    page = console.open(Role.SO, "/rules")
    assert int(page.inner_text("[role=status] strong").split()[0]) == len(catalogue())
    rule = next(shape for shape in catalogue() if shape.rule == "R01")
    page.fill("#text", "R01")
    page.keyboard.press("Enter")
    page.click(f"a:has-text('{rule.label.zh}')")
    expect(page.locator(".picture svg")).to_have_count(2)
    expect(page.locator("#main")).to_contain_text(rule.rationale.zh)
    assert page.locator(".picture svg").first.locator("text=缺口").count() > 0
    assert found_by_axe(page) == []


def test_a_trainee_finds_the_hole_by_keyboard_and_the_rule_explains_itself(console: Console) -> None:
    page = console.open(Role.TRAINEE, "/training?card=R01")
    rule = next(shape for shape in catalogue() if shape.rule == "R01")
    expect(page.locator("#main h2").first).to_have_text("缺口在哪里？")
    hidden = page.locator("#main").inner_text()
    assert rule.rationale.zh not in hidden
    page.focus("input[value='risk/R04-06']")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("答对了")
    expect(verdict).to_contain_text(rule.label.zh)
    expect(page.locator("#main")).to_contain_text(rule.rationale.zh)
    expect(page.locator("#main [role=status]").first).to_have_text("答对 1 / 1")
    assert found_by_axe(page) == []


def test_pointing_at_the_wrong_place_shows_the_right_one(console: Console) -> None:
    page = console.open(Role.TRAINEE, "/training?card=line")
    count = page.locator("input[name=place]").count()
    assert count >= 2
    page.click("a:has-text('回到培训')")
    page.goto(f"{console.url}/training?card=R01")
    other = page.locator(".picture [data-id]:not([data-id^='risk/'])").first
    other.click()
    expect(page.locator("#verdict")).to_contain_text("不是这里")
    expect(page.locator("#main")).to_contain_text("缺口在：")


@pytest.mark.parametrize(("language", "theme", "width"), [("zh", "light", 1366), ("en", "dark", 390)])
def test_these_pages_can_be_read_by_everybody(
    console: Console, language: str, theme: str, width: int
) -> None:
    paths = (
        "/import",
        "/questions",
        "/questions?question=Q01",
        "/rules",
        "/training",
        "/training?tour=begin",
    )
    for path in paths:
        page = console.open(Role.SO, path, width=width, language=language, theme=theme)
        page.wait_for_selector("#main section")
        assert found_by_axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
