"""What a page is: its name, its address, who may open it, what builds it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from dutygraph.service.access.roles import Role
from dutygraph.service.console.visit import Visit


def has_bureau(visit: Visit) -> bool:
    """Tell whether the caller belongs to a bureau: all do but the administrator."""
    return visit.caller.role is not Role.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Page:
    """A page. ``name`` is its key in ``texts/page.toml``; ``icon`` one of ``icons.py``.

    ``path`` may hold parameters, "/lines/{business}": ``visit.params``. A page that ``may`` not be opened is
    left out of the navigation, and answered with 403. With ``in_navigation`` False it is reached from others.
    """

    name: str
    path: str
    icon: str
    build: Callable[[Visit], Awaitable[None]]
    may: Callable[[Visit], bool] = has_bureau
    in_navigation: bool = True
