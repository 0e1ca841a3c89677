"""The frame of every page: header, navigation, title and dates, and what is told when something fails."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Literal

from nicegui import ui

from dutygraph.bureaus import describe_bureau
from dutygraph.commits.errors import UnknownBureauError
from dutygraph.service.access.roles import Data, Reach
from dutygraph.service.access.view import View
from dutygraph.service.console.fragments import Fragment
from dutygraph.service.console.page import Page
from dutygraph.service.console.visit import Visit
from dutygraph.service.console.wrong import wrong_of
from dutygraph.service.logs import log
from dutygraph.service.problems import ProblemError

_DARK = {"auto": None, "light": False, "dark": True}
_LANGUAGES: dict[str, Literal["zh-CN", "en-US"]] = {"zh": "zh-CN", "en": "en-US"}
_DATES = "dates"


async def show(page: Page, pages: Sequence[Page], visit: Visit) -> None:
    """Build a page within its frame; what goes wrong is told in its place."""
    title = visit.say(f"page.{page.name}")
    client = ui.context.client
    # each visitor reads in their own language and colours: the page of NiceGUI is shared by all
    client.page = copy.copy(client.page)
    client.page.dark = _DARK[visit.theme]
    client.page.language = _LANGUAGES[visit.language]
    client.title = f"{title} · {visit.say('shell.product')}"
    ui.add_head_html(f'<link rel="stylesheet" href="{visit.url("/console/console.css")}">')
    bureau = await visit.work(_bureau_of, visit)
    with _frame(page, pages, visit, title=title, bureau=bureau):
        try:
            _require(page, visit)
            await page.build(visit)
            await _tell_dates(visit)
        except Exception as error:  # noqa: BLE001 - whatever it was, a page says so in words
            client.status_code = _tell_wrong(visit, error)


@contextmanager
def _frame(
    page: Page, pages: Sequence[Page], visit: Visit, *, title: str, bureau: str | None
) -> Iterator[None]:
    grants = visit.service.accounts.account(visit.caller.account).grants
    # NiceGUI puts all into a <main>: ours is the one that holds the page, without header and navigation
    whole = ui.context.client.content.parent_slot
    if whole is not None:
        whole.parent.props("role=none")
    header = Fragment(visit, "header", tag="header", grants=grants, bureau=bureau)
    header.element.props("role=banner")
    with ui.element("div").classes("body-of-page"):
        there = [one for one in pages if one.in_navigation and one.may(visit)]
        Fragment(visit, "navigation", tag="div", pages=there, here=page)
        with ui.element("main").props('id="main" tabindex="-1"'):
            dates = Fragment(visit, "title", title=title, view=None, limited=False)
            ui.context.client.storage[_DATES] = (dates, title)
            yield


def _require(page: Page, visit: Visit) -> None:
    if not page.may(visit):
        raise ProblemError(403, "forbidden")


async def _tell_dates(visit: Visit) -> None:
    if visit.caller.bureau is not None:
        with suppress(UnknownBureauError):  # of a page that does without data, as the first import must
            show_dates(await visit.work(visit.view))


def show_dates(view: View) -> None:
    """Renew the line that says as of when the page is true, after a change."""
    dates, title = ui.context.client.storage[_DATES]
    dates.show(title=title, view=view, limited=view.reach(Data.WORK) is not Reach.ALL)


def _bureau_of(visit: Visit) -> str | None:
    """Return what the bureau is called; its code where it has no data yet, None for who has none."""
    if visit.caller.bureau is None:
        return None
    try:
        view = visit.view()
    except Exception:  # noqa: BLE001 - the page itself will say what is wrong
        return visit.caller.bureau
    return visit.answers.of(view, "bureau-name", lambda: describe_bureau(view.store, view.names).label)


def _tell_wrong(visit: Visit, error: Exception) -> int:
    wrong = wrong_of(error, visit.request_id)
    if wrong.unforeseen:
        log("console.failed", level=logging.ERROR, error=error, requestId=visit.request_id)
    Fragment(visit, "wrong", wrong=wrong)
    return wrong.status
