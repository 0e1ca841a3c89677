"""Whatever the console says stands in its texts: in both languages, used, and without jargon."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

import dutygraph.service.console as package
from dutygraph.charts.chain import Link
from dutygraph.commits.acts import COMMAND_LINE, SYSTEM
from dutygraph.coverage import Axis
from dutygraph.service.access.roles import Role
from dutygraph.service.console import gap_list, saving
from dutygraph.service.console.cookies import THEMES
from dutygraph.service.console.icons import PATHS
from dutygraph.service.console.pages import PAGES
from dutygraph.service.console.pages.questions import FORMS
from dutygraph.service.console.tour import STEPS
from dutygraph.service.console.wording import wording
from dutygraph.service.gaps.filters import aspects

FOLDER = Path(package.__file__).parent
CODE = "\n".join(
    file.read_text(encoding="utf-8")
    for file in sorted(FOLDER.rglob("*"))
    if file.suffix in {".py", ".j2"} and file.name != "__init__.py"
)
NAMED = set(re.findall(r"""["']([a-z][a-z0-9-]*\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)["']""", CODE))
CLOSED = {
    "role": {role.value for role in Role} | {COMMAND_LINE.role, SYSTEM.role},
    "aspect": set(aspects()),
    "page": {page.name for page in PAGES},
}
BY_PREFIX = {
    "shell.theme-": set(THEMES),
    "overview.axis-": {axis.value for axis in Axis},
    "gaps.field-": {*gap_list.FIELDS, "state", "group"},
    "gaps.state-": set(gap_list.STATES),
    "gaps.group-": set(gap_list.GROUPS),
    "gap.step-": {"post", "tier1", "tier2", "tier3"},
    "import.state-": {"ready", "refused", "committed"},
    "questions.form-": set(FORMS),
    "questions.as-": set(FORMS[1:]),
    "training.ask-": {"where", "which"},
    "training.hint-": {"where", "which"},
    "training.step-": set(STEPS),
    "training.title-": set(STEPS),
    "training.text-": set(STEPS),
    "chart.save-": {f"{form}{hint}" for form in saving.FORMS for hint in ("", "-hint")},
    "double-key.star-": {"0", "1", "2", "3"},
    "double-key.tier-": {"1", "2", "3"},
    "explorer.missing-": {link.value for link in Link},
    "lines.compare-": {"from", "to"},
}
"""Texts whose key is put together: the words that there are, and no others."""


def put_together() -> set[str]:
    """Return the keys that the code puts together."""
    closed = {f"{file}.{word}" for file, words in CLOSED.items() for word in words}
    return closed | {f"{prefix}{word}" for prefix, words in BY_PREFIX.items() for word in words}


@pytest.mark.parametrize("file", sorted((FOLDER / "texts").glob("*.toml")), ids=lambda file: file.stem)
def test_every_text_stands_in_both_languages(file: Path) -> None:
    texts = tomllib.loads(file.read_text(encoding="utf-8"))
    assert texts
    for key, said in texts.items():
        assert set(said) == {"zh", "en"}, key
        assert re.search("[\u4e00-\u9fff]|^[^A-Za-z]*$", said["zh"]), key
        assert not re.search("[\u4e00-\u9fff]", said["en"]) or key == "product", key
        names = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in said.values()]
        assert names[0] == names[1], key


def test_every_text_is_used_and_every_text_used_is_there() -> None:
    texts = set(wording())
    files = {key.split(".")[0] for key in texts}
    used = {key for key in NAMED if key.split(".")[0] in files} | put_together()
    assert used - texts == set()
    assert texts - used == set()


def test_no_text_speaks_of_how_it_is_made() -> None:
    jargon = re.compile(r"\b(IRI|RDF|SPARQL|SHACL|ontology|triple store|token|null|JSON)\b|本体|令牌")
    allowed = {"gap.triples", "free.lead"}
    found = [key for key, text in wording().items() if jargon.search(f"{text.zh} {text.en}")]
    assert set(found) <= allowed


def test_every_page_has_its_name_its_icon_and_an_address_of_its_own() -> None:
    assert {page.icon for page in PAGES} <= set(PATHS)
    assert len({page.path for page in PAGES}) == len(PAGES)


def test_templates_put_nothing_in_unescaped() -> None:
    templates = sorted((FOLDER / "templates").glob("*.j2"))
    assert templates
    for file in templates:
        text = file.read_text(encoding="utf-8")
        assert "|safe" not in text.replace(" ", ""), file.name
        assert "autoescape" not in text, file.name
        assert not re.search(r"\son\w+=|<script|javascript:", text), file.name
