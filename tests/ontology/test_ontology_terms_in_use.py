"""Every ``sv:`` name that the repository uses is declared in the ontology.

A failing case names the files: declare the term in its cluster under ``ontology/``, or mend the spelling.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from rdflib import RDF, Graph

from dutygraph.ontology import SV, load_ontology, load_policy

ROOT = Path(__file__).resolve().parents[2]
# A name that an f-string completes ("sv:supervisedAtTier{tier}") is no name yet.
LOCAL = r"([A-Za-z](?:[\w-]*\w)?)(?![\w{]|-\w)"
NAME = re.compile(rf"(?<![\w-])sv:{LOCAL}|dutygraph#{LOCAL}")
CODE = re.compile(r"\bSV\.([A-Za-z_]\w*)|\bSV\[\"([\w-]+)\"\]")
AREAS = {
    "ontology": ("ontology/*.ttl",),
    "shapes": ("shapes/**/*.ttl", "shapes/**/*.trig"),
    "rules": ("rules/**/*.ttl", "rules/**/*.trig"),
    "queries": ("queries/**/*.rq",),
    "code": tuple(f"{part}/**/*.py" for part in ("src", "loaders", "rules", "shapes", "queries", "service")),
}


@cache
def ontology() -> Graph:
    return load_ontology()


@cache
def declared() -> frozenset[str]:
    subjects = ontology().subjects(RDF.type, None)
    return frozenset(str(s).removeprefix(str(SV)) for s in subjects if str(s).startswith(str(SV)))


def files(patterns: Iterable[str]) -> list[Path]:
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def names_in(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    patterns = (NAME, CODE) if path.suffix == ".py" else (NAME,)
    return {match.group(1) or match.group(2) for pattern in patterns for match in pattern.finditer(text)}


@pytest.mark.parametrize("area", AREAS)
def test_names_are_declared(area: str) -> None:
    paths = files(AREAS[area])
    assert paths, f"no file of {area} found"
    undeclared: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        for name in names_in(path) - declared():
            undeclared[name].append(str(path.relative_to(ROOT)))
    assert dict(undeclared) == {}


def test_the_search_sees_names() -> None:
    text = 'sv:runBy , <https://w3id.org/dutygraph#tier> . ?x sv:stage-before/sv:a- "sv:Post" rule:sv:No'
    found = {one or two for one, two in NAME.findall(text + "?x sv:part{n} ?y")}
    assert found == {"runBy", "tier", "stage-before", "a", "Post", "No"}
    assert {one or two for one, two in CODE.findall('SV.Year, SV["grade-1"], xSV.No')} == {"Year", "grade-1"}


def test_terms_are_described_where_they_are_used_as_data() -> None:
    policy = load_policy()
    used = {node for triple in policy for node in triple if str(node).startswith(str(SV))}
    assert {str(node).removeprefix(str(SV)) for node in used} <= declared()
