"""The reference documents that are made from the product's own catalogues, so that they cannot grow old.

``python -m docs.generate`` writes them all; a test compares the committed files with what is made now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from docs.generate import api, command_line, forms, inference, questions, rules, vocabulary

FOLDER = Path(__file__).resolve().parent.parent / "reference"

REFERENCES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "api.md": api.document,
        "command-line.md": command_line.document,
        "forms.md": forms.document,
        "inference.md": inference.document,
        "questions.md": questions.document,
        "rules.md": rules.document,
        "vocabulary.md": vocabulary.document,
    }
)
"""Which document is made by which function."""


def write_all(folder: Path = FOLDER) -> None:
    """Write every made document into *folder*.

    Raises:
        OSError: a file cannot be written.
    """
    for name, document in REFERENCES.items():
        (folder / name).write_text(document(), encoding="utf-8")
