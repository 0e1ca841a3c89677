"""Which triples of a bureau one caller may see: the tables applied to the contents, cell by cell."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain

import pyoxigraph as ox

from dutygraph.service.access.contents import Contents, Node
from dutygraph.service.access.roles import Caller, Data, Reach, Role
from dutygraph.service.access.rows import expand
from dutygraph.service.access.tables import AccessTables

_DEPARTMENT_ROLES = (Role.FD,)


@dataclass(frozen=True, slots=True)
class Reading:
    """What may be seen: the places of the triples, the nodes that they are about, the nodes that are hidden.

    ``own`` holds the nodes that are the caller's own, by row; None where the row is not limited to them.
    ``partial`` are the nodes of which some properties are hidden altogether.
    """

    places: tuple[int, ...]
    hidden: frozenset[Node]
    own: Mapping[Data | None, frozenset[Node]]
    partial: frozenset[Node]

    def shows(self, place: int) -> bool:
        """Tell whether the triple at a place may be seen."""
        found = bisect_left(self.places, place)
        return found < len(self.places) and self.places[found] == place


def read(contents: Contents, caller: Caller, tables: AccessTables) -> Reading:
    """Return what a caller may see of a bureau.

    A triple is seen where its row is, or where it is of that part of the row which is the caller's own; and
    only if every registered node it names is seen too (a view names nothing that it does not hold).
    """
    own = _own(contents, caller, tables)
    partial, limited = _limited(contents, caller.role, tables)
    seen: set[int] = set()
    nodes: set[Node] = set()
    for row, anchors in contents.rows.items():
        reach = tables.reach(row, caller.role)
        if reach is Reach.ALL or (row, caller.role) in tables.only:
            mine: Iterable[Node] = anchors
        elif reach is Reach.OWN:
            mine = (own[row] | own[None]) & anchors.keys()
        else:
            continue
        nodes.update(mine)
        seen.update(chain.from_iterable(anchors[anchor] for anchor in mine))
    hidden = frozenset(chain.from_iterable(contents.rows.values())) - nodes
    seen -= limited
    for node in hidden:
        seen.difference_update(contents.mentions.get(node, ()))
    for row, places in contents.unregistered.items():
        if tables.reach(row, caller.role) not in (Reach.ALL, Reach.OWN):
            seen.difference_update(places)
    return Reading(tuple(sorted(seen)), hidden, own, partial)


def _limited(contents: Contents, role: Role, tables: AccessTables) -> tuple[frozenset[Node], set[int]]:
    """Return the nodes of which the role sees some properties only, and the places of all the others."""
    nodes: set[Node] = set()
    places: set[int] = set()
    for (data, limited_role), properties in tables.only.items():
        if limited_role is not role:
            continue
        shown = {expand(name) for name in properties}
        nodes.update(contents.rows[data])
        places.update(
            place
            for anchors in contents.rows.values()
            for node in contents.rows[data]
            for place in anchors.get(node, ())
            if contents.quads[place].predicate not in shown
        )
    return frozenset(nodes), places


def _own(contents: Contents, caller: Caller, tables: AccessTables) -> Mapping[Data | None, frozenset[Node]]:
    """Return the caller's own nodes by row; under None, what is one's own of that which all see."""
    given: dict[str, Iterable[ox.NamedNode]] = {"caller": _caller_node(contents, caller)}
    given["own"] = _named(_ask(contents, caller.role, "own", given))
    own: dict[Data | None, frozenset[Node]] = {None: _ask(contents, caller.role, "structure", given)}
    limited = [row for row in Data if tables.reach(row, caller.role) is Reach.OWN]
    # waivers come last: they name by its id what is one's own
    for row in sorted(limited, key=lambda row: row is Data.WAIVERS):
        given["mine"] = _named(chain.from_iterable(own.values()))
        mine = _ask(contents, caller.role, row.value, given)
        given["mine"] = _named(mine)
        mine |= _ask(contents, caller.role, f"{row.value}-with", given)
        about = (contents.followers.get(node, ()) for node in mine | own[None])
        own[row] = mine.union(*about)
    return own


def _caller_node(contents: Contents, caller: Caller) -> tuple[ox.NamedNode, ...]:
    kind, identifier = (
        ("department", caller.department) if caller.role in _DEPARTMENT_ROLES else ("person", caller.person)
    )
    return () if identifier is None else (ox.NamedNode(contents.names.thing(kind, identifier)),)


def _named(nodes: Iterable[Node]) -> tuple[ox.NamedNode, ...]:
    return tuple({node for node in nodes if isinstance(node, ox.NamedNode)})


def _ask(
    contents: Contents, role: Role, what: str, given: Mapping[str, Iterable[ox.NamedNode]]
) -> frozenset[Node]:
    query = _scope(role, what)
    return frozenset() if query is None else contents.ask(query, given)


@cache
def _scope(role: Role, what: str) -> str | None:
    file = resources.files("dutygraph.service.access").joinpath("scopes", f"{role.value}-{what}.rq")
    return file.read_text(encoding="utf-8") if file.is_file() else None
