"""The made documents are what the product makes now, and every document keeps its promises of form."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.generate import FOLDER, REFERENCES
from tests.docs.documents import DOCUMENTS, ROOT, anchors, links


@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_a_made_document_is_what_the_generator_makes_now(name: str) -> None:
    committed = (FOLDER / name).read_text(encoding="utf-8")
    assert committed == REFERENCES[name](), "run: python -m docs.generate"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for link in links(document):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if fragment:
            assert fragment in anchors(target), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_document_names_a_path_of_a_machine(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    # where an installed service stands on any machine
    text = re.sub(r"/(?:opt|var/lib|var/backups)/dutygraph\b", "", text)
    assert re.findall(r"(?<![\w.>])/(?:work|tmp|home|root|Users|var|opt)/\S*|[A-Z]:\\\S+", text) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_tables_are_whole(document: Path) -> None:
    rows = 0
    for line in document.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            rows = 0
            continue
        width = len(re.findall(r"(?<!\\)\|", line))
        rows = rows or width
        assert width == rows, line
