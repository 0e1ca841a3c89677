"""What the command line calls SOURCE: a workbook, a CSV folder, RDF files or a store folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dutygraph.bureaus import bureaus_in
from dutygraph.gate import pass_gate
from dutygraph.loaders import NoBureauError, is_kept_apart, load
from dutygraph.model import Delta, GraphKind, Loaded, Problem, Statement, Text
from dutygraph.shacl import Engine
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore, StoreFolder, is_store_folder


class SourceRefusedError(Exception):
    """A source has bad input; ``loaded`` holds every problem, and nothing was stored."""

    def __init__(self, loaded: Loaded) -> None:
        """Keep the outcome of reading, with its problems."""
        super().__init__(f"{len(loaded.problems)} problems")
        self.loaded = loaded


class BureauChoiceError(Exception):
    """A store holds no bureau, several, or not the one asked for; ``text`` lists them."""

    def __init__(self, text: Text) -> None:
        """Keep what to tell the user."""
        super().__init__(f"{text.zh} / {text.en}")
        self.text = text


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A bureau that can be asked: its store, its graphs' names, and how reading went (None for a store)."""

    store: EmbeddedStore
    names: BureauGraphs
    loaded: Loaded | None = None

    @property
    def notices(self) -> tuple[Problem, ...]:
        """What was left out or noticed while reading files; a store has nothing to say."""
        return () if self.loaded is None else (*self.loaded.problems, *self.loaded.notices)


def open_source(
    paths: Sequence[Path],
    *,
    base: str = DEFAULT_BASE,
    bureau: str | None = None,
    partial: bool = False,
    engine: Engine = "compiled",
) -> OpenSource:
    """Return the bureau of a source, in memory: nothing that is done with it changes files or a store.

    Raises:
        SourceRefusedError: bad input, unless *partial* asks for the good rows alone.
        BureauChoiceError: a store of several bureaus, and no *bureau* named.
        dutygraph.loaders.SourceError: a file cannot be read at all.
        dutygraph.store.StoreError: a store folder cannot be opened.

    """
    if len(paths) == 1 and is_store_folder(paths[0]):
        return _from_store(paths[0], bureau)
    loaded = read(paths, base=base, bureau=bureau, partial=partial, engine=engine)
    store = EmbeddedStore()
    store.commit(loaded.delta)
    return OpenSource(store, BureauGraphs(loaded.delta.base, loaded.delta.bureau), loaded)


def _from_store(path: Path, bureau: str | None) -> OpenSource:
    with StoreFolder.open(path) as folder:
        names = choose_bureau(folder.store, bureau)
        cells = tuple(names.cells(kind) for kind in GraphKind)
        store = EmbeddedStore()
        store.oxigraph.bulk_extend(folder.store.quads((*names.all_asserted(), *cells)))
    return OpenSource(store, names)


def read(paths: Sequence[Path], *, base: str, bureau: str | None, partial: bool, engine: Engine) -> Loaded:
    """Read files through the structure gate; with *partial*, only what is good of them.

    Raises:
        SourceRefusedError: bad input, every problem of the loader's and the gate's at once, unless *partial*.

    """
    loaded = _good_rows(paths, base=base, bureau=bureau, partial=partial)
    gated = pass_gate(loaded.delta, engine=engine)
    judged = replace(loaded, delta=gated.passed, problems=(*loaded.problems, *gated.problems))
    if judged.problems and not partial:
        raise SourceRefusedError(judged)
    return judged


def _good_rows(paths: Sequence[Path], *, base: str, bureau: str | None, partial: bool) -> Loaded:
    try:
        return load(paths, base=base, bureau=bureau, partial=True)
    except NoBureauError:
        if partial:
            raise
        # what is wrong with the sheet that names the bureau is told with everything else
        return load(paths, base=base, bureau=bureau)


def choose_bureau(store: EmbeddedStore, code: str | None) -> BureauGraphs:
    """Return the bureau of this code in a store, or the only one.

    Raises:
        BureauChoiceError: there is none, or there are several and none was named.

    """
    bureaus = bureaus_in(store)
    chosen = [names for names in bureaus if code in (None, names.code)]
    if len(chosen) == 1:
        return chosen[0]
    if not bureaus:
        raise BureauChoiceError(
            Text(
                "图库是空的，先用 dutygraph load 载入台账。",
                "The store is empty; load a ledger first, with dutygraph load.",
            )
        )
    codes = "、".join(names.code for names in bureaus)
    raise BureauChoiceError(
        Text(
            f"请用 --bureau 指明单位；图库中有：{codes}。",
            f"Name the bureau with --bureau; the store has: {codes}.",
        )
    )


def replacing(store: EmbeddedStore, delta: Delta) -> Delta:
    """Return the delta that makes a bureau's asserted graphs hold what *delta* adds.

    The ledgers and what is handed in apart (the names of people) are replaced each by its own kind:
    a ledger never deletes the names, the names never delete the ledger.
    """
    names = BureauGraphs(delta.base, delta.bureau)
    wanted = frozenset(delta.added)
    # every load registers its bureau: that alone is no ledger
    told = [statement for statement in wanted if str(statement.subject) != names.bureau]
    handed_in = {_is_apart(statement) for statement in told}
    present = frozenset(store.statements(names))
    bare = {replace(statement, cell=None) for statement in present}
    # who hands in a triple without a cell does not say that its cell was wrong
    replaced = frozenset(
        statement
        for statement in present
        if _is_apart(statement) in handed_in and replace(statement, cell=None) not in wanted
    )
    return Delta(delta.bureau, delta.base, _sorted(wanted - present - bare), _sorted(replaced - wanted))


def _is_apart(statement: Statement) -> bool:
    sheet = None if statement.cell is None else statement.cell.sheet
    return statement.graph is GraphKind.IDENTITY or (sheet is not None and is_kept_apart(sheet))


def _sorted(statements: frozenset[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=repr))
