"""What every command prints alike: errors, bad input, progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from dutygraph.loaders import write_rejected
from dutygraph.model import Loaded, Text

UNUSABLE = 2
STEPS = {
    "read": Text("读取台账", "Reading the ledgers"),
    "derive": Text("推导责任关系", "Deriving responsibilities"),
    "validate": Text("逐条规则检查", "Checking the rules"),
    "describe": Text("整理缺口", "Describing the gaps"),
}


def errors() -> Console:
    """Return the console of standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def refuse(message: str) -> NoReturn:
    """Print why a command cannot go on, and leave with exit code 2."""
    errors().print(message, style="bold red", markup=False)
    raise typer.Exit(UNUSABLE)


def refuse_input(loaded: Loaded, lang: str) -> NoReturn:
    """Print every problem of a source, a line each, and leave with exit code 2."""
    print_problems(loaded, lang)
    if lang == "en":
        refuse(f"{len(loaded.problems)} problems; nothing was loaded. Mend them, or use --partial.")
    refuse(f"共{len(loaded.problems)}处问题，未载入任何数据。请更正后重试，或用 --partial 只载入合格的行。")


def print_problems(loaded: Loaded, lang: str) -> None:
    """Print every problem of a source on standard error, a line each."""
    console = errors()
    for problem in loaded.problems:
        console.print(problem.line(lang), markup=False)


def write_rejected_beside(loaded: Loaded, source: Path, lang: str) -> None:
    """Write the rows that were refused into a workbook beside the source, and say where."""
    if not loaded.rejected:
        return
    target = source.with_name(f"{source.stem}-退回.xlsx")
    write_rejected(loaded, target)
    said = (
        f"{len(loaded.rejected)} rows were refused; correct and load again: {target}"
        if lang == "en"
        else f"有{len(loaded.rejected)}行未载入，已写入“{target}”，更正后可再次载入。"
    )
    errors().print(said, style="yellow", markup=False)


@contextmanager
def progress() -> Iterator[Progress]:
    """Show the step being worked on, on standard error, where that is a terminal."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=errors(),
        transient=True,
    ) as bar:
        yield bar


def step(bar: Progress, name: str, lang: str) -> None:
    """Show the next step."""
    for task in bar.task_ids:
        bar.remove_task(task)
    bar.add_task(STEPS[name].in_language(lang), total=None)
