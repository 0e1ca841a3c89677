"""The charts as pictures: SVG, self-contained HTML pages, GraphML and GEXF.

Each chart has a function that returns a ``Picture`` (``look.py``), whose ``svg`` is text to write or to put
into a page; ``to_html``, ``to_graphml`` and ``to_gexf`` make files (bytes) of it::

    Look(language="zh", theme="light" | "dark" | "auto", interactive=False, people=False)
    Heading(bureau="", as_of=None)
    double_key_picture(chart, findings=(), *, look, heading) -> Picture
    line_picture(chart, findings=(), *, look, heading) -> Picture
    line_difference_picture(older, newer, difference, findings=(), *, look, heading) -> Picture
    responsibility_picture(neighbourhood, findings=(), *, look, heading) -> Picture
    rule_picture(rule, *, conforming=False, reveal=True, look) -> Picture
    rule_places(rule, look) -> what one can point at in it, and which of that is the hole
    to_html(picture) -> bytes; to_graphml(picture) -> bytes; to_gexf(picture) -> bytes

*findings* are those that the viewer may see: they tell what the gaps say that a chart holds by id. Things
carry ``data-id``: ``risk/R04-05`` as in the API's addresses, ``cell/B04/G12`` for a cell. Colours stand as
attributes and, by meaning, as classes (``f-star-3``, ``s-gap``): ``palette.repainting("dark", ".my-page")``
gives the rules by which a page repaints pictures without drawing them anew, ``palette.variables`` the palette
as custom properties.
"""

from dutygraph.pictures.as_graph import to_gexf, to_graphml
from dutygraph.pictures.as_html import to_html
from dutygraph.pictures.double_key import double_key_picture
from dutygraph.pictures.line import line_difference_picture, line_picture
from dutygraph.pictures.look import FactTable, Heading, Look, Picture
from dutygraph.pictures.palette import palette, repainting, variables
from dutygraph.pictures.responsibility import responsibility_picture
from dutygraph.pictures.rule_example import UnknownRuleError, rule_picture
from dutygraph.pictures.rule_places import RulePlace, rule_places

__all__ = [
    "FactTable",
    "Heading",
    "Look",
    "Picture",
    "RulePlace",
    "UnknownRuleError",
    "double_key_picture",
    "line_difference_picture",
    "line_picture",
    "palette",
    "repainting",
    "responsibility_picture",
    "rule_picture",
    "rule_places",
    "to_gexf",
    "to_graphml",
    "to_html",
    "variables",
]
