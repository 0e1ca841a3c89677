"""What the command line calls SOURCE: a workbook, a CSV folder, RDF files or a store folder."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dutygraph.bureaus import bureaus_in
from dutygraph.gate import pass_gate
from dutygraph.loaders import DEFAULT_MAX_BYTES, NoBureauError, is_kept_apart, load
from dutygraph.loaders.catalogue import form_of
from dutygraph.loaders.grid import Grid, find_header, letters, unmerged
from dutygraph.loaders.rdf import Quads
from dutygraph.loaders.sources import read_source
from dutygraph.model import Cell, Delta, GraphKind, Loaded, Problem, Statement, Text
from dutygraph.shacl import Engine
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore

_LINKABLE = {".xlsx", ".xlsm"}


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


@dataclass(frozen=True, slots=True)
class Ledgers:
    """Where the workbooks of a source lie, and in which column each header of their sheets stands."""

    files: Mapping[str, Path]
    letters: Mapping[tuple[str, str, str], str]

    def link(self, cell: Cell, seen_from: Path) -> str | None:
        """Return the address of a cell as a file in folder *seen_from* names it: ``../b.xlsx#'表1'!D7``.

        A ledger of unknown place is looked for in that folder; None for what is no cell of a workbook.
        """
        if cell.sheet is None or Path(cell.file).suffix.lower() not in _LINKABLE:
            return None
        file = self.files.get(cell.file)
        path = cell.file if file is None else Path(os.path.relpath(file, seen_from)).as_posix()
        letter = self.letters.get((cell.file, cell.sheet, cell.column or ""), "A")
        sheet = cell.sheet.replace("'", "''")
        return f"{path}#'{sheet}'!{letter}{cell.row or 1}"


def find_ledgers(paths: Sequence[Path]) -> Ledgers:
    """Look up the headers of the workbooks among *paths*; files that cannot be read are passed over."""
    files: dict[str, Path] = {}
    found: dict[tuple[str, str, str], str] = {}
    for path in paths:
        folder = path if path.is_dir() else path.parent
        for grids in read_source(path, DEFAULT_MAX_BYTES):
            if isinstance(grids, Problem | Quads):
                continue
            for grid in grids:
                files[grid.file] = folder / grid.file
                found.update(_letters(grid))
    return Ledgers(files, found)


def _letters(grid: Grid) -> Mapping[tuple[str, str, str], str]:
    form = form_of(grid.sheet)
    header = form and find_header(unmerged(grid), form)
    if not form or not header:
        return {}
    known = ((index, form.known(name)) for index, name in enumerate(header.names) if name)
    return {(grid.file, grid.sheet, column.header): letters(index) for index, column in known if column}


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
    replaced = frozenset(statement for statement in present if _is_apart(statement) in handed_in)
    return Delta(delta.bureau, delta.base, _sorted(wanted - present - bare), _sorted(replaced - wanted))


def _is_apart(statement: Statement) -> bool:
    sheet = None if statement.cell is None else statement.cell.sheet
    return statement.graph is GraphKind.IDENTITY or (sheet is not None and is_kept_apart(sheet))


def _sorted(statements: frozenset[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=repr))
