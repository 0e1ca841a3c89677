"""A damaged block of a store on disk: whatever is asked, a StoreError says which file it is, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDFS, Literal, URIRef

from dutygraph.check import check
from dutygraph.model import Delta, GraphKind, Statement
from dutygraph.shacl import validate
from dutygraph.store import DEFAULT_BASE, BureauGraphs, DamagedStoreError, EmbeddedStore, StoreError
from tests.store.damage import damage, data_files

NAMES = BureauGraphs(DEFAULT_BASE, "demo")
PUBLIC = NAMES.asserted(GraphKind.PUBLIC)
ALL = "SELECT ?s ?o { GRAPH ?g { ?s ?p ?o } }"


def said(number: int) -> Statement:
    text = f"第{number}项".ljust(40, "-")
    return Statement(URIRef(NAMES.thing("risk", f"R{number}")), RDFS.label, Literal(text), GraphKind.PUBLIC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store every data file of which has a damaged block; reading leaves it as it is."""
    folder = tmp_path_factory.mktemp("damaged") / "graph"
    store = EmbeddedStore(folder)
    store.commit(Delta("demo", DEFAULT_BASE, tuple(said(number) for number in range(600)), ()))
    store.close()
    damage(data_files(folder))
    return folder


@pytest.fixture
def store(made: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(made)
    yield store
    store.close()


ASKED: dict[str, Callable[[EmbeddedStore], object]] = {
    "select": lambda store: list(store.select(ALL, graphs=[PUBLIC])),
    "ask": lambda store: store.ask("ASK { ?s ?p 'x' }", graphs=[PUBLIC]),
    "construct": lambda store: list(store.construct("CONSTRUCT WHERE { ?s ?p ?o }", graphs=[PUBLIC])),
    "statements": lambda store: list(store.statements(NAMES)),
    "quads": lambda store: list(store.quads([PUBLIC])),
    "copied": lambda store: ox.Store().bulk_extend(store.quads([PUBLIC])),
    "snapshot": lambda store: store.snapshot([PUBLIC]),
    "triples": lambda store: store.triples([PUBLIC]),
    "export": lambda store: store.export([PUBLIC]),
    "replace": lambda store: store.replace(PUBLIC, []),
    "all": lambda store: list(store.oxigraph),
    "size": lambda store: len(store.oxigraph),
    "check": lambda store: check(store, NAMES),
    "validate": lambda store: validate(store.oxigraph, Path("shapes/structure/control.ttl"), graphs=[PUBLIC]),
}


@pytest.mark.parametrize("asked", sorted(ASKED))
def test_damage_is_told_in_words(store: EmbeddedStore, asked: str) -> None:
    assert store.trouble.damaged is None

    with pytest.raises(DamagedStoreError) as told:
        ASKED[asked](store)

    for text in (told.value.text.zh, told.value.text.en):
        assert f"{store.folder}/" in text
        assert ".sst" in text
        assert "dutygraph doctor" in text
        assert "dutygraph restore" in text
        assert "checksum" not in text
    assert store.trouble.damaged == told.value.text


def test_a_folder_is_let_go_though_an_error_is_held(made: Path) -> None:
    store = EmbeddedStore(made)
    rows = store.quads([PUBLIC])
    with pytest.raises(DamagedStoreError) as held:
        list(rows)
    store.close()

    EmbeddedStore(made).close()

    assert held.value is not None


def test_a_store_that_does_not_open_for_damage_is_not_taken_for_one_in_use(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "graph")
    store.commit(Delta("demo", DEFAULT_BASE, (said(1),), ()))
    store.oxigraph.flush()
    store.close()
    for file in (tmp_path / "graph").glob("*.sst"):
        file.write_bytes(bytes(byte ^ 0xFF for byte in file.read_bytes()))

    with pytest.raises(StoreError) as told:
        EmbeddedStore(tmp_path / "graph")

    assert "in use" not in told.value.text.en
    assert "damaged" in told.value.text.en
    assert "dutygraph restore" in told.value.text.zh


def test_a_store_on_disk_is_asked_like_one_in_memory(tmp_path: Path) -> None:
    change = Delta("demo", DEFAULT_BASE, (said(1), said(2)), ())
    disk, memory = EmbeddedStore(tmp_path / "graph"), EmbeddedStore()
    for one in (disk, memory):
        one.commit(change)

    shapes = Path("shapes/structure/control.ttl")
    reports = [validate(one.oxigraph, shapes, graphs=[PUBLIC]) for one in (disk, memory)]
    assert reports[0].results == reports[1].results
    assert disk.export([PUBLIC]) == memory.export([PUBLIC])
    assert len(disk.oxigraph) == len(memory.oxigraph) == 2
    disk.close()
