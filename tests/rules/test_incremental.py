"""Inference after random changes: always what deriving everything anew gives."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random

import pyoxigraph as ox
import pytest

from dutygraph.check import prepare
from dutygraph.rules import Inference, InferenceRule, RuleError, derive, load_rules
from dutygraph.shacl.mirror import as_stored
from dutygraph.sources import open_source
from dutygraph.store import DERIVED_KINDS

RULES = load_rules()
FOLDERS = files("dutygraph.rules")
BUREAU = Path(str(files("dutygraph.examples").joinpath("bureau", "bureau.xlsx")))
GRAPH = "https://dutygraph.example/data"
RUN = "https://dutygraph.example/bureau/demo/run/current"
STEPS = 16


@cache
def example(rule: InferenceRule, name: str) -> tuple[ox.Triple, ...]:
    text = FOLDERS.joinpath(rule.name, name).read_text(encoding="utf-8")
    found = as_stored(q.triple for q in ox.parse(text, format=ox.RdfFormat.TURTLE))
    return tuple(sorted(found, key=str))


@cache
def everything() -> tuple[ox.Triple, ...]:
    found = {t for rule in RULES for name in ("given.ttl", "then.ttl") for t in example(rule, name)}
    return tuple(sorted((t for t in found if t.subject != ox.NamedNode(RUN)), key=str))


def quads(triples: list[ox.Triple] | tuple[ox.Triple, ...]) -> list[ox.Quad]:
    return [ox.Quad(*triple, ox.NamedNode(GRAPH)) for triple in triples]


class Watched:
    """A store, its inference, and the derived triples put together from the changes it told."""

    def __init__(self, triples: tuple[ox.Triple, ...]) -> None:
        self.store = ox.Store()
        self.store.extend(quads(triples))
        self.inference = Inference(self.store, RUN, [GRAPH])
        self.told = {kind: set(found) for kind, found in self.inference.derived().items()}
        self.whole = set(triples).union(*self.told.values())

    def change(self, added: list[ox.Triple], removed: list[ox.Triple]) -> bool:
        """Change the data, hold the outcome to a full run, and tell whether anything derived changed."""
        for quad in quads(removed):
            self.store.remove(quad)
        self.store.extend(quads(added))
        change = self.inference.apply(added, removed)
        for kind, found in self.told.items():
            assert not found & set(change.added[kind])
            assert found >= set(change.removed[kind])
            self.told[kind] = (found - set(change.removed[kind])) | set(change.added[kind])
        expected = derive(self.store, RUN, [GRAPH])
        assert self.inference.derived() == expected
        assert self.told == {kind: set(found) for kind, found in expected.items()}
        self.whole = (self.whole - set(change.went)) | set(change.came)
        assert self.whole == {q.triple for q in self.store}.union(*self.told.values())
        return any(change.added.values()) or any(change.removed.values())


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_any_change_of_a_rule_s_example(rule: InferenceRule) -> None:
    random, watched = Random(rule.name), Watched(example(rule, "given.ttl"))
    own = [t for t in example(rule, "given.ttl") if t.subject != ox.NamedNode(RUN)]
    then = list(example(rule, "then.ttl"))
    changed = 0
    for _ in range(STEPS):
        # What is derived may be stated too: it is then no longer derived.
        pool = [*own, *own, *own, *then, *random.sample(everything(), 10)]
        added, removed = (random.sample(pool, random.randint(0, 3)) for _ in range(2))
        changed += watched.change(added, removed)
    watched.change(own, then)
    assert changed


def test_any_change_of_all_examples_together() -> None:
    random = Random(7)
    run = tuple(t for t in example(RULES[0], "given.ttl") if t.subject == ox.NamedNode(RUN))
    watched = Watched((*run, *random.sample(everything(), len(everything()) // 2)))
    for _ in range(30):
        watched.change(*(random.sample(everything(), random.randint(0, 6)) for _ in range(2)))


def test_any_change_of_the_example_bureau() -> None:
    random, source = Random(5), open_source([BUREAU])
    prepare(source.store, source.names, date(2025, 12, 31))
    graphs = (*source.names.all_asserted(DERIVED_KINDS), source.names.run_graph)
    inference = Inference(source.store.oxigraph, source.names.run, graphs)
    pool = sorted(source.store.triples(graphs[:-1]), key=str)
    store = ox.Store()
    store.extend(ox.Quad(*t, ox.NamedNode(GRAPH)) for t in source.store.triples(graphs))
    for _ in range(8):
        triples = random.sample(pool, 3)
        for added, removed in (([], triples), (triples, [])):
            for quad in quads(removed):
                store.remove(quad)
            store.extend(quads(added))
            inference.apply(added, removed)
            assert inference.derived() == derive(store, source.names.run, [GRAPH])


def test_a_run_must_keep_its_date() -> None:
    given = example(RULES[0], "given.ttl")
    watched = Watched(given)
    dates = [t for t in given if t.predicate.value.endswith("#asOf")]
    with pytest.raises(RuleError, match="asOf"):
        watched.inference.apply([], dates)
    assert watched.inference.derived() == derive(watched.store, RUN, [GRAPH])
    assert watched.inference.apply(dates, []).came == ()


def test_rules_that_a_change_does_not_touch_do_not_run() -> None:
    watched = Watched(example(RULES[0], "given.ttl"))
    note = ox.Triple(ox.NamedNode(RUN), ox.NamedNode("http://example.org/note"), ox.Literal("x"))
    change = watched.inference.apply([note], [])
    assert change.rules == 0
    assert change.came == (note,)
    assert watched.inference.apply([note], []).came == ()
