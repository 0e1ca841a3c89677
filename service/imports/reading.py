"""Reading an uploaded file, in a process of its own: what it holds may be made to do harm.

python -m dutygraph.service.imports.reading FOLDER BASE BUREAU KIND
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from rdflib import FOAF, URIRef

from dutygraph.gate import pass_gate
from dutygraph.loaders import NoBureauError, is_kept_apart, load, write_rejected
from dutygraph.model import Cell, GraphKind, Loaded, Problem, Statement, Text
from dutygraph.service.imports.outcome import ReadOutcome
from dutygraph.service.imports.refused import as_bytes, refused_sheets
from dutygraph.store import BureauGraphs
from dutygraph.store.files import write_whole

LEDGER: Final = "ledger"
NAMES: Final = "names"
SHEET_OF_NAMES = "姓名对照"
READ, REJECTED, SHEETS, SOURCE = "read.json.gz", "rejected.xlsx", "rejected.json", "source"
_NAME = URIRef(FOAF.name)
_MEMORY = 3 * 1024**3
_NICENESS = 5


def read_upload(path: Path, base: str, bureau: str, kind: str) -> tuple[ReadOutcome, Loaded]:
    """Return what a file holds of a bureau: the good rows, and every problem of the loader's and the gate's.

    *kind* is ``ledger`` or ``names``: names of people come as a file of their own.
    """
    loaded = _loaded(path, base, bureau, kind)
    gated = pass_gate(loaded.delta)
    barring = [
        *_foreign(path, loaded.delta.bureau, bureau),
        *_misplaced(gated.passed.added, path, base, bureau, kind),
    ]
    problems = tuple(dict.fromkeys((*barring, *loaded.problems, *gated.problems)))
    outcome = ReadOutcome(
        rows=loaded.rows,
        statements=() if barring else gated.passed.added,
        problems=problems,
        notices=loaded.notices,
        rejected=len(loaded.rejected),
        barred=bool(barring),
    )
    return outcome, replace(loaded, problems=problems)


def _loaded(path: Path, base: str, bureau: str, kind: str) -> Loaded:
    meant = SHEET_OF_NAMES if kind == NAMES else None
    try:
        return load([path], base=base, partial=True, meant=meant)
    except NoBureauError:
        # a file that says no bureau is taken for the caller's
        return load([path], base=base, bureau=bureau, partial=True, meant=meant)


def _foreign(path: Path, stated: str, bureau: str) -> Iterator[Problem]:
    if stated != bureau:
        text = Text(
            f"文件是单位“{stated}”的，不是您所在的“{bureau}”；未作导入。请换用本单位的文件。",
            f"The file is of bureau “{stated}”, not of yours, “{bureau}”; nothing was taken. "
            "Use your own bureau's.",
        )
        yield Problem(Cell(path.name), text)


def _misplaced(
    statements: tuple[Statement, ...], path: Path, base: str, bureau: str, kind: str
) -> Iterator[Problem]:
    own = BureauGraphs(base, bureau).bureau
    told = [statement for statement in statements if str(statement.subject) != own]
    apart = [statement for statement in told if _is_apart(statement)]
    if kind == LEDGER and apart:
        text = Text(
            "文件里有人员姓名（姓名对照）。姓名须单独成册，在“姓名对照”处上传；请从台账中删去这张表。",
            "The file holds names of people (姓名对照). They are a file of their own, for POST …/names; "
            "take that sheet out of the ledger.",
        )
        yield Problem(apart[0].cell or Cell(path.name), text)
    if kind == NAMES and apart and not any(one.predicate == _NAME for one in apart):
        text = Text(
            "表里没有姓名：应有“人员”“姓名”两列，至少一行写有姓名。",
            "The table has no names: it takes the columns 人员 and 姓名, and a name in at least one row.",
        )
        yield Problem(apart[0].cell or Cell(path.name), text)
    if kind == NAMES and len(apart) != len(told):
        other = next(statement for statement in told if not _is_apart(statement))
        text = Text(
            "这里只收姓名对照表。其他表请在“导入台账”处上传。",
            "Only the sheet 姓名对照 is taken here. Upload the others with POST …/imports.",
        )
        yield Problem(other.cell or Cell(path.name), text)


def _is_apart(statement: Statement) -> bool:
    sheet = None if statement.cell is None else statement.cell.sheet
    return statement.graph is GraphKind.IDENTITY or (sheet is not None and is_kept_apart(sheet))


def _limit_itself() -> None:
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def read_into(folder: Path, base: str, bureau: str, kind: str) -> None:
    """Read the one file of an upload's folder and write down what it gave."""
    (path,) = (folder / SOURCE).iterdir()
    outcome, loaded = read_upload(path, base, bureau, kind)
    if loaded.rejected:
        write_rejected(loaded, folder / REJECTED)
        write_whole(folder / SHEETS, as_bytes(refused_sheets(loaded.rejected)))
    write_whole(folder / READ, outcome.as_bytes())


if __name__ == "__main__":
    _limit_itself()
    read_into(Path(sys.argv[1]), *sys.argv[2:5])
