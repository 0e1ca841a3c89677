"""Every responsibility rule under random changes between its examples: a session against full runs."""

from __future__ import annotations

from functools import cache
from random import Random

import pyoxigraph as ox
import pytest
from rdflib import Graph
from sessions import full_run, hold

from dutygraph.shacl import Session
from dutygraph.shapes import RuleFolder, load_shapes, rule_folders

FOLDERS = [folder for folder in rule_folders() if not folder.dataset]
STEPS = 14


@cache
def example(text: str) -> tuple[ox.Quad, ...]:
    # Blank nodes keep their labels: what both examples say of one is one thing, or two, as chance has it.
    return tuple(sorted(ox.parse(text, format=ox.RdfFormat.TURTLE), key=str))


@cache
def everything() -> tuple[ox.Quad, ...]:
    texts = (text for folder in FOLDERS for text in (folder.valid, folder.invalid))
    return tuple(sorted({quad for text in texts for quad in example(text)}, key=str))


def steps(folder: RuleFolder, random: Random) -> list[tuple[list[ox.Quad], list[ox.Quad]]]:
    """Give changes: towards the other example and back, and quads of any rule's examples."""
    own = sorted({*example(folder.valid), *example(folder.invalid)}, key=str)
    found = []
    for _ in range(STEPS):
        pool = own if random.random() < 0.8 else everything()
        added, removed = (random.sample(pool, random.randint(0, 3)) for _ in range(2))
        found.append((added, removed))
    whole = (list(example(folder.invalid)), list(example(folder.valid)))
    return [*found[: STEPS // 2], whole, *found[STEPS // 2 :], (whole[1], whole[0])]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name[:3])
def test_a_session_says_what_a_full_run_says(folder: RuleFolder) -> None:
    shapes, store = load_shapes({folder.name[:3]}), ox.Store()
    store.extend(example(folder.valid))
    session = Session(store, shapes)
    before = full_run(store, shapes)
    fired = 0
    for added, removed in steps(folder, Random(folder.name)):
        change = session.apply(added=added, removed=removed)
        after = full_run(store, shapes)
        hold(change, before, after)
        fired += len(change.new) + len(change.resolved)
        before = after
    assert fired


def test_all_rules_at_once() -> None:
    random, shapes, store = Random(1), load_shapes(), ox.Store()
    pool = everything()
    store.extend(random.sample(pool, len(pool) // 2))
    session = Session(store, shapes)
    before = full_run(store, shapes)
    for _ in range(12):
        added, removed = (random.sample(pool, 4) for _ in range(2))
        change = session.apply(added=added, removed=removed)
        after = full_run(store, shapes)
        hold(change, before, after)
        before = after


def test_the_graph_that_a_triple_stands_in_makes_no_difference() -> None:
    one, two, other = (ox.NamedNode(f"http://example.org/{name}") for name in ("one", "two", "other"))
    folder = next(f for f in FOLDERS if f.name.startswith("R01"))
    store, shapes = ox.Store(), Graph()
    shapes += load_shapes({"R01"})
    store.extend(ox.Quad(*quad.triple, one) for quad in example(folder.invalid))
    session = Session(store, shapes, [one.value, two.value])
    assert len(session.report.results) == 1
    wanted = [quad.triple for quad in example(folder.valid) if quad not in example(folder.invalid)]
    assert not session.apply(added=[ox.Quad(*t, other) for t in wanted]).resolved
    twice = [ox.Quad(*t, graph) for t in wanted for graph in (one, two)]
    session.apply(added=twice)
    state = session.report.results
    assert session.apply(removed=twice[:1]).report.results == state
