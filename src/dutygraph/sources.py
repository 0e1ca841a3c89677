"""What the command line calls SOURCE: a workbook, a CSV folder, RDF files or a store folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dutygraph.bureaus import bureaus_in
from dutygraph.gate import structure_problems
from dutygraph.loaders import load
from dutygraph.model import Delta, Loaded, Problem, Statement
from dutygraph.shacl import Engine
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore


class SourceRefusedError(Exception):
    """A source has bad input; ``loaded`` holds every problem, and nothing was stored."""

    def __init__(self, loaded: Loaded) -> None:
        """Keep the outcome of reading, with its problems."""
        super().__init__(f"{len(loaded.problems)} problems")
        self.loaded = loaded


class BureauChoiceError(Exception):
    """A store holds no bureau, several, or not the one asked for; the message lists them."""


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A bureau that can be asked: its store, its graphs' names, and how reading went (None for a store)."""

    store: EmbeddedStore
    names: BureauGraphs
    loaded: Loaded | None = None

    @property
    def notices(self) -> tuple[Problem, ...]:
        """What was noticed while reading files; a store has nothing to say."""
        return () if self.loaded is None else self.loaded.notices


def open_source(
    paths: Sequence[Path],
    *,
    base: str = DEFAULT_BASE,
    bureau: str | None = None,
    partial: bool = False,
    engine: Engine = "compiled",
) -> OpenSource:
    """Return the bureau of a source. Files are read into memory and change nothing; a store is opened.

    Raises:
        SourceRefusedError: bad input, unless *partial* asks for the good rows alone.
        BureauChoiceError: a store of several bureaus, and no *bureau* named.
        dutygraph.loaders.SourceError: a file cannot be read at all.
        dutygraph.store.StoreError: a store folder cannot be opened.

    """
    if len(paths) == 1 and EmbeddedStore.is_store(paths[0]):
        store = EmbeddedStore(paths[0])
        return OpenSource(store, choose_bureau(store, bureau))
    loaded = read(paths, base=base, bureau=bureau, partial=partial, engine=engine)
    store = EmbeddedStore()
    store.commit(loaded.delta)
    return OpenSource(store, BureauGraphs(loaded.delta.base, loaded.delta.bureau), loaded)


def read(paths: Sequence[Path], *, base: str, bureau: str | None, partial: bool, engine: Engine) -> Loaded:
    """Read files through the structure gate.

    Raises:
        SourceRefusedError: bad input, unless *partial*.

    """
    loaded = load(paths, base=base, bureau=bureau, partial=partial)
    problems = (*loaded.problems, *structure_problems(loaded.delta, engine=engine))
    if len(problems) > len(loaded.problems) or (problems and not partial):
        raise SourceRefusedError(Loaded(loaded.delta, problems, loaded.notices, loaded.rejected, loaded.rows))
    return loaded


def choose_bureau(store: EmbeddedStore, code: str | None) -> BureauGraphs:
    """Return the bureau of this code in a store, or the only one.

    Raises:
        BureauChoiceError: there is none, or there are several and none was named.

    """
    bureaus = bureaus_in(store)
    chosen = [names for names in bureaus if code in (None, names.code)]
    if len(chosen) == 1:
        return chosen[0]
    codes = "、".join(names.code for names in bureaus) or "（空 / none）"
    raise BureauChoiceError(
        f"请用 --bureau 指明单位；图库中有：{codes} / Name the bureau with --bureau; the store has: {codes}"
    )


def replacing(store: EmbeddedStore, delta: Delta) -> Delta:
    """Return the delta that makes a bureau's asserted graphs hold exactly what *delta* adds."""
    names = BureauGraphs(delta.base, delta.bureau)
    present = frozenset(store.statements(names))
    wanted = frozenset(delta.added)
    return Delta(delta.bureau, delta.base, _sorted(wanted - present), _sorted(present - wanted))


def _sorted(statements: frozenset[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=repr))
