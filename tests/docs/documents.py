"""What the tests read in the documents: commands with the output they promise, edits, links."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from docs.generate.markdown import anchor

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = tuple(
    sorted(
        [
            *ROOT.glob("*.md"),
            *(ROOT / "docs").rglob("*.md"),
            *(ROOT / "examples").rglob("*.md"),
        ]
    )
)
ELISION = "…"
EDIT_HEADING = ("文件", "工作表", "单元格", "原来是", "改成")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"# .*(?:退出码|exit code) ?(\d)")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_PROGRAM = re.compile(r"^(?:\.venv/bin/)?dutygraph(?= |$)")


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a document: its words, the exit code it states (0 if none), the output it shows."""

    line: str
    words: tuple[str, ...]
    exit_code: int
    output: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change to a cell that a document tells the reader to make."""

    file: str
    sheet: str
    cell: str
    before: str
    after: str


def steps(document: Path) -> Sequence[Command | Edit]:
    """Return the commands and edits of a document in the order in which a reader meets them."""
    text = document.read_text(encoding="utf-8")
    found: list[tuple[int, Command | Edit]] = [
        (match.start(), command)
        for match in _FENCE.finditer(text)
        if match[1] in ("console", "sh")
        for command in _commands(match[1], match[2])
    ]
    return [step for _, step in sorted([*found, *_edits(text)], key=lambda pair: pair[0])]


def shell_lines(document: Path) -> Sequence[str]:
    """Return every line of the shell blocks of a document."""
    text = document.read_text(encoding="utf-8")
    return [line for match in _FENCE.finditer(text) if match[1] == "sh" for line in match[2].splitlines()]


def links(document: Path) -> Sequence[str]:
    """Return the targets of a document's links, code left out."""
    text = _FENCE.sub("", document.read_text(encoding="utf-8"))
    return _LINK.findall(re.sub(r"`[^`\n]*`", "``", text))


def anchors(document: Path) -> set[str]:
    """Return the fragments by which a document's headings are known, repeated ones numbered."""
    found: dict[str, int] = {}
    names = set()
    for line in _FENCE.sub("", document.read_text(encoding="utf-8")).splitlines():
        if heading := re.match(r"#+ (.*)", line):
            name = anchor(heading[1])
            count = found.get(name, 0)
            found[name] = count + 1
            names.add(f"{name}-{count}" if count else name)
    return names


def _commands(kind: str, block: str) -> Iterator[Command]:
    if kind == "sh":
        yield from (_command(line, ()) for line in block.splitlines() if _PROGRAM.match(line))
        return
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, *output = part.rstrip("\n").split("\n")
        if _PROGRAM.match(line):
            yield _command(line, tuple(text.rstrip() for text in output))


def _command(line: str, output: tuple[str, ...]) -> Command:
    stated = _EXIT.search(line)
    return Command(line, tuple(shlex.split(line, comments=True)[1:]), int(stated[1]) if stated else 0, output)


def _edits(text: str) -> Iterator[tuple[int, Edit]]:
    heading = "|" + "|".join(EDIT_HEADING) + "|\n"
    for start in (match.start() for match in re.finditer(re.escape(heading), text)):
        for line in text[start:].split("\n")[2:]:
            if not line.startswith("|"):
                break
            yield start, Edit(*(cell.strip() for cell in line.strip("|").split("|")))
