"""What every picture has: how it is to look, its frame, the facts it shows as tables, its graph."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias
from xml.etree import ElementTree as ET

import networkx as nx

from dutygraph.model import Finding, Text, Thing
from dutygraph.pictures.canvas import FONTS, SVG, Box, Canvas
from dutygraph.pictures.marks import LegendItem, legend
from dutygraph.pictures.measuring import clean, wrap
from dutygraph.pictures.palette import palette, repainting

MARGIN = 24.0
TITLE_SIZE = 20.0
TEXT_SIZE = 12.0
_LEADING = 17.0
Net: TypeAlias = "nx.MultiDiGraph[str]"


@dataclass(frozen=True, slots=True)
class Look:
    """How pictures are to look.

    ``theme`` is light, dark, or auto: light, and dark where a browser's user prefers that. ``interactive``
    makes what has an address a button for keyboard and screen reader. ``people`` names persons (by
    their ids); without it a picture tells posts only, but for the person that was asked for.
    """

    language: str = "zh"
    theme: str = "light"
    interactive: bool = False
    people: bool = False

    def say(self, text: Text) -> str:
        """Return a text in the language of the picture."""
        return text.in_language(self.language)


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose picture it is: the bureau, and the date by which it was judged."""

    bureau: str = ""
    as_of: date | None = None

    def line(self, look: Look) -> str:
        """Return the line under the title."""
        told = look.say(Text(f"数据日期 {self.as_of}", f"as of {self.as_of}")) if self.as_of else ""
        return " · ".join(filter(None, (self.bureau, told)))


@dataclass(frozen=True, slots=True)
class FactTable:
    """The facts of a picture as a table, for screen readers and for printing."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished picture: SVG, its size in pixels at 96 dpi, and the same facts as tables and as a graph.

    ``paper`` is the sheet that it is made for, ``A3`` or ``A4``.
    """

    title: str
    description: str
    svg: str
    width: float
    height: float
    look: Look
    paper: str
    legend: tuple[LegendItem, ...] = ()
    tables: tuple[FactTable, ...] = ()
    graph: Net = field(default_factory=nx.MultiDiGraph)

    @property
    def landscape(self) -> bool:
        """Whether it is wider than high."""
        return self.width >= self.height


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a drawing: title, what it is about, the line under it, the legend below."""

    title: str
    description: str
    heading: Heading
    look: Look
    legend: tuple[LegendItem, ...] = ()
    paper: str = "A3"

    def draw(
        self,
        width: float,
        height: float,
        body: Callable[[Canvas, float], None],
        tables: tuple[FactTable, ...] = (),
        graph: Net | None = None,
    ) -> Picture:
        """Return the picture of a drawing this wide and high, which *body* draws below a height."""
        whole = width + 2 * MARGIN
        root, canvas = self._root()
        background = ET.SubElement(root, "g")
        top = self._head(canvas, width)
        body(canvas, top)
        below = top + height + 14
        end = below + legend(canvas, self.legend, Box(MARGIN, below, width, 0)) if self.legend else below
        total = end + MARGIN / 2
        root.set("viewBox", f"0 0 {whole:.0f} {total:.0f}")
        root.set("width", f"{whole:.0f}")
        root.set("height", f"{total:.0f}")
        Canvas(background, canvas.colours).rect(Box(0, 0, whole, total), "paper")
        return Picture(
            title=self.title,
            description=self.description,
            svg=ET.tostring(root, encoding="unicode"),
            width=whole,
            height=total,
            look=self.look,
            paper=self.paper,
            legend=self.legend,
            tables=tables,
            graph=nx.MultiDiGraph() if graph is None else graph,
        )

    def _root(self) -> tuple[ET.Element, Canvas]:
        told = f"{self.title}\n{self.description}\n{self.look}"
        name = "dg-" + hashlib.sha256(told.encode(errors="replace")).hexdigest()[:10]
        root = ET.Element(
            "svg",
            {
                "xmlns": SVG,
                "id": name,
                "role": "group" if self.look.interactive else "img",
                "aria-labelledby": f"{name}-title {name}-desc",
                "lang": "en" if self.look.language == "en" else "zh-Hans",
                "font-family": FONTS,
            },
        )
        for kind, text in (("title", self.title), ("desc", self.description)):
            ET.SubElement(root, kind, {"id": f"{name}-{kind}"}).text = clean(text)
        if self.look.theme == "auto":
            rules = repainting("dark", f"#{name}")
            style = ET.SubElement(root, "style")
            style.text = f"@media screen and (prefers-color-scheme: dark) {{ {rules} }}"
        return root, Canvas(root, palette(self.look.theme), interactive=self.look.interactive)

    def _head(self, canvas: Canvas, width: float) -> float:
        titles = wrap(self.title, width, TITLE_SIZE, 2)
        canvas.lines((MARGIN, MARGIN - 4), titles, TITLE_SIZE, 28, bold=True)
        y = MARGIN - 4 + 28 * len(titles)
        for line in filter(None, (self.heading.line(self.look), self.description)):
            shown = wrap(line, width, TEXT_SIZE, 3)
            canvas.lines((MARGIN, y), shown, TEXT_SIZE, _LEADING, "soft")
            y += _LEADING * len(shown)
        return y + 12


class GapNotes:
    """What the gaps say that a picture marks by their ids."""

    def __init__(self, findings: Sequence[Finding], look: Look, spared: frozenset[str] = frozenset()) -> None:
        """Keep the findings by id; *spared* are the ids of persons that may be named all the same."""
        self._found: Mapping[str, Finding] = {finding.id: finding for finding in findings}
        self._look = look
        things = (thing for one in findings for thing in (one.focus, one.value) if thing is not None)
        named = {thing.id for thing in things if thing.kind.lower() == "person"} - spared
        told = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
        self._persons = re.compile(rf"(?<![0-9A-Za-z])(?:{told})(?![0-9A-Za-z])") if named else None

    def rules(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Return the rules of gaps, each once, in their order; gaps that are not known have none."""
        return tuple(dict.fromkeys(self._found[gap].rule for gap in ids if gap in self._found))

    def breaks(self, ids: Sequence[str], *rules: str) -> bool:
        """Tell whether a gap of one of these rules is among them."""
        return bool(set(rules).intersection(self.rules(ids)))

    def told(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Return the sentences of gaps, with their rules."""
        known = (self._found[gap] for gap in ids if gap in self._found)
        sentences = tuple(f"{one.rule} {self._unnamed(self._look.say(one.message))}" for one in known)
        unknown = len(ids) - len(sentences)
        if not unknown:
            return sentences
        plural = "s" * (unknown != 1)
        return (*sentences, self._look.say(Text(f"另有缺口{unknown}处", f"{unknown} more gap{plural}")))

    def _unnamed(self, message: str) -> str:
        """Leave persons' ids out of a sentence, where the picture names none."""
        if self._look.people or not self._persons:
            return message
        return self._persons.sub(self._look.say(Text("某人", "someone")), message)

    def tag(self, ids: Sequence[str], most: int = 2) -> str:
        """Return the words of the tag that marks gaps: their rules, or how many there are."""
        rules = self.rules(ids)
        if not rules:
            return str(len(ids))
        rest = len(rules) - most
        return " ".join(rules[:most]) + (f" +{rest}" if rest > 0 else "")


def address(thing: Thing) -> str:
    """Return a thing's kind and id as the API's addresses have them, such as ``risk/R04-05``."""
    kind = thing.iri.partition("/bureau/")[2].split("/")[1:2]
    return f"{kind[0]}/{thing.id}" if kind else thing.id


def name_of(thing: Thing) -> str:
    """Return a thing's id and, where it has one, its name."""
    return thing.id if thing.label in ("", thing.id) else f"{thing.id} {thing.label}"
