"""责任网: walk from thing to thing, up the chain to tier 1, and see what a departure would uncover.

It shows exposure, never suspicion (domain section 8).
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from nicegui import ui

from dutygraph.pictures import Picture
from dutygraph.service.access.view import View
from dutygraph.service.console.drawings import FAR, NEAR, WIDEST, NetWanted, draw_net, net_wanted
from dutygraph.service.console.fragments import Asked, Fragment
from dutygraph.service.console.gap_list import severity_word
from dutygraph.service.console.net import Found, Named, around_of, beginnings, departure_of, search
from dutygraph.service.console.page import Page, has_bureau
from dutygraph.service.console.showing import Showing, add_chart_sheets
from dutygraph.service.console.visit import Visit

PATH = "/explorer"
_LONGEST_TRAIL = 7
_FOCUS = "setTimeout(() => document.querySelector('.picture [data-id=' + CSS.escape(%s) + ']')?.focus(), 120)"


async def build(visit: Visit) -> None:
    """Build the page."""
    await ExplorerPage(visit).build()


class ExplorerPage:
    """The search, where one is, the net around it, and what a departure would uncover."""

    def __init__(self, visit: Visit) -> None:
        """Read from the address where one is."""
        self._visit = visit
        self._wanted = net_wanted(visit.query)
        self._leaving = visit.query.get("leaving") == "1"
        self._trail: list[Named] = []
        self._showing: Showing | None = None

    async def build(self) -> None:
        """Put it on the page."""
        visit = self._visit
        add_chart_sheets(visit)
        view = await visit.work(visit.view)
        asked = visit.query.get("text", "").strip()[:100]
        found = await visit.work(search, visit, view, asked) if asked else None
        acts = {"search": self._search, "go": self._go}
        self._searching = Fragment(visit, "explorer-search", acts=acts, found=found)
        if not self._wanted.start:
            self._begin = Fragment(visit, "explorer-begin", acts=acts, begin=None)
            ui.timer(0.05, self._fill, once=True)
        walking = {**acts, "depth": self._deepen, "more": self._widen, "leaving": self._leave}
        with ui.element("div") as self._place:
            self._head = Fragment(visit, "explorer-head", acts=walking, **self._nowhere)
            self._lost = Fragment(visit, "explorer-leaving", acts=walking, departure=None)
            self._drawn = ui.element("div")
            self._around = Fragment(visit, "explorer-around", acts=walking, **self._nowhere)
        if self._wanted.start:
            await self._show()

    @property
    def _nowhere(self) -> dict[str, Any]:
        return {"around": None, "wanted": self._wanted, "trail": (), "query": {}}

    async def _fill(self) -> None:
        """List where one may begin, once the page stands: metrics take a second after a change."""
        visit = self._visit
        view = await visit.work(visit.view)
        begin = await visit.work(beginnings, visit, view)
        if not self._wanted.start:
            self._begin.show(begin=begin)

    async def _show(self) -> None:
        visit, wanted = self._visit, self._wanted
        view = await visit.work(visit.view)
        around = await visit.work(around_of, visit, view, wanted)
        picture = await visit.work(_draw, visit, view, wanted)
        self._went(around.start)
        values = {"around": around, "wanted": wanted, "trail": self._trail, "query": wanted.address}
        words = {"severity_word": severity_word, "near": NEAR, "far": FAR, "widest": WIDEST}
        self._head.show(**values, **words)
        if self._showing is None:
            with self._drawn:
                self._showing = Showing(visit, picture, self._go, least=0.85)
        else:
            self._showing.draw(picture)
        self._around.show(**values, **words)
        shown = self._leaving and around.may_leave
        departure = await visit.work(departure_of, visit, view, wanted.start) if shown else None
        self._lost.show(departure=departure, start=wanted.start)
        told = {"leaving": "1"} if departure else {}
        ui.navigate.history.replace(visit.url(PATH, **wanted.address, **told))

    def _went(self, start: Named) -> None:
        addresses = [one.address for one in self._trail]
        if start.address in addresses:
            self._trail = self._trail[: addresses.index(start.address) + 1]
        else:
            self._trail = [*self._trail, start][-_LONGEST_TRAIL:]

    async def _search(self, asked: Asked) -> None:
        visit, text = self._visit, asked.fields.get("text", "").strip()[:100]
        found: Found | None = None
        if text:
            view = await visit.work(visit.view)
            found = await visit.work(search, visit, view, text)
        self._searching.show(found=found)

    async def _go(self, asked: Asked) -> None:
        if asked.value.startswith("cell/"):
            return
        before = self._wanted
        depth, width = FAR if before.depth == FAR[0] else NEAR
        self._wanted, self._leaving = NetWanted(asked.value[:240], depth, width), False
        try:
            await self._show()
        except Exception:
            self._wanted = before
            raise
        self._searching.show(found=None)
        if hasattr(self, "_begin"):
            self._begin.show(begin=None, gone=True)
        ui.run_javascript(_FOCUS % json.dumps(self._wanted.start))

    async def _deepen(self, asked: Asked) -> None:
        depth, width = FAR if asked.value == str(FAR[0]) else NEAR
        self._wanted = replace(self._wanted, depth=depth, width=width)
        await self._show()

    async def _widen(self, _asked: Asked) -> None:
        self._wanted = replace(self._wanted, width=min(self._wanted.width + NEAR[1], WIDEST))
        await self._show()

    async def _leave(self, _asked: Asked) -> None:
        self._leaving = not self._leaving
        await self._show()


def _draw(visit: Visit, view: View, wanted: NetWanted) -> Picture:
    return draw_net(visit, view, wanted.address, interactive=True)


PAGE = Page("explorer", PATH, icon="explorer", build=build, may=has_bureau)
