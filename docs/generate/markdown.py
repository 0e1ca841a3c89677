"""Markdown as the made documents use it: a title, tables, links to headings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from dutygraph.model import Severity, Text

NOTICE = "<!-- Made by `python -m docs.generate`; do not edit by hand. -->"

SEVERITIES = {
    Severity.VIOLATION: Text("严重", "Violation"),
    Severity.WARNING: Text("警告", "Warning"),
    Severity.INFO: Text("提示", "Info"),
}


def page(name: str, sections: Iterable[str]) -> str:
    """Return a whole document, with the title and introduction that ``texts.toml`` gives it."""
    texts = told(name)
    return "\n\n".join((f"# {texts['title']}", NOTICE, texts["introduction"].strip(), *sections)) + "\n"


def told(name: str) -> dict[str, str]:
    """Return what ``texts.toml`` says for a document."""
    file = Path(__file__).with_name("texts.toml")
    texts: dict[str, dict[str, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return texts[name]


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; texts may hold links and code marks, but their bars and line ends are made safe."""
    lines = ["|" + "|".join(headings) + "|", "|" + "---|" * len(headings)]
    lines += ["|" + "|".join(map(cell, row)) + "|" for row in rows]
    return "\n".join(lines)


def cell(text: str) -> str:
    """Return text as one cell of a table."""
    return text.replace("|", "\\|").replace("\n", "<br>")


def plain(text: str) -> str:
    """Return text in which nothing is taken for markup."""
    return re.sub(r"([\\`*_<>\[\]#])", r"\\\1", text)


def code(words: Iterable[str]) -> str:
    """Return words as code, one after the other."""
    return " ".join(f"`{word}`" for word in words)


def both(text: Text) -> str:
    """Return a text in both languages, a line each."""
    return f"{plain(text.zh)}\n{plain(text.en)}"


def anchor(heading: str) -> str:
    """Return the fragment by which GitHub and most other renderers know a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")
