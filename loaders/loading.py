"""The loading of sources on one page: read, judge, make statements, say what was wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from dutygraph.loaders.bureau import find_bureau
from dutygraph.loaders.catalogue import form_of, sheet_forms
from dutygraph.loaders.checks import checked, without_samples
from dutygraph.loaders.corrections import with_corrections
from dutygraph.loaders.errors import NoBureauError
from dutygraph.loaders.forms import SheetForm
from dutygraph.loaders.grid import Grid, find_header, unmerged
from dutygraph.loaders.messages import say
from dutygraph.loaders.rdf import Quads
from dutygraph.loaders.rdfgraphs import make_rdf_statements
from dutygraph.loaders.reading import Reading, Row, read_grids
from dutygraph.loaders.sources import DEFAULT_MAX_BYTES, read_source
from dutygraph.loaders.statements import make_statements
from dutygraph.loaders.things import Registry
from dutygraph.model import Cell, Delta, Loaded, Problem, Statement
from dutygraph.store import DEFAULT_BASE, BureauGraphs

_LAST = 1_000_000


def load(
    sources: Sequence[Path],
    *,
    base: str = DEFAULT_BASE,
    bureau: str | None = None,
    partial: bool = False,
    max_bytes: int = DEFAULT_MAX_BYTES,
    meant: str | None = None,
) -> Loaded:
    """Read sources (workbooks, CSV files or folders, RDF files) as the ledgers of one bureau.

    The bureau's code comes from *bureau*, else from sheet 基本信息, else from the IRIs of RDF. Everything
    wrong is reported at once, a line per cell. With problems, the delta is empty unless *partial*, which
    gives the good rows; ``rejected`` holds the others either way. *max_bytes* bounds each file. A file
    without any sheet of a known name is taken for the sheet *meant*, whatever it is called.

    Raises:
        NoBureauError: *partial* was asked, but no source says which bureau this is.
    """
    reading = Reading()
    quads = _read(sources, reading, max_bytes, form_of(meant) if meant else None)
    rows = without_samples(with_corrections(reading), reading)
    reading.problems.extend(_missing_sheets(rows, reading, bool(quads)))
    code, rows = find_bureau(rows, quads, base, bureau, reading)
    if code is None and partial:
        raise NoBureauError(sources[0].name if sources else "", "no-bureau")
    names = BureauGraphs(base, code or "")
    judged = checked(rows, reading)
    made = make_statements(judged, Registry(names), reading)
    more = [statement for file in quads for statement in make_rdf_statements(file, names, reading)]
    keep = partial or not reading.problems
    return Loaded(
        delta=Delta(code or "", base, _distinct(made.statements, more) if keep else ()),
        problems=_sorted(reading.problems, sources),
        notices=_sorted(reading.notices, sources),
        rejected=tuple(row.record for row in made.rejected),
        rows=len(judged),
    )


def _read(sources: Sequence[Path], reading: Reading, max_bytes: int, meant: SheetForm | None) -> list[Quads]:
    quads: list[Quads] = []
    for source in sources:
        for found in read_source(source, max_bytes):
            if isinstance(found, Problem):
                reading.problems.append(found)
            elif isinstance(found, Quads):
                quads.append(found)
            else:
                read_grids(_taken_for(meant, found) if meant else found, reading)
    return quads


def _taken_for(form: SheetForm, grids: Sequence[Grid]) -> Sequence[Grid]:
    """Return grids, those named for a form that have its header; where none has, the first is held to it."""
    filled = [grid for grid in grids if not grid.blank]
    if not filled or any(form_of(grid.sheet) for grid in filled):
        return grids
    fitting = [grid for grid in filled if find_header(unmerged(grid), form)] or filled[:1]
    return [replace(grid, sheet=form.name) if grid in fitting else grid for grid in grids]


def _missing_sheets(rows: Sequence[Row], reading: Reading, rdf: bool) -> Iterator[Problem]:  # noqa: FBT001
    """Yield the sheets without which nothing can be checked; note the others that are not there."""
    if rdf or reading.corrected or not reading.forms:
        return
    place = Cell(rows[0].record.file if rows else "")
    absent = [form for form in sheet_forms() if form.name not in reading.forms and not form.apart]
    if all(form.apart for form in sheet_forms() if form.name in reading.forms):
        return
    for form in absent:
        if form.needed:
            yield Problem(place, say("missing-sheet", name=form.name))
        elif _numbered(form):
            reading.notices.append(Problem(place, say("absent-sheet", name=form.name)))
    others = tuple(form.name for form in absent if not form.needed and not _numbered(form))
    if others:
        reading.notices.append(Problem(place, say("absent-sheets", names=others)))


def _numbered(form: SheetForm) -> bool:
    return form.name.startswith("表")


def _distinct(statements: tuple[Statement, ...], more: Sequence[Statement]) -> tuple[Statement, ...]:
    """Return statements, themselves distinct, with those of RDF that say anything else."""
    if not more:
        return statements
    found: dict[tuple[object, object, object], Statement] = {}
    for statement in (*statements, *more):
        found.setdefault((statement.subject, statement.predicate, statement.object), statement)
    return tuple(found.values())


def _sorted(problems: Sequence[Problem], sources: Sequence[Path]) -> tuple[Problem, ...]:
    """Order problems as one would work through them: by source, file, sheet of the form, row."""
    order = {source.name: number for number, source in enumerate(sources)}

    def place(problem: Problem) -> tuple[int, str, int, int]:
        cell = problem.cell
        form = form_of(cell.sheet) if cell.sheet else None
        sheet = form.order if form else (-1 if cell.sheet is None else _LAST)
        return (order.get(cell.file, len(order)), cell.file, sheet, cell.row or 0)

    return tuple(sorted(dict.fromkeys(problems), key=place))
