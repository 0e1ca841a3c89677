"""Names of the graphs and things of one bureau (domain section 9)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from dutygraph.model import GraphKind

DEFAULT_BASE = "https://dutygraph.example/"

DERIVED_KINDS = (GraphKind.PUBLIC, GraphKind.BUSINESS, GraphKind.ISSUE, GraphKind.RESTRICTED)
"""The kinds that rules may read from and derive into; identity is never reasoned over."""

# Everything but the characters that RFC 3987 allows in a path segment (unreserved, sub-delims, ":", "@").
_UCSCHAR = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef" + "".join(
    f"{chr(plane * 0x10000)}-{chr(plane * 0x10000 + 0xFFFD)}" for plane in range(1, 0xE)
)
_UNSAFE = re.compile(rf"[^A-Za-z0-9\-._~!$&'()*+,;=:@{_UCSCHAR}]")


def segment(text: str) -> str:
    """Return *text* as one IRI path segment: Chinese stays readable, the rest is percent-encoded."""
    return _UNSAFE.sub(lambda found: quote(found.group(), safe=""), text)


@dataclass(frozen=True, slots=True)
class BureauGraphs:
    """The IRIs of one bureau: its own, its things', its graphs'."""

    base: str
    code: str

    @property
    def bureau(self) -> str:
        """The IRI of the bureau itself: ``<base>bureau/<code>``."""
        return f"{self.base}bureau/{segment(self.code)}"

    @property
    def run(self) -> str:
        """The IRI of the check run whose dates the rules read."""
        return f"{self.bureau}/run/current"

    def thing(self, kind: str, identifier: str) -> str:
        """Return the IRI of a thing: ``<base>bureau/<code>/<kind>/<id>``."""
        return f"{self.bureau}/{kind}/{segment(identifier)}"

    def period(self, period: str) -> str:
        """Return the IRI of a period such as ``2025``, ``2025-H1`` or ``2025-03``."""
        return f"{self.base}period/{segment(period)}"

    def asserted(self, kind: GraphKind) -> str:
        """Return the graph that holds what was stated, of one sensitivity."""
        return f"{self.bureau}/{kind.value}"

    def derived(self, kind: GraphKind) -> str:
        """Return the graph that holds what rules derived from this sensitivity or less."""
        return f"{self.bureau}/derived-{kind.value}"

    def cells(self, kind: GraphKind) -> str:
        """Return the graph that remembers the cell of every asserted triple of one sensitivity."""
        return f"{self.bureau}/cells-{kind.value}"

    @property
    def run_graph(self) -> str:
        """The graph of the check run: its date, its calendar, the policy in force."""
        return f"{self.bureau}/run"

    @property
    def metrics(self) -> str:
        """The graph of the network metrics that Python computed; as sensitive as ``derived-business``."""
        return f"{self.bureau}/metrics"

    @property
    def findings(self) -> str:
        """The graph of the register of gaps, and of the commits that it speaks of."""
        return f"{self.bureau}/findings"

    @property
    def audit(self) -> str:
        """The graph of the audit entries that concern this bureau."""
        return f"{self.bureau}/audit"

    def all_asserted(self, kinds: Iterable[GraphKind] = tuple(GraphKind)) -> tuple[str, ...]:
        """Return the asserted graphs of these kinds (default: all)."""
        return tuple(self.asserted(kind) for kind in kinds)

    def all_derived(self, kinds: Iterable[GraphKind] = DERIVED_KINDS) -> tuple[str, ...]:
        """Return the derived graphs of these kinds (default: all)."""
        return tuple(self.derived(kind) for kind in kinds)

    def whole(self) -> tuple[str, ...]:
        """Return every graph of the bureau."""
        cells = tuple(self.cells(kind) for kind in GraphKind)
        kept = (self.run_graph, self.metrics, self.findings, self.audit)
        return (*self.all_asserted(), *cells, *self.all_derived(), *kept)

    def checked(self) -> tuple[str, ...]:
        """Return what the responsibility shapes read: asserted and derived, names of people left out."""
        return (*self.all_asserted(DERIVED_KINDS), *self.all_derived(), self.run_graph)
