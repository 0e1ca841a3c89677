"""A picture on a page: what it shows can be chosen by click and by key; a table tells the same."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup
from nicegui import ui

from dutygraph.pictures import Picture
from dutygraph.service.console.fragments import Act, Fragment
from dutygraph.service.console.visit import Visit

_PICK = """(event) => {
  const one = event.target.closest(".picture [data-id]");
  if (one) emit({act: "pick", value: one.dataset.id});
}"""
_KEY = """(event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  const one = event.target.closest(".picture [data-id]");
  if (!one) return;
  event.preventDefault();
  emit({act: "pick", value: one.dataset.id});
}"""

_LABEL = re.compile(r'(<g [^>]*?) aria-label="[^"]*"')
"""What stands written on a part names it, and its title; a label would have to repeat all of it."""


def add_chart_sheets(visit: Visit) -> None:
    """Have the page load the style sheets of charts: how they stand on it, and their colours."""
    for name in ("charts.css", "palette.css"):
        ui.add_head_html(f'<link rel="stylesheet" href="{visit.url(f"/console/{name}")}">')


def print_on_a3() -> None:
    """Have the page printed on A3 sheets, as these charts are made for."""
    ui.add_head_html("<style>@page { size: A3 landscape; margin: 8mm; }</style>")


class Showing(Fragment):
    """Shows a picture; *pick* is called with the ``data-id`` of what is chosen in it."""

    def __init__(
        self, visit: Visit, picture: Picture, pick: Act | None = None, *, least: float = 0.8
    ) -> None:
        """Put it on the page; it is made smaller to fit, down to the *least* share of its size."""
        acts = {} if pick is None else {"pick": pick}
        self._least = least
        super().__init__(visit, "picture", acts=acts, **self._values(picture))
        if pick is not None:
            self.element.on("click", self._act, js_handler=_PICK)
            self.element.on("keydown", self._act, js_handler=_KEY)

    def draw(self, picture: Picture) -> None:
        """Show another picture."""
        self.show(**self._values(picture))

    def _values(self, picture: Picture) -> dict[str, Any]:
        # the XML library that built the picture has escaped what stands in it, ">" and quotes in values too
        svg = Markup(_LABEL.sub(r"\1", picture.svg))  # noqa: S704
        return {"svg": svg, "picture": picture, "least": round(picture.width * self._least)}
