"""Where the cards and lines of a net stand: layered, as Sugiyama and others do, the layers given by kind.

Lines that pass a lane have a row there, so that no line crosses a card. The same net gives the same picture.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dutygraph.pictures.canvas import Box
from dutygraph.pictures.layering import in_order, settled
from dutygraph.pictures.look import Look
from dutygraph.pictures.net import CARD, PORT_ROW, Lane, Net, Tie, card_text, label_width, lane_of

APART, PASSING = 14.0, 6.0
TURN = 46.0
HEAD = 26.0
_ROW = "\0"  # what the keys of passing rows begin with: no thing's does


Point = tuple[float, float]
_Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """The ties that leave a card together: one port, one label."""

    left: str
    label: str
    chained: bool
    broken: bool
    rights: _Keys


@dataclass(frozen=True, slots=True)
class Way:
    """How a bundle runs: where its label begins, bends between two points, level parts, loops in its lane.

    A loop leaves its port, turns at the first point and comes back to the second.
    """

    bundle: Bundle
    label_at: Point
    bends: tuple[tuple[Point, Point], ...]
    levels: tuple[tuple[Point, Point], ...]
    loops: tuple[tuple[Point, Point], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A net laid out from its upper left corner: size, lanes with their left edges, boxes of cards, ways."""

    width: float
    height: float
    lanes: tuple[tuple[Lane, float], ...]
    boxes: Mapping[str, Box]
    ways: tuple[Way, ...]


def lay_out(net: Net, look: Look) -> Layout:
    """Return where everything stands."""
    layers = Layers(net, look)
    lefts, width = layers.lefts()
    boxes = layers.boxes(lefts)
    height = max((box.bottom for box in boxes.values()), default=HEAD)
    cards = {key: box for key, box in boxes.items() if not key.startswith(_ROW)}
    lanes = tuple(zip(layers.lanes, lefts, strict=True))
    return Layout(width, height, lanes, cards, tuple(layers.ways(boxes, lefts)))


class Layers:
    """The lanes that have cards; what stands in each, in which order, how high."""

    def __init__(self, net: Net, look: Look) -> None:
        """Sort cards and the rows of passing lines into lanes, order them, and give them heights."""
        lanes = {lane.place: lane for lane in (lane_of(card.kind) for card in net.cards)}
        self.lanes = [lanes[place] for place in sorted(lanes)]
        number = {lane.place: place for place, lane in enumerate(self.lanes)}
        self._column = {card.key: number[lane_of(card.kind).place] for card in net.cards}
        self._bundles = bundles(net.ties, self._column)
        self._ports = self._leaving()
        self._heights = {
            card.key: max(card_text(card, look).height, len(self._ports[card.key]) * PORT_ROW + 8)
            for card in net.cards
        }
        layers: list[list[str]] = [[] for _ in self.lanes]
        for card in net.cards:
            layers[self._column[card.key]].append(card.key)
        self._beside: dict[str, list[str]] = defaultdict(list)
        self._routes = self._thread(layers)
        self._layers = [
            _as_numbered(layer) if lane.colour == "kind-node" else layer
            for lane, layer in zip(self.lanes, in_order(layers, self._beside), strict=True)
        ]
        self._middles = settled(self._layers, self._beside, self._heights, APART)

    def _leaving(self) -> Mapping[str, list[tuple[int, str | None]]]:
        """Return the ports at the right edge of each card: bundles that leave it, loops that come to it."""
        ports: dict[str, list[tuple[int, str | None]]] = defaultdict(list)
        for number, bundle in enumerate(self._bundles):
            ports[bundle.left].append((number, None))
            for right in bundle.rights:
                if self._column[right] == self._column[bundle.left]:
                    ports[right].append((number, right))
        return ports

    def _thread(self, layers: list[list[str]]) -> Mapping[tuple[int, str], _Keys]:
        """Give long ties rows in the lanes that they pass; return what each runs through.

        Ties that leave a card together share their rows, or those that come to one card, whichever are more.
        """
        long = [
            (number, bundle, right)
            for number, bundle in enumerate(self._bundles)
            for right in bundle.rights
            if self._column[right] > self._column[bundle.left]
        ]
        out = Counter(number for number, _, _ in long)
        into = Counter((right, bundle.chained, bundle.broken) for _, bundle, right in long)
        routes = {}
        for number, bundle, right in long:
            coming = (right, bundle.chained, bundle.broken)
            shared = str(number) if out[number] >= into[coming] else f"{right} {coming[1:]}"
            passed = range(self._column[bundle.left] + 1, self._column[right])
            rows = [f"{_ROW}{shared} {column}" for column in passed]
            for row, column in zip(rows, passed, strict=True):
                if row not in self._column:
                    self._column[row], self._heights[row] = column, PASSING
                    layers[column].append(row)
            routes[number, right] = (bundle.left, *rows, right)
        for one, other in sorted({pair for route in routes.values() for pair in pairwise(route)}):
            self._beside[one].append(other)
            self._beside[other].append(one)
        return routes

    def boxes(self, lefts: Sequence[float]) -> Mapping[str, Box]:
        """Return the boxes of cards and rows."""
        top = min((middle - self._heights[key] / 2 for key, middle in self._middles.items()), default=0.0)
        return {
            key: Box(lefts[self._column[key]], self._middles[key] - high / 2 - top + HEAD, CARD, high)
            for key, high in self._heights.items()
        }

    def lefts(self) -> tuple[list[float], float]:
        """Return the left edges of the lanes, and how wide all is."""
        lefts, x = [], 0.0
        for column in range(len(self.lanes)):
            lefts.append(x)
            last = column == len(self.lanes) - 1
            leaving = any(self._column[bundle.left] == column for bundle in self._bundles)
            x += CARD + (self._label_room(column) + TURN if leaving or not last else 0.0)
        return lefts, max(x, CARD)

    def _label_room(self, column: int) -> float:
        labels = (bundle.label for bundle in self._bundles if self._column[bundle.left] == column)
        return max(map(label_width, labels), default=0.0) + 6

    def ways(self, boxes: Mapping[str, Box], lefts: Sequence[float]) -> Iterator[Way]:
        """Yield how each bundle runs."""
        heights = self._port_heights(boxes)
        turns = [left + CARD + self._label_room(column) for column, left in enumerate(lefts)]
        for number, bundle in enumerate(self._bundles):
            own = heights[number, None]
            bends: dict[tuple[Point, Point], None] = {}
            levels: dict[tuple[Point, Point], None] = {}
            loops = []
            for right in bundle.rights:
                column = self._column[right]
                if (number, right) not in self._routes:
                    loops.append(((turns[column], own), (boxes[right].right, heights[number, right])))
                for one, other in pairwise(self._routes.get((number, right), ())):
                    turn = turns[self._column[one]]
                    level = own if one == bundle.left else boxes[one].middle[1]
                    start = boxes[one].right if one == bundle.left else boxes[one].x
                    levels[(start, level), (turn, level)] = None
                    bends[(turn, level), (boxes[other].x, boxes[other].middle[1])] = None
            at = (boxes[bundle.left].right, own)
            yield Way(bundle, at, tuple(bends), tuple(levels), tuple(loops))

    def _port_heights(self, boxes: Mapping[str, Box]) -> Mapping[tuple[int, str | None], float]:
        """Return the heights of the ports at the right edges of cards, in the order of where they lead."""
        heights = {}
        for key, ports in self._ports.items():
            first = boxes[key].middle[1] - PORT_ROW * (len(ports) - 1) / 2
            ordered = sorted(ports, key=lambda port: self._leads(port, boxes))
            for place, (number, arriving) in enumerate(ordered):
                heights[number, arriving] = first + PORT_ROW * place
        return heights

    def _leads(self, port: tuple[int, str | None], boxes: Mapping[str, Box]) -> float:
        number, arriving = port
        bundle = self._bundles[number]
        others = (bundle.left,) if arriving else bundle.rights
        return sum(boxes[other].middle[1] for other in others) / max(len(others), 1)


def _as_numbered(layer: Sequence[str]) -> list[str]:
    """Put the cards of a lane of nodes into the order of their ids, which is mostly that of the flow."""
    cards = iter(sorted(key for key in layer if not key.startswith(_ROW)))
    return [key if key.startswith(_ROW) else next(cards) for key in layer]


def bundles(ties: Sequence[Tie], column: Mapping[str, int]) -> tuple[Bundle, ...]:
    """Gather ties by the card at their left and by what they say read from there."""
    found: dict[tuple[str, str, bool, bool], list[str]] = {}
    for tie in ties:
        if tie.source not in column or tie.target not in column or tie.source == tie.target:
            continue
        if column[tie.source] <= column[tie.target]:
            left, right, label = tie.source, tie.target, tie.label
        else:
            left, right, label = tie.target, tie.source, tie.back
        found.setdefault((left, label, tie.chained, tie.broken), []).append(right)
    return tuple(
        Bundle(left, label, chained, broken, tuple(dict.fromkeys(rights)))
        for (left, label, chained, broken), rights in found.items()
    )
