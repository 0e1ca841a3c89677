"""A picture's graph as GraphML and GEXF, for Gephi and other programs that look at graphs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

import networkx as nx

from dutygraph.pictures.look import Net, Picture

Plain = str | int | float | bool
# XML 1.0, production 2 (Char), without the C1 controls
_CHARACTERS = (range(0x20, 0x7F), range(0xA0, 0xD800), range(0xE000, 0xFFFE), range(0x10000, 0x110000))


def to_graphml(picture: Picture) -> bytes:
    """Return the graph of a picture as GraphML."""
    out = io.BytesIO()
    nx.write_graphml_xml(_plain_graph(picture.graph), out, encoding="utf-8", prettyprint=True)
    return out.getvalue()


def to_gexf(picture: Picture) -> bytes:
    """Return the graph of a picture as GEXF 1.2, which dates nothing: no clock is read."""
    writer = nx.readwrite.gexf.GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(_plain_graph(picture.graph))
    meta = writer.xml.find("meta")
    if meta is not None:
        meta.attrib.pop("lastmodifieddate", None)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _plain_graph(graph: Net) -> Net:
    """Return the graph with attributes of types that both formats know, the same type for all of a name."""
    plain: Net = nx.MultiDiGraph()
    for node, found in graph.nodes(data=True):
        plain.add_node(_printable(node), **dict(_plain(found)))
    for number, (source, target, found) in enumerate(graph.edges(data=True)):
        plain.add_edge(_printable(source), _printable(target), key=str(number), **dict(_plain(found)))
    return plain


def _plain(found: dict[str, object]) -> Iterator[tuple[str, Plain]]:
    for name, value in found.items():
        if isinstance(value, bool | int | float):
            yield name, value
        elif isinstance(value, date):
            yield name, value.isoformat()
        elif value is not None:
            yield name, _printable(str(value))


def _printable(text: str) -> str:
    """Leave out what XML forbids; line feeds stay."""
    return "".join(one for one in text if one in "\n\t" or _allowed(ord(one)))


def _allowed(code: int) -> bool:
    return any(code in allowed for allowed in _CHARACTERS)
