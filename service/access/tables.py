"""The tables "who sees what" and "who does what", read from ``access.toml`` (domain sections 8 and 9)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from dutygraph.commits.acts import Action
from dutygraph.service.access.roles import Data, Reach, Role


@dataclass(frozen=True, slots=True)
class AccessTables:
    """Reach by data and role, the properties that a cell is limited to, and who may do what."""

    reaches: Mapping[tuple[Data, Role], Reach]
    only: Mapping[tuple[Data, Role], tuple[str, ...]]
    writes: Mapping[tuple[str, Role], Reach]
    writes_of_kind: Mapping[str, Mapping[Role, Reach]]
    whole_of_own: Mapping[Data, frozenset[Role]] = field(default_factory=dict)

    def reach(self, data: Data, role: Role) -> Reach:
        """Return how far a role sees a kind of data; what the table does not say, it does not allow."""
        return self.reaches.get((data, role), Reach.NONE)

    def whole(self, data: Data, role: Role) -> bool:
        """Tell whether a role sees all of this kind about that which is its own."""
        return self.reach(data, role) is Reach.ALL or role in self.whole_of_own.get(data, frozenset())

    def write(self, action: Action, role: Role, kind: str | None) -> Reach:
        """Return how far a role may do something, to a record of this kind if it is about one."""
        if kind is not None and kind in self.writes_of_kind and action.value.startswith("record."):
            return self.writes_of_kind[kind].get(role, Reach.NONE)
        return self.writes.get((action.value, role), Reach.NONE)


@cache
def access_tables() -> AccessTables:
    """Read ``access.toml``; its words are those of ``Data``, ``Role`` and ``Reach``."""
    text = resources.files("dutygraph.service.access").joinpath("access.toml").read_text(encoding="utf-8")
    return read_tables(text)


def read_tables(text: str) -> AccessTables:
    """Read the tables from TOML.

    Raises:
        ValueError: a word in it is no kind of data, role, reach or act.

    """
    told = tomllib.loads(text)
    writes = {Action(action).value: cells for action, cells in told.pop("writes").items()}
    of_kind, only, whole = told.pop("writes-of-kind"), told.pop("only"), told.pop("whole-of-own")
    return AccessTables(
        reaches={
            (Data(data), Role(role)): Reach(reach)
            for data, cells in told.items()
            for role, reach in cells.items()
        },
        only={
            (Data(data), Role(role)): tuple(properties)
            for data, cells in only.items()
            for role, properties in cells.items()
        },
        writes={
            (action, Role(role)): Reach(reach)
            for action, cells in writes.items()
            for role, reach in cells.items()
        },
        writes_of_kind={
            kind: {Role(role): Reach(reach) for role, reach in cells.items()}
            for kind, cells in of_kind.items()
        },
        whole_of_own={Data(data): frozenset(map(Role, roles)) for data, roles in whole.items()},
    )
