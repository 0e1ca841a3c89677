"""Who comes in, as whom, for how long: the console's sessions are the service's own."""

from __future__ import annotations

import re
import urllib.request
from email.message import Message
from urllib.error import HTTPError
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Page
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from dutygraph.service.access.roles import Role
from dutygraph.service.hardening import is_of_host
from tests.console.browser import Console
from tests.service.running import PASSWORD


def sign_in(page: Page, account: str, password: str = PASSWORD) -> None:
    page.fill("#account", account)
    page.fill("#password", password)
    page.click("button.primary")


def test_who_signs_in_comes_to_the_page_that_was_wanted(console: Console) -> None:
    page = console.stranger("/gaps?severity=Warning")
    assert page.url == f"{console.url}/sign-in?next=%2Fgaps%3Fseverity%3DWarning"
    sign_in(page, "so")
    page.wait_for_selector("#main h1")
    assert page.url == f"{console.url}/gaps?severity=Warning"
    assert set(page.locator("tbody .grade").all_inner_texts()) == {"警告"}
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    session = cookies["dutygraph-session"]
    assert (session["httpOnly"], session["sameSite"], session["path"]) == (True, "Strict", "/")
    assert page.evaluate("document.cookie") == ""
    page.context.close()


def test_a_wrong_password_is_told_and_nothing_is_kept(console: Console) -> None:
    status, headers, body = _post(f"{console.url}/sign-in", "account=so&password=not+the+password")
    assert status == 401
    assert "账号或密码不对" in body
    assert 'value="so"' in body
    assert "not the password" not in body
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "wanted", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:1"]
)
def test_nobody_is_led_to_another_site(console: Console, wanted: str) -> None:
    with urllib.request.urlopen(f"{console.url}/sign-in?next={quote(wanted)}", timeout=10) as answer:
        assert 'name="next" value="/"' in answer.read().decode()
    fields = urlencode({"account": "so", "password": PASSWORD, "next": wanted})
    status, headers, _ = _post(f"{console.url}/sign-in", fields)
    assert (status, headers["location"]) == (303, "/")


def test_who_has_two_roles_chooses_one_and_may_change_it(console: Console) -> None:
    page = console.stranger("/mine")
    sign_in(page, "two.roles")
    assert page.context.cookies() == []  # no session before the choice
    page.click("button:has-text('一级监督员')")
    page.wait_for_selector("#main h1")
    assert page.url == f"{console.url}/mine"
    assert page.inner_text("header .role") == "一级监督员"
    before = page.context.cookies()[0]["value"]
    page.click("header summary")
    page.click("header button:has-text('监督办公室')")
    page.wait_for_selector("#main h1")
    assert page.inner_text("header .role") == "监督办公室"
    assert console.service.accounts.tokens.signed_in(before) is None
    page.context.close()


def test_signing_out_ends_the_session(console: Console) -> None:
    page = console.stranger("/mine")
    sign_in(page, "t2")
    page.wait_for_selector("#main h1")
    token = page.context.cookies()[0]["value"]
    page.click("header summary")
    page.click("text=退出登录")
    page.wait_for_selector("#account")
    assert console.service.accounts.tokens.signed_in(token) is None
    page.goto(f"{console.url}/mine")
    assert page.url.startswith(f"{console.url}/sign-in")
    page.context.close()


def test_a_session_that_was_ended_can_do_nothing_and_comes_back(console: Console) -> None:
    page = console.stranger("/gaps?severity=Violation")
    sign_in(page, "t1")
    page.wait_for_selector("#main h1")
    accounts = console.service.accounts
    before = console.service.committer.state("SL01").head.commit
    page.click("button[data-do=open] >> nth=0")
    page.click(".drawer summary:has-text('豁免')")
    page.fill("#reason", "人员到岗前")
    page.fill("#until", "2026-03-31")
    accounts.tokens.revoke_of_account(accounts.account("t1").id)
    page.click(".drawer form[data-do=waive] button")
    page.wait_for_selector("#account")
    assert console.service.committer.state("SL01").head.commit == before
    sign_in(page, "t1")
    page.wait_for_selector("#main h1")
    assert page.url == f"{console.url}/gaps?severity=Violation"
    page.context.close()
    console.kept = {key: kept for key, kept in console.kept.items() if key[0] is not Role.T1}


def test_the_cookie_is_good_for_reading_the_api_alone(console: Console) -> None:
    page = console.open(Role.SO, "/gaps")
    ask = "([path, method]) => fetch(path, {method}).then(answer => answer.status)"
    assert page.evaluate(ask, ["/api/v1/bureaus/SL01/gaps?size=1", "GET"]) == 200
    assert page.evaluate(ask, ["/api/v1/sessions/current", "DELETE"]) == 401
    console.noticed = [one for one in console.noticed if "401" not in one]


class _Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_more: object) -> None:
        return None


def _post(url: str, fields: str, **headers: str) -> tuple[int, Message, str]:
    request = urllib.request.Request(url, fields.encode(), headers)
    try:
        with urllib.request.build_opener(_Staying).open(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def test_forms_of_other_sites_are_refused(console: Console) -> None:
    fields = "account=so&password=x&ticket=x&grant=x"
    for path in ("/sign-in", "/sign-out", "/role", "/sign-in/role"):
        assert _post(console.url + path, fields, Origin="http://example.org")[0] == 403, path
    assert _post(f"{console.url}/sign-in", fields, Origin=console.url)[0] == 401


def test_sockets_of_other_sites_are_refused(console: Console) -> None:
    address = console.url.replace("http", "ws") + "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    with pytest.raises(InvalidStatus) as refused, connect(address, origin="http://example.org"):
        pass
    assert refused.value.response.status_code == 403


def test_a_socket_needs_the_session_of_its_page(console: Console) -> None:
    own, other = console.session(Role.SO), console.session(Role.T2)
    _, _, body = _asked(f"{console.url}/mine", Cookie=f"dutygraph-session={own}")
    found = re.search(r"'client_id': '([0-9a-f-]{36})'", body)
    assert found
    address = f"{console.url.replace('http', 'ws')}/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    address += f"&client_id={found[1]}&implicit_handshake=true&tab_id=t&document_id=d&next_message_id=0"
    answers = []
    for cookie in ("", f"dutygraph-session={other}", f"dutygraph-session={own}"):
        with connect(address, origin=console.url, additional_headers={"Cookie": cookie}) as socket:  # type: ignore[arg-type]
            socket.recv(timeout=5)
            socket.send("40")
            answers.append(str(socket.recv(timeout=5))[:2])
    assert answers == ["44", "44", "40"]  # refused, refused, connected


def _asked(url: str, **headers: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


def test_a_wrong_address_is_told_to_people_in_words_and_to_programs_as_a_problem(console: Console) -> None:
    status, kind, body = _asked(
        f"{console.url}/no-such-page", Accept="text/html", Cookie="dutygraph-language=zh"
    )
    assert (status, kind) == (404, "text/html; charset=utf-8")
    assert "<h1>没有找到</h1>" in body
    for path, accept in (("/no-such-page", "*/*"), ("/api/v1/no-such", "text/html")):
        status, kind, _ = _asked(console.url + path, Accept=accept)
        assert (status, kind) == (404, "application/problem+json")


def test_what_pages_may_load_is_named(console: Console) -> None:
    token = console.session(Role.SO)
    request = urllib.request.Request(
        f"{console.url}/overview", headers={"Cookie": f"dutygraph-session={token}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        policy, body = answer.headers["Content-Security-Policy"], answer.read().decode()
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert body.count("<script") == body.count(f'<script nonce="{nonce}"') > 0
    with urllib.request.urlopen(f"{console.url}/sign-in", timeout=10) as answer:
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert "<script" not in answer.read().decode()


@pytest.mark.parametrize(
    ("address", "host", "same"),
    [
        ("https://duty.example", "duty.example", True),
        ("https://duty.example:8443", "duty.example", True),  # a proxy passes the name alone
        ("https://duty.example:8443", "duty.example:8443", True),
        ("https://duty.example:8443", "duty.example:8046", False),
        ("https://duty.example.org", "duty.example", False),
        ("null", "duty.example", False),
        ("", "", False),
        ("http://[::1", "[::1]", False),
    ],
)
def test_a_page_is_known_by_its_host(address: str, host: str, same: bool) -> None:  # noqa: FBT001
    assert is_of_host(address, host) is same
