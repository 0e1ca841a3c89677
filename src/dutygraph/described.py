"""The findings of a bureau under watch, each described again only when its description may have changed.

A description names the focus node and the value (id, kind, label), the cell of the focus node, of its value
or of what it was derived for, who must act, and the waiver.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import pyoxigraph as ox
from rdflib import Graph

from dutygraph.findings import Describer, ordered
from dutygraph.model import Finding
from dutygraph.responsible import Responsibilities
from dutygraph.shacl import Result
from dutygraph.shacl.footprint import footprint_of_change
from dutygraph.shacl.mirror import Mirror
from dutygraph.shapes import catalogue
from dutygraph.store import BureauGraphs, EmbeddedStore
from dutygraph.things import NAMING_PREDICATES, Things
from dutygraph.waivers import current_waivers, read_by_waivers


class _Copy:
    """The session's copy of the bureau, to ask SELECTs of."""

    def __init__(self, data: Mirror) -> None:
        self._data = data

    def select(self, query: str, *, graphs: Sequence[str]) -> ox.QuerySolutions:  # noqa: ARG002
        return self._data.select(query)


class Described:
    """Results and their findings, kept up to date."""

    def __init__(
        self, store: EmbeddedStore, names: BureauGraphs, as_of: date, shapes: Graph, data: Mirror
    ) -> None:
        """Register the bureau's things and who must act; *data* is the session's copy of its graphs."""
        self._data, self._as_of, self._copy = data, as_of, _Copy(data)
        self._things = Things(data.triples())
        self._responsibilities = Responsibilities(self._copy, (), self._things)
        self._describer = Describer(
            bureau=names.code,
            store=store,
            things=self._things,
            responsibilities=self._responsibilities,
            waivers=current_waivers(self._copy, (), as_of),
            shapes=shapes,
            rules={shape.iri: shape for shape in catalogue()},
        )
        self._found: dict[Result, Finding] = {}

    def findings(self, results: Iterable[Result]) -> tuple[Finding, ...]:
        """Return the findings of these results, which must be all that there are."""
        return ordered(map(self._finding, results))

    def follow(
        self, resolved: Iterable[Result], mentioned: Collection[str], triples: Sequence[ox.Triple]
    ) -> None:
        """Follow a change: results resolved, subjects of its statements, triples that came or went."""
        for result in resolved:
            self._found.pop(result, None)
        named = self._read_names(triples)
        change = footprint_of_change(triples, self._data.types)
        moved = self._responsibilities.refresh(change, self._data.tracer(triples))
        waived = read_by_waivers().touched_by(change)
        if waived:
            waivers = current_waivers(self._copy, (), self._as_of)
            self._describer = replace(self._describer, waivers=waivers)
        again = {*mentioned, *named}
        for result, finding in self._found.items():
            if not again.isdisjoint(self._named_by(finding)):
                self._found[result] = self._describer.finding(result)
            elif moved or named or waived:
                self._found[result] = self._updated(finding)

    def _finding(self, result: Result) -> Finding:
        if result not in self._found:
            self._found[result] = self._describer.finding(result)
        return self._found[result]

    def _updated(self, finding: Finding) -> Finding:
        """Return a finding with who must act, and whether it is waived, as they are now."""
        focus = finding.focus
        responsible = self._responsibilities.of(focus.iri, focus.kind)
        waived = self._describer.waivers.get((finding.rule, focus.id))
        if (responsible, waived) == (finding.responsible, finding.waived):
            return finding
        return replace(finding, responsible=responsible, waived=waived)

    def _read_names(self, triples: Iterable[ox.Triple]) -> set[str]:
        subjects = {t.subject for t in triples if t.predicate.value in NAMING_PREDICATES}
        named = [subject for subject in subjects if isinstance(subject, ox.NamedNode)]
        for subject in named:
            self._things.read_again(subject.value, self._data.about(subject))
        return {subject.value for subject in named}

    def _named_by(self, finding: Finding) -> Iterator[str]:
        yield finding.focus.iri
        if finding.value is not None:
            yield finding.value.iri
        seen = {finding.focus.iri}
        item = self._things.obliged_item(finding.focus.iri)
        while item is not None and item not in seen:
            seen.add(item)
            yield item
            item = self._things.obliged_item(item)
