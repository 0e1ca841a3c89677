"""The house keeps its shape: packages, import arrows, sizes, names (docs/architecture.md)."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGE_DIRS: dict[str, str] = PROJECT["tool"]["setuptools"]["package-dir"]
FOLDERS = {name: ROOT / folder for name, folder in PACKAGE_DIRS.items()}

# What each part may import of the others: only parts of an earlier line.
LAYERS = (
    ("model", "rulefiles"),
    ("ontology",),
    ("store",),
    ("shacl",),
    ("loaders", "rules", "shapes", "queries"),
    ("check",),
    ("coverage", "network", "recheck"),
    ("charts", "commits", "questions"),
    ("pictures", "report", "upkeep"),
    ("documents",),
    ("service",),
    ("cli",),
)
# Modules of src/dutygraph that are the check's own parts.
CHECK_PARTS = {
    "bureaus",
    "dataset_check",
    "described",
    "findings",
    "gate",
    "reasons",
    "responsible",
    "run",
    "sources",
    "things",
    "waivers",
}
LONGEST_FILE = 300
LONGEST_FUNCTION = 40


def code_files() -> list[Path]:
    folders = [ROOT / "src", *(path for name, path in FOLDERS.items() if name != "dutygraph")]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    assert files
    return files


def part_of(file: Path) -> str | None:
    """Return the part of the house that a file belongs to, None for the examples and the package itself."""
    for name, folder in FOLDERS.items():
        if name != "dutygraph" and file.is_relative_to(folder):
            part = name.removeprefix("dutygraph.")
            return None if part == "examples" else part
    part = file.relative_to(FOLDERS["dutygraph"]).parts[0].removesuffix(".py")
    if part.startswith("__"):
        return None
    return "check" if part in CHECK_PARTS else part


def imported_parts(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            names.add(node.module or "")
            if node.module == "dutygraph":
                names |= {f"dutygraph.{alias.name}" for alias in node.names}
    parts = {name.split(".")[1] for name in names if name.startswith("dutygraph.")}
    return {"check" if part in CHECK_PARTS else part for part in parts if not part.startswith("__")}


def layer(part: str) -> int:
    return next(number for number, parts in enumerate(LAYERS) if part in parts)


@pytest.mark.parametrize("file", code_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_point_one_way(file: Path) -> None:
    part = part_of(file)
    if part is None:
        return
    wrong = {other for other in imported_parts(file) - {part} if layer(other) >= layer(part)}
    assert wrong == set()


def test_packages_listed_are_the_packages_there() -> None:
    found = {
        "dutygraph" if folder == FOLDERS["dutygraph"] else name
        for name, folder in FOLDERS.items()
        if (folder / "__init__.py").is_file()
    }
    inner = {
        ".".join([name, *init.parent.relative_to(folder).parts])
        for name, folder in FOLDERS.items()
        for init in folder.rglob("__init__.py")
        if init.parent != folder
    }
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found | inner


@pytest.mark.parametrize("name", ["ontology", "shapes", "rules", "service", "loaders", "tests"])
def test_the_required_folders_stand_at_the_top(name: str) -> None:
    assert (ROOT / name).is_dir()


@pytest.mark.parametrize("file", code_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_files_and_functions_stay_short(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = (node.end_lineno or 0) - node.body[0].lineno + 1
            assert body <= LONGEST_FUNCTION, node.name


def test_no_file_is_named_for_nothing() -> None:
    vague = {"util", "utils", "helper", "helpers", "common", "misc", "manager"}
    assert [file for file in code_files() if file.stem in vague] == []


LIBRARIES = {
    "python_calamine": {"loaders"},
    "fastapi": {"service"},
    "uvicorn": {"service", "cli"},
    "typer": {"cli"},
}


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_a_library_is_known_where_it_belongs(library: str) -> None:
    users = set()
    for file in code_files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == library for name in names):
                users.add(part_of(file))
    assert users <= LIBRARIES[library]
