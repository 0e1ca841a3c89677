"""What the templates say: words, headings and placeholders of one language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dutygraph.documents.labels import label, placeholder
from dutygraph.documents.model import Kind
from dutygraph.documents.template_parts import Column
from dutygraph.documents.words import word

_CENTRED = frozenset({"number", "rule", "severity", "category", "grade", "state", "month"})
_HELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a language; what the turns of loops are called in its templates."""

    language: str

    def _own(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    @property
    def row(self) -> str:
        """A row of a table."""
        return self._own("行", "row")

    @property
    def group(self) -> str:
        """A department with its gaps."""
        return self._own("组", "group")

    @property
    def sheet(self) -> str:
        """A task sheet."""
        return self._own("单", "sheet")

    @property
    def notice(self) -> str:
        """A notice."""
        return self._own("通知", "notice")

    @property
    def node(self) -> str:
        """A node, or a part of a chart."""
        return self._own("节", "node")

    @property
    def column(self) -> str:
        """A post, or the cell under it."""
        return self._own("岗", "column")

    def title(self, kind: Kind) -> str:
        """Return the title of a document."""
        return word("title", kind.value, self.language)

    def name(self, key: str, of: str = "") -> str:
        """Return a placeholder without its braces."""
        name = placeholder(key, self.language)
        return f"{of}.{name}" if of else name

    def value(self, key: str) -> str:
        """Return a placeholder."""
        return f"{{{{ {self.name(key)} }}}}"

    def of(self, turn: str, key: str) -> str:
        """Return a placeholder of one turn of a loop."""
        return f"{{{{ {self.name(key, turn)} }}}}"

    def loop(self, turn: str, key: str, of: str = "") -> str:
        """Return the words of a loop over a list."""
        return f"{turn} in {self.name(key, of)}"

    def head(self, key: str) -> str:
        """Return the heading of a column."""
        return label(key, self.language)

    def say(self, key: str, of: str = "") -> str:
        """Return a sentence with its placeholders."""
        return _HELD.sub(
            lambda held: f"{{{{ {self.name(held[1], of)} }}}}", word("template", key, self.language)
        )

    def columns(
        self, turn: str, widths: Mapping[str, float], colours: Mapping[str, str] | None = None
    ) -> list[Column]:
        """Return the columns of a table by the keys of what they show."""
        return [
            Column(
                self.head(key),
                width,
                self.of(turn, key),
                self.name(colours[key], turn) if colours and key in colours else "",
                centred=key in _CENTRED,
            )
            for key, width in widths.items()
        ]
