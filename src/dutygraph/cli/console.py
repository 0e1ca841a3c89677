"""What every command prints alike: errors, bad input, progress, files written."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
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


def refuse(message: str | Text, lang: str = "zh") -> NoReturn:
    """Print why a command cannot go on, and leave with exit code 2."""
    said = message if isinstance(message, str) else message.in_language(lang)
    errors().print(said, style="bold red", markup=False)
    raise typer.Exit(UNUSABLE)


def refuse_input(loaded: Loaded, lang: str) -> NoReturn:
    """Print every problem of a source, a line each, and leave with exit code 2."""
    print_problems(loaded, lang)
    count = len(loaded.problems)
    zh = f"共{count}处问题，未载入任何数据。请更正后重试"
    en = f"{count} problem{'s' * (count != 1)}; nothing was loaded. Mend and try again"
    if loaded.rejected:
        zh += "，或用 --partial 只载入合格的行，其余写入退回表"
        en += ", or use --partial to load the good rows and have the others written to a workbook"
    refuse(Text(f"{zh}。", f"{en}."), lang)


def print_problems(loaded: Loaded, lang: str) -> None:
    """Print every problem of a source on standard error, a line each."""
    console = errors()
    for problem in loaded.problems:
        console.print(" ".join(problem.line(lang).splitlines()), markup=False)


def write_rejected_beside(loaded: Loaded, source: Path, lang: str) -> None:
    """Write the rows that were refused into a workbook beside the source, and say where.

    An older workbook of refused rows is left alone: somebody may be correcting it.
    """
    if not loaded.rejected:
        return
    name = source.name if source.is_dir() else source.stem
    target = _free(source.with_name(f"{name}-退回.xlsx"))
    try:
        write_rejected(loaded, target)
    except OSError as error:
        refuse(not_written(target, error), lang)
    count = len(loaded.rejected)
    said = Text(
        f"有{count}行未载入，已写入“{target}”，更正后连同原台账一起再次载入。",
        f"{count} row{'s' * (count != 1)} refused and written to {target}: "
        "correct them and load that workbook together with the original.",
    )
    errors().print(said.in_language(lang), style="yellow", markup=False)


def _free(path: Path) -> Path:
    number = 2
    target = path
    while target.exists():
        target = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return target


def write_output(data: bytes, output: Path | None, lang: str, *, keep: Iterable[Path] = ()) -> None:
    """Write to a file, or to standard output where *output* is None; files of *keep* are never replaced."""
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    if any(output.exists() and path.exists() and output.samefile(path) for path in keep):
        said = Text(
            f"“{output}”是台账本身，不能用结果覆盖，请换一个文件名。",
            f"{output} is the ledger itself and is not replaced; choose another name.",
        )
        refuse(said, lang)
    try:
        output.write_bytes(data)
    except OSError as error:
        refuse(not_written(output, error), lang)


def not_written(path: Path, error: OSError) -> Text:
    """Return what to say when a file cannot be written."""
    reason = error.strerror or error
    return Text(f"无法写入“{path}”：{reason}", f"Cannot write {path}: {reason}")


@contextmanager
def progress() -> Iterator[Progress]:
    """Show the step being worked on, on standard error, where that is a terminal."""
    console = errors()
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        yield bar


def step(bar: Progress, name: str, lang: str) -> None:
    """Show the next step."""
    for task in bar.task_ids:
        bar.remove_task(task)
    bar.add_task(STEPS[name].in_language(lang), total=None)
