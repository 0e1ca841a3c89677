"""缺口: the gaps as an office works through them."""

from __future__ import annotations

from dataclasses import replace

from nicegui import ui

from dutygraph.commits.acts import Action
from dutygraph.service.access.writes import may_write
from dutygraph.service.console.fragments import Asked, Drawer, Fragment, tell
from dutygraph.service.console.gap_drawer import GapDrawer, assign_all, people_of
from dutygraph.service.console.gap_list import (
    FIRST,
    FURTHER,
    GROUPS,
    PAGE_SIZE,
    STATES,
    GapList,
    listed,
    severity_word,
    wanted_of,
)
from dutygraph.service.console.page import Page, has_bureau
from dutygraph.service.console.shell import show_dates
from dutygraph.service.console.visit import Visit

PATH = "/gaps"


async def build(visit: Visit) -> None:
    """Build the page."""
    await GapsPage(visit).build()


class GapsPage:
    """The list, the fields above it, and the gap that is open beside it."""

    def __init__(self, visit: Visit) -> None:
        """Read from the address what is wanted."""
        self._visit = visit
        self._wanted = wanted_of(visit.query)
        self._chosen: set[str] = set()
        self._may_assign = may_write(visit.caller, Action.GAP_ASSIGN)

    async def build(self) -> None:
        """Put the fields and the list on the page; open the gap that the address names."""
        visit = self._visit
        found = await self._look()
        values = self._values(found)
        self._fields = Fragment(
            visit, "gaps-fields", tag="div", acts={"field": self._limit, "search": self._search}, **values
        )
        acts = {
            "open": self._open,
            "more": self._more,
            "clear": self._clear,
            "choose": self._choose,
            "assign": self._assign,
        }
        self._list = Fragment(visit, "gaps-list", tag="div", acts=acts, **values)
        self._drawer = GapDrawer(visit, self._changed)
        self._several = Drawer(visit, "gaps.assign-several")
        named = visit.query.get("gap")
        if named:
            await self._drawer.open(named[:64])

    async def _look(self) -> GapList:
        visit = self._visit
        view = await visit.work(visit.view)
        return await visit.work(listed, view, visit.answers, self._wanted)

    def _values(self, found: GapList) -> dict[str, object]:
        return {
            "found": found,
            "wanted": self._wanted,
            "fields": (FIRST, FURTHER),
            "states": STATES,
            "grouping": GROUPS,
            "severity_word": severity_word,
            "chosen": self._chosen,
            "may_assign": self._may_assign,
        }

    async def _show(self) -> None:
        found = await self._look()
        there = {row.finding.id for group in found.groups for row in group.rows}
        self._chosen &= there
        self._list.show(**self._values(found))
        ui.navigate.history.replace(self._visit.url(PATH, **self._wanted.address))

    async def _limit(self, asked: Asked) -> None:
        self._wanted = self._wanted.with_field(asked.name, asked.value)
        await self._show()

    async def _search(self, asked: Asked) -> None:
        self._wanted = self._wanted.with_field("text", asked.fields.get("text", ""))
        await self._show()

    async def _clear(self, _asked: Asked) -> None:
        self._wanted = replace(wanted_of({}), group=self._wanted.group)
        await self._show()
        self._fields.show(**self._values(await self._look()))

    async def _more(self, _asked: Asked) -> None:
        self._wanted = replace(self._wanted, size=self._wanted.size + 2 * PAGE_SIZE)
        await self._show()

    async def _choose(self, asked: Asked) -> None:
        if asked.value:
            self._chosen.add(asked.name)
        else:
            self._chosen.discard(asked.name)
        self._list.show(**self._values(await self._look()))

    async def _open(self, asked: Asked) -> None:
        await self._drawer.open(asked.value)

    async def _changed(self) -> None:
        show_dates(await self._visit.work(self._visit.view))
        await self._show()

    async def _assign(self, _asked: Asked) -> None:
        visit = self._visit
        view = await visit.work(visit.view)
        people = await visit.work(people_of, view, visit.answers)
        acts = {"assign": self._assign_chosen}
        self._several.show("gaps-assign", acts, people=people, count=len(self._chosen), as_of=view.as_of)

    async def _assign_chosen(self, asked: Asked) -> None:
        count = len(self._chosen)
        await self._visit.work(assign_all, self._visit, sorted(self._chosen), asked.fields)
        self._several.close()
        self._chosen.clear()
        await self._changed()
        tell(self._visit.say("gaps.assigned", count=count))


PAGE = Page("gaps", PATH, icon="gaps", build=build, may=has_bureau)
