"""Finding a change that mends a result, by trying it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dutygraph.model import Text
from dutygraph.shacl.errors import ShaclError
from dutygraph.shacl.explaining.change import Change, Fresh
from dutygraph.shacl.explaining.faults import same
from dutygraph.shacl.explaining.model import Placeholder, Repair
from dutygraph.shacl.explaining.propose import Proposer
from dutygraph.shacl.explaining.words import plain, triple_text, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rdflib.term import Node

    from dutygraph.shacl.explaining.faults import Fault, Faults
    from dutygraph.shacl.explaining.model import Naming, Triple
    from dutygraph.shacl.report import Result

_TRIED = 4


@dataclass(frozen=True)
class Repairer:
    """Mends results on one copy of the data.

    `derived` tells which triples of the data are derived, `stated` which others people would add, `allowed`
    which of all these a repair may touch.
    """

    faults: Faults
    name: Naming
    derived: Callable[[Triple], bool]
    stated: Callable[[Triple], bool]
    allowed: Callable[[Triple], bool]

    def repair(self, fault: Fault) -> tuple[Repair | None, Text | None]:
        """Give a change that was tried and mends the fault, or say why there is none."""
        thought = Proposer(self.faults, Fresh(self.name)).changes(fault)
        if not thought:
            return None, word("no_repair", "undecidable")
        stated = [
            c for c in thought if all(map(self.stated, c.added)) and not any(map(self.derived, c.removed))
        ]
        open_to = [c for c in stated if all(map(self.allowed, (*c.added, *c.removed)))]
        if not open_to:
            return None, word("no_repair", "unwanted" if stated else "derived")
        whole = self.faults.shapes.whole(fault.shape)
        before = self.faults.results(whole, fault.focus)
        for change in open_to:
            if self._mends(change, fault, before):
                return self._told(change, self._instead(change, fault, before)), None
        return None, word("no_repair", "refuted", plain(len(open_to)))

    def _mends(self, change: Change, fault: Fault, before: list[Result]) -> bool:
        """Tell whether the result goes and no other of its shape on its focus node comes (SHACL 3.4)."""
        whole = self.faults.shapes.whole(fault.shape)
        try:
            with self.faults.data.changed(change.added, change.removed):
                after = self.faults.results(whole, fault.focus)
        except (ShaclError, ValueError):
            # Such as a triple that RDF does not allow.
            return False
        gone = _number(fault.result, after) < _number(fault.result, before)
        return gone and all(_number(r, after) <= _number(r, before) for r in after)

    def _subject(self, node: Node, text: Text, change: Change) -> Text:
        """Say of a nameless placeholder what else has the property that it is given."""
        predicates = [p for s, p, _ in change.added if s == node]
        if text != word("placeholder", "node") or not predicates:
            return text
        kinds = sorted(self.faults.data.habit(predicates[0]).shared, key=lambda kind: kind.n3())
        return word("placeholder", "of_class", self.name(kinds[0])) if kinds else text

    def _instead(self, change: Change, fault: Fault, before: list[Result]) -> tuple[Triple, ...]:
        """Give what might be removed in the place of the last triple removed, each tried."""
        kept = change.removed[:-1]
        thought = [t for t in change.instead if self.allowed(t) and not self.derived(t)]
        return tuple(
            t for t in thought[:_TRIED] if self._mends(Change(change.added, (*kept, t)), fault, before)
        )

    def _told(self, change: Change, instead: tuple[Triple, ...]) -> Repair:
        said = _numbered((node, self._subject(node, text, change)) for node, text in change.placeholders)

        def name(term: Node) -> Text:
            return said[term] if term in said else self.name(term)

        # A literal that is only an example is one where it is added; what goes is said as it stands.
        lines = [word("heading", "added", triple_text(t, name)) for t in change.added]
        lines += [word("heading", "removed", triple_text(t, self.name)) for t in change.removed]
        lines += [word("heading", "instead", triple_text(t, self.name)) for t in instead]
        told = tuple(Placeholder(node, text) for node, text in said.items())
        return Repair(change.added, change.removed, tuple(lines), told, instead)


def _number(result: Result, among: Iterable[Result]) -> int:
    return sum(same(result, other) for other in among)


def _numbered(placeholders: Iterable[tuple[Node, Text]]) -> dict[Node, Text]:
    """Tell apart placeholders of which the same is said."""
    said = dict(placeholders)
    texts = [text.zh for text in said.values()]
    found: dict[Node, Text] = {}
    for node, text in said.items():
        if texts.count(text.zh) > 1:
            number = sum(t.zh.startswith(text.zh[:-1]) for t in found.values()) + 1
            found[node] = Text(f"{text.zh[:-1]} {number}〕", f"{text.en[:-1]} {number}]")
        else:
            found[node] = text
    return found
