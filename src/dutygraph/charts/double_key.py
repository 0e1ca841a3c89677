"""The double-key chart (“双关键”监督图): key businesses × key posts, computed beside declared (F4–F8, R32).

A post and a business cross where the post performs, manages or approves a node of the business. What was
declared in the sheet 双关键图 stands beside it, and neither overwrites the other.

A gap lies in a cell when what it is about does: a node of the cell, a risk at it, a control of that risk; a
control also where its owner post crosses the business it works in; an issue where its responsible post
crosses the business of its risk; a declared cell where it was declared; a rating where what it rates does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dutygraph.charts.axes import BusinessAxis, PostAxis, businesses, posts
from dutygraph.charts.process import NodeFacts, Part, Process, read_process
from dutygraph.charts.reading import Reading, gaps_by_thing, number, values
from dutygraph.model import Finding, Thing

Place = tuple[str, str]
"""IRI of a business, IRI of a post."""


@dataclass(frozen=True, slots=True)
class DeclaredCell:
    """A cell of the sheet 双关键图; its business or post may be missing or not registered (R32)."""

    thing: Thing
    business: Thing | None
    post: Thing | None
    star: int | None


@dataclass(frozen=True, slots=True)
class DoubleKeyCell:
    """Where a business and a post cross.

    ``parts`` counts the nodes by the post's part in them, ``risks`` are those not retired, ``star`` is the
    highest of its nodes, ``gaps`` are ids. A cell without nodes was declared only.
    """

    business: Thing
    post: Thing
    parts: Mapping[Part, int]
    nodes: tuple[Thing, ...]
    key_nodes: int
    three_star_nodes: int
    star: int | None
    risks: int
    gaps: tuple[str, ...]
    declared: tuple[DeclaredCell, ...]

    @property
    def declared_star(self) -> int | None:
        """The star that was declared for the cell, the highest of several."""
        return max((cell.star for cell in self.declared if cell.star is not None), default=None)


@dataclass(frozen=True, slots=True)
class DoubleKeyChart:
    """The axes, by id; the cells where something crosses, by business and post; what was declared elsewhere.

    ``stray`` are declared cells that name no business or no post of the register.
    """

    businesses: tuple[BusinessAxis, ...]
    posts: tuple[PostAxis, ...]
    cells: tuple[DoubleKeyCell, ...]
    stray: tuple[DeclaredCell, ...]


@dataclass(frozen=True, slots=True)
class ChartFilter:
    """What to show: businesses of a department (by id), a star (0: unrated), supervised at a tier.

    Without *all_posts* only standing key posts are shown. A filter of businesses also leaves out the posts
    that have no part in any of those shown.
    """

    department: str | None = None
    star: int | None = None
    tier: int | None = None
    all_posts: bool = False

    def shows(self, business: BusinessAxis) -> bool:
        """Tell whether a business is to be shown."""
        return (
            (self.department is None or self.department in {one.id for one in business.departments})
            and (self.star is None or self._has_star(business))
            and (self.tier is None or bool((business.supervisors or {}).get(self.tier)))
        )

    def _has_star(self, business: BusinessAxis) -> bool:
        # neither a star nor why there is none: it has one that whoever looks does not see
        unrated = business.star is None and business.unrated is not None
        return unrated if self.star == 0 else self.star == business.star

    @property
    def narrows(self) -> bool:
        """Whether businesses are left out."""
        return (self.department, self.star, self.tier) != (None, None, None)


EVERYTHING = ChartFilter()


def double_key_chart(
    reading: Reading, findings: Sequence[Finding] = (), shown: ChartFilter = EVERYTHING
) -> DoubleKeyChart:
    """Return the double-key chart of a prepared bureau with the gaps that lie in its cells."""
    process, gaps = read_process(reading), gaps_by_thing(reading, findings)
    columns = tuple(one for one in businesses(reading, gaps) if shown.shows(one))
    rows = tuple(one for one in posts(reading, gaps) if one.key or shown.all_posts)
    declared, stray = _declared(reading)
    crossing = crossings(process)
    lying = _gaps_by_place(reading, process, gaps, declared)
    cells = tuple(
        _cell(
            reading,
            process,
            (column.thing, row.thing),
            crossing.get(place, {}),
            lying.get(place, ()),
            declared.get(place, ()),
        )
        for column in columns
        for row in rows
        if (place := (column.thing.iri, row.thing.iri)) in crossing or place in declared
    )
    if shown.narrows:
        with_cell = {cell.post.iri for cell in cells}
        rows = tuple(row for row in rows if row.thing.iri in with_cell)
    return DoubleKeyChart(columns, rows, cells, stray)


def crossings(process: Process) -> Mapping[Place, Mapping[Part, Sequence[NodeFacts]]]:
    """Return the nodes by where business and post cross and by the post's part in them."""
    found: dict[Place, dict[Part, list[NodeFacts]]] = defaultdict(dict)
    for node in process.nodes.values():
        for part, holders in node.posts.items():
            for post in holders:
                for business in node.businesses:
                    found[business, post].setdefault(part, []).append(node)
    return dict(found)


def _cell(
    reading: Reading,
    process: Process,
    axes: tuple[Thing, Thing],
    parts: Mapping[Part, Sequence[NodeFacts]],
    gaps: tuple[str, ...],
    declared: tuple[DeclaredCell, ...],
) -> DoubleKeyCell:
    nodes = {node.iri: node for each in parts.values() for node in each}
    business, post = axes
    return DoubleKeyCell(
        business=business,
        post=post,
        parts={part: len(parts.get(part, ())) for part in Part},
        nodes=reading.sorted(nodes),
        key_nodes=sum(node.key for node in nodes.values()),
        three_star_nodes=sum(node.star == 3 for node in nodes.values()),  # noqa: PLR2004 - three stars
        star=max((node.star for node in nodes.values() if node.star is not None), default=None),
        risks=len({risk.iri for node in nodes.values() for risk in process.active_risks(node)}),
        gaps=gaps,
        declared=declared,
    )


def _declared(
    reading: Reading,
) -> tuple[Mapping[Place, tuple[DeclaredCell, ...]], tuple[DeclaredCell, ...]]:
    """Return the declared cells by where they lie, and those that lie nowhere."""
    placed: dict[Place, tuple[DeclaredCell, ...]] = {}
    stray: list[DeclaredCell] = []
    for iri, rows in reading.grouped("declared-cells", "cell").items():
        business, post = _one(reading, values(rows, "business")), _one(reading, values(rows, "post"))
        cell = DeclaredCell(reading.things.thing(iri), business, post, number(rows, "star"))
        if business is None or post is None or not _registered(reading, business, post):
            stray.append(cell)
        else:
            place = business.iri, post.iri
            placed[place] = (*placed.get(place, ()), cell)
    return placed, tuple(sorted(stray, key=lambda cell: cell.thing.id))


def _registered(reading: Reading, *things: Thing) -> bool:
    return all(reading.things.types(thing.iri) for thing in things)


def _one(reading: Reading, iris: tuple[str, ...]) -> Thing | None:
    return reading.things.thing(iris[0]) if iris else None


def _gaps_by_place(
    reading: Reading,
    process: Process,
    gaps: Mapping[str, tuple[str, ...]],
    declared: Mapping[Place, Sequence[DeclaredCell]],
) -> Mapping[Place, tuple[str, ...]]:
    """Return the ids of gaps by the cells that they lie in, given those by what they are about."""
    places = _places_of_process(process)
    for place, cells in declared.items():
        for cell in cells:
            places[cell.thing.iri].add(place)
    for row in reading.rows("issues"):
        if "risk" in row and "post" in row:
            of = process.businesses_of_risk(row["risk"])
            places[row["issue"]] |= {(business, row["post"]) for business in of}
    found: dict[Place, list[str]] = defaultdict(list)
    for thing, ids in gaps.items():
        for place in places.get(thing, ()):
            found[place] += ids
    return {place: tuple(dict.fromkeys(ids)) for place, ids in found.items()}


def _places_of_process(process: Process) -> defaultdict[str, set[Place]]:
    """Return the cells that nodes, risks and controls lie in, by IRI."""
    places: defaultdict[str, set[Place]] = defaultdict(set)
    for node in process.nodes.values():
        inside = {(b, post) for each in node.posts.values() for post in each for b in node.businesses}
        places[node.iri] |= inside
        for risk in (process.risks[iri] for iri in node.risks):
            places[risk.iri] |= inside
            for control in risk.controls:
                owners = process.controls[control].owners if control in process.controls else ()
                places[control] |= inside | {(b, post) for post in owners for b in node.businesses}
    return places
