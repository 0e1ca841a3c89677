"""Write what was measured as a page of documentation."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

from engines import OURS, Engine, ours, peers

Line: TypeAlias = Mapping[str, Any]
Lines: TypeAlias = list[Line]

_TEXT = Path(__file__).with_name("page.md")
_MIB = 1024


def write_tables(measured: Mapping[str, Line], page: Path) -> None:
    """Fill the page's text with the tables."""
    lines = list(measured.values())
    filled = {
        "machine": machine(),
        "versions": "\n".join(versions()),
        "equality": "\n".join(equality(lines)),
        "file": "\n\n".join(by_size(lines, "file", "file", "as one file")),
        "each": "\n\n".join(by_size(lines, "each", "each", "file by file")),
        "rest": "\n\n".join(at_rest(lines)),
        "change": "\n".join(changes(lines)),
        "bureaus": "\n".join(slope(lines, "file", "bureaus", per_unit=True)),
        "shapes": "\n".join(slope(lines, "shapes", "rules", per_unit=False)),
        "gaps": "\n".join(slope(lines, "gaps", "left out per 1000", per_unit=False)),
    }
    text = _TEXT.read_text(encoding="utf-8")
    for name, part in filled.items():
        text = text.replace(f"<!-- {name} -->", part)
    page.write_text(text, encoding="utf-8")


def machine() -> str:
    """Say on what kind of machine this ran, not on which."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    cores = len(re.findall(r"^processor", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE))
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text(encoding="utf-8"))
    size = round(int(memory[1]) / _MIB**2) if memory else 0
    processor = cpu[1] if cpu else platform.machine()
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{cores} cores ({processor}), {size} GiB of memory, {system}, {datetime.now(tz=UTC):%Y-%m-%d}"


def versions() -> Iterator[str]:
    """List the engines and their versions."""
    yield f"- {ours().title}: {version('dutygraph')} on pyoxigraph {version('pyoxigraph')}"
    for engine in peers():
        yield f"- {engine.title}: {engine.version()} ({', '.join(f'`{p}`' for p in engine.packages)})"


def equality(lines: Lines) -> Iterator[str]:
    """Say of each engine and size whether its results are the judge's, and where not."""
    yield "| bureaus | engine | results | equal | rules that differ (lacking / too many) |"
    yield "|---|---|---|---|---|"
    for line in _sorted(lines, "file"):
        if line["mode"] == "file":
            wrong = ", ".join(f"{rule} ({lack}/{extra})" for rule, (lack, extra) in line["different"].items())
            title = _title(line["engine"]) + (" (the judge)" if line["engine"] == line["judge"] else "")
            shown = ("", line["failed"], "") if line["failed"] else (line["results"], _equal(line), wrong)
            yield f"| {line['size']} | {title} | {shown[0]} | {shown[1]} | {shown[2]} |"


def by_size(lines: Lines, table: str, mode: str, title: str) -> Iterator[str]:
    """One table a size: time, ratio, memory."""
    chosen = [line for line in _sorted(lines, table) if line["mode"] == mode]
    for size in sorted({line["size"] for line in chosen}):
        here = [line for line in chosen if line["size"] == size]
        name = "1 bureau" if size == 1 else f"{size} bureaus"
        yield f"### {name}, {title}\n\n" + "\n".join(_rows(here, here))


def at_rest(lines: Lines) -> Iterator[str]:
    """Ours on data at rest against everyone on the file."""
    chosen = _sorted(lines, "rest")
    for size in sorted({line["size"] for line in chosen}):
        here = [line for line in chosen if line["size"] == size and line["mode"] != "file"]
        rivals = [
            line
            for line in _sorted(lines, "file")
            if line["size"] == size and line["engine"] != OURS and _equal(line) == "yes"
        ]
        name = "1 bureau" if size == 1 else f"{size} bureaus"
        base = [line for line in here if line["mode"] == "side, memory"]
        yield f"### {name} in a store\n\n" + "\n".join(_rows([*rivals, *here], base or here))


def changes(lines: Lines) -> Iterator[str]:
    """After a change of one record: the new list of gaps."""
    yield "| bureaus in the store | place | median ms | slowest tenth, ms | changes | equal to a full run |"
    yield "|---|---|---|---|---|---|"
    for line in _sorted(lines, "change"):
        times = sorted(line["seconds"])
        if times:
            slow = times[int(len(times) * 0.9)]
            shown = f"{median(times) * 1000:.1f} | {slow * 1000:.1f} | {len(times)} | {_equal(line)}"
            yield f"| {line['size']} | {line['mode']} | {shown} |"


def slope(lines: Lines, table: str, title: str, *, per_unit: bool) -> Iterator[str]:
    """How processor time grows with the size."""
    chosen = [line for line in _sorted(lines, table) if line["mode"] == "file"]
    everything = table == "shapes"
    sizes = sorted({line["size"] for line in chosen}, key=lambda size: size or everything * 1_000_000)
    heads = " | ".join(f"{size or everything * 'all' or 0} {title}" for size in sizes)
    yield f"| engine | {heads} |"
    yield "|---" * (len(sizes) + 1) + "|"
    for engine in (ours(), *peers()):
        mine = {line["size"]: line for line in chosen if line["engine"] == engine.name}
        if not mine:
            continue
        cells = (_slope_cell(mine.get(size), size if per_unit else 1) for size in sizes)
        yield f"| {engine.title} | {' | '.join(cells)} |"


def _slope_cell(line: Line | None, units: int) -> str:
    if line is None or line["failed"]:
        return "not tried" if line is None else line["failed"]
    text = f"{median(line['cpu']) / units:.2f} s"
    return text if units > 1 or line["table"] == "file" else f"{text}, {line['results']} results"


def _rows(lines: Iterable[Line], base: Iterable[Line]) -> Iterator[str]:
    mine = next((line for line in base if line["engine"] == OURS and line["cpu"]), None)
    yield "| engine | seconds | × ours | processor s | × ours | peak MiB | × ours | runs | equal results |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for line in lines:
        title = _title(line["engine"]) + ("" if line["mode"] in ("file", "each") else f", {line['mode']}")
        if line["failed"]:
            yield f"| {title} | {line['failed']} | | | | | | | |"
            continue
        columns = _columns(line)
        ourselves = _columns(mine or line)
        shown = (
            f"{_number(value)} | {value / our:.1f}" if mine and our else f"{_number(value)} | "
            for value, our in zip(columns, ourselves, strict=True)
        )
        yield f"| {title} | {' | '.join(shown)} | {len(line['seconds'])} | {_equal(line)} |"


def _columns(line: Line) -> tuple[float, float, float]:
    return median(line["seconds"]), median(line["cpu"]), line["peak_kib"] / _MIB


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"  # noqa: PLR2004


def _equal(line: Line) -> str:
    if line["failed"]:
        return ""
    if line["different"]:
        return f"no, in {len(line['different'])} rule{'s' if len(line['different']) > 1 else ''}"
    return "yes"


def _sorted(lines: Lines, table: str) -> Lines:
    order = [OURS, *(engine.name for engine in peers())]
    chosen = [line for line in lines if line["table"] == table]
    return sorted(chosen, key=lambda line: (line["size"], order.index(line["engine"])))


def _title(name: str) -> str:
    engines: dict[str, Engine] = {engine.name: engine for engine in (ours(), *peers())}
    return engines[name].title
