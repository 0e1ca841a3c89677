"""Inference again after a change: only the rules whose footprint the change touches.

What a rule gives depends on the data only through the triples of its footprint, among those that are asserted
and those that rules before it derive. Each keeps all it gave; a triple goes when none gives it any more.
Where the change concerns few values of a rule's key, the rule is asked for those alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import pyoxigraph as ox

from dutygraph.rules.catalogue import DERIVED_GRAPHS, InferenceRule, RuleError, load_rules
from dutygraph.rules.keyed import Key, Keyed, Part, keyed
from dutygraph.rules.run import THIS, require_run
from dutygraph.shacl.footprint import NOTHING, Footprint, Subject, footprint_of_change, read_by_query
from dutygraph.shacl.ways import TYPE, Tracer

Moved: TypeAlias = tuple[set[ox.Triple], set[ox.Triple]]

_TYPE = ox.NamedNode(TYPE)


@dataclass(frozen=True, slots=True)
class DerivedChange:
    """What a change of the asserted triples did.

    `added` and `removed` are derived triples by kind of derived graph; `came` and `went` are the triples that
    asserted and derived graphs together have gained and lost. `rules` is the number of rules that ran again.
    """

    added: Mapping[str, tuple[ox.Triple, ...]]
    removed: Mapping[str, tuple[ox.Triple, ...]]
    came: tuple[ox.Triple, ...]
    went: tuple[ox.Triple, ...]
    rules: int


@dataclass
class _Kept:
    """A rule, what it reads, all that it gives (by value of its key), and what that touched so far."""

    rule: InferenceRule
    reads: Footprint
    keyed: Keyed | None
    parts: dict[Key | None, Part] = field(default_factory=dict)
    number: Counter[ox.Triple] = field(default_factory=Counter)
    writes: Footprint = NOTHING

    def replace(self, parts: Mapping[Key | None, Part], keys: Iterable[Key | None]) -> Moved:
        """Put parts in the place of those of `keys`; give the triples that are new and that are gone."""
        counted: Counter[ox.Triple] = Counter()
        for key in keys:
            counted.subtract(self.parts.pop(key, ()))
        for part in parts.values():
            counted.update(part)
        self.parts.update(parts)
        new = {triple for triple, n in counted.items() if n > 0 and not self.number[triple]}
        for triple, n in counted.items():
            self.number[triple] += n
        old = {triple for triple, n in counted.items() if n < 0 and not self.number[triple]}
        for triple in counted:
            if not self.number[triple]:
                del self.number[triple]
        return new, old


class Inference:
    """The derived triples of one run, kept up to date with the asserted ones."""

    def __init__(self, store: ox.Store, run: str, graphs: Sequence[str]) -> None:
        """Derive everything once, as `derive` does; the graphs are copied and `store` is never changed.

        Raises RuleError when the run has no date or no bureau in `graphs`, or a rule file is ill-formed.
        """
        self._run = ox.NamedNode(run)
        self._asserted = {
            quad.triple
            for name in graphs
            for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(name))
        }
        self._data = ox.Store()
        self._data.bulk_extend(ox.Quad(*triple) for triple in self._asserted)
        require_run(self._data, self._run)
        self._kept = [_Kept(r, read_by_query(r.construct), keyed(r)) for r in load_rules()]
        self._givers: dict[ox.Triple, set[int]] = {}
        for number in range(len(self._kept)):
            self._take(number, *self._ask(number, None))

    def derived(self) -> dict[str, list[ox.Triple]]:
        """Give all derived triples by kind of derived graph, as `derive` does."""
        found: dict[str, list[ox.Triple]] = {kind: [] for kind in DERIVED_GRAPHS}
        for triple in self._givers:
            kind = self._kind(triple)
            if kind is not None:
                found[kind].append(triple)
        return {kind: sorted(triples, key=str) for kind, triples in found.items()}

    def apply(self, added: Iterable[ox.Triple], removed: Iterable[ox.Triple]) -> DerivedChange:
        """Follow a change of the asserted graphs' union; what is in both, stays.

        Terms must be as a Store gives them. Raises RuleError, and follows nothing, when the run would lose
        its date or bureau.
        """
        came = set(added)
        went = {triple for triple in removed if triple in self._asserted and triple not in came}
        came -= self._asserted
        before = {triple: (self._kind(triple), self._is_there(triple)) for triple in came | went}
        self._asserted |= came
        self._asserted -= went
        self._settle(came | went)
        try:
            require_run(self._data, self._run)
        except RuleError:
            self._asserted = (self._asserted - came) | went
            self._settle(came | went)
            raise
        rules = self._follow(before)
        return self._outcome(before, rules)

    def _follow(self, before: dict[ox.Triple, tuple[str | None, bool]]) -> int:
        """Run the rules that are touched, in their order; note in `before` what their triples were."""
        rules, seen, change = 0, -1, NOTHING
        for number, kept in enumerate(self._kept):
            if len(before) != seen:
                seen, change = len(before), footprint_of_change(before, self._types)
            if not kept.reads.touched_by(change):
                continue
            keys = None
            if kept.keyed is not None:
                keys = kept.keyed.concern.nodes(Tracer(before, self._data), change)
            if keys is not None and not keys:
                continue
            rules += 1
            new, old = self._ask_alone(number, keys)
            for triple in new | old:
                before.setdefault(triple, (self._kind(triple), self._is_there(triple)))
            self._take(number, new, old)
        return rules

    def _take(self, number: int, new: set[ox.Triple], old: set[ox.Triple]) -> None:
        """Take notice that a rule gives triples, or no longer does."""
        for triple in new:
            self._givers.setdefault(triple, set()).add(number)
        for triple in old:
            self._givers[triple].remove(number)
            if not self._givers[triple]:
                del self._givers[triple]
        self._settle(new | old)
        self._kept[number].writes |= footprint_of_change(new, self._types)

    def _settle(self, triples: Iterable[ox.Triple]) -> None:
        """Make the data hold these triples, or not, as they are asserted or given."""
        new: list[ox.Quad] = []
        for triple in triples:
            if triple in self._asserted or triple in self._givers:
                new.append(ox.Quad(*triple))
            else:
                self._data.remove(ox.Quad(*triple))
        self._data.extend(new)

    def _ask_alone(self, number: int, keys: Collection[Key] | None) -> Moved:
        """Run a rule on what is asserted and what rules before it give, for some values of its key or all."""
        later = [ox.Quad(*triple) for triple in self._later(number)]
        for quad in later:
            self._data.remove(quad)
        found = self._ask(number, keys)
        self._data.extend(later)
        return found

    def _later(self, number: int) -> Iterator[ox.Triple]:
        """Give the triples that a rule would read but that no rule before it gives."""
        reads = self._kept[number].reads
        for kept in self._kept[number:]:
            if reads.touched_by(kept.writes):
                for triple in kept.number:
                    late = triple not in self._asserted and min(self._givers[triple]) >= number
                    if late and reads.touched_by(footprint_of_change([triple], self._types)):
                        yield triple

    def _ask(self, number: int, keys: Collection[Key] | None) -> Moved:
        kept = self._kept[number]
        if kept.keyed is not None:
            found = kept.keyed.parts(self._data, self._run, keys)
            return kept.replace(found, list(kept.parts) if keys is None else keys)
        triples = self._data.query(kept.rule.construct, substitutions={THIS: self._run})
        assert isinstance(triples, ox.QueryTriples)
        return kept.replace({None: frozenset(triples)}, [None])

    def _types(self, node: Subject) -> Iterator[str]:
        if not isinstance(node, ox.Triple):
            for quad in self._data.quads_for_pattern(node, _TYPE, None):
                if isinstance(quad.object, ox.NamedNode):
                    yield quad.object.value

    def _kind(self, triple: ox.Triple) -> str | None:
        """Give the derived graph that a triple stands in; what is asserted stands in none."""
        givers = self._givers.get(triple)
        return None if not givers or triple in self._asserted else self._kept[min(givers)].rule.graph

    def _is_there(self, triple: ox.Triple) -> bool:
        return triple in self._asserted or triple in self._givers

    def _outcome(self, before: Mapping[ox.Triple, tuple[str | None, bool]], rules: int) -> DerivedChange:
        added: dict[str, list[ox.Triple]] = {kind: [] for kind in DERIVED_GRAPHS}
        removed: dict[str, list[ox.Triple]] = {kind: [] for kind in DERIVED_GRAPHS}
        came: list[ox.Triple] = []
        went: list[ox.Triple] = []
        for triple, (kind_before, was_there) in before.items():
            kind = self._kind(triple)
            if kind != kind_before:
                if kind is not None:
                    added[kind].append(triple)
                if kind_before is not None:
                    removed[kind_before].append(triple)
            if self._is_there(triple) != was_there:
                (went if was_there else came).append(triple)
        return DerivedChange(_frozen(added), _frozen(removed), tuple(came), tuple(went), rules)


def _frozen(found: Mapping[str, list[ox.Triple]]) -> dict[str, tuple[ox.Triple, ...]]:
    return {kind: tuple(sorted(triples, key=str)) for kind, triples in found.items()}
