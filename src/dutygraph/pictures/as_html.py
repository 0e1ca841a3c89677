"""A picture as one self-contained page: the drawing, its legend, and the same facts as tables."""

from __future__ import annotations

from importlib import resources
from xml.etree import ElementTree as ET

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from dutygraph.pictures.canvas import SVG, Canvas
from dutygraph.pictures.look import Picture
from dutygraph.pictures.marks import SAMPLE, LegendItem
from dutygraph.pictures.measuring import clean
from dutygraph.pictures.palette import palette, repainting, variables
from dutygraph.pictures.words import word


def to_html(picture: Picture) -> bytes:
    """Return a picture as an HTML page that needs nothing else: no script, no font, no file."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["clean"] = lambda text: "\n".join(map(clean, text.split("\n")))
    template = environment.from_string(
        resources.files("dutygraph.pictures").joinpath("picture.html.j2").read_text(encoding="utf-8")
    )
    look = picture.look
    page = template.render(
        picture=picture,
        svg=Markup(picture.svg),  # noqa: S704 - built by the XML library, which escapes
        language_tag="en" if look.language == "en" else "zh-Hans",
        orientation="landscape" if picture.landscape else "portrait",
        variables={theme: Markup(variables(theme)) for theme in ("light", "dark")},  # noqa: S704 - ours
        repainting={theme: Markup(repainting(theme, ".marks")) for theme in ("light", "dark")},  # noqa: S704
        first="dark" if look.theme == "dark" else "light",
        legend=[(Markup(_sample(item, look.theme)), item.text) for item in picture.legend],  # noqa: S704
        legend_heading=word("word", "legend", look),
        facts_heading=word("word", "facts", look),
    )
    return page.encode("utf-8", errors="replace")


def _sample(item: LegendItem, theme: str) -> str:
    size = {"width": f"{SAMPLE.width:.0f}", "height": f"{SAMPLE.height:.0f}", "aria-hidden": "true"}
    root = ET.Element("svg", {"xmlns": SVG, **size})
    item.draw(Canvas(root, palette(theme)), SAMPLE)
    return ET.tostring(root, encoding="unicode")
