"""The four formats of a table of answers, written a row at a time so that they can end at a limit.

SPARQL 1.1 Query Results JSON, XML (second edition), CSV and TSV. An answer that was cut says so in the head:
room is left there, since it is known only at the end.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

Value = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
CUT = "https://w3id.org/dutygraph/sparql/truncated"
_ROOM = 200
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_XML_ENDS = {"\r": "&#13;"}


class RowWriter(ABC):
    """One format. ``head`` and ``end`` frame the rows; ``cut`` says in the file that rows are missing."""

    def __init__(self, variables: Sequence[str]) -> None:
        """Keep the names of the columns."""
        self.variables = variables

    @abstractmethod
    def head(self) -> bytes:
        """Return what stands before the rows."""

    @abstractmethod
    def row(self, values: Sequence[Value | None], number: int) -> bytes:
        """Return a row; *number* counts from 0."""

    @abstractmethod
    def end(self) -> bytes:
        """Return what stands after the rows."""

    @abstractmethod
    def truth(self, *, value: bool) -> bytes:
        """Return the whole answer to an ASK."""

    @abstractmethod
    def cut(self, file: BinaryIO, limit: str, most: int) -> None:
        """Say in the head of a written file that it was cut at a limit, where the format has a place."""


class JsonRows(RowWriter):
    """SPARQL 1.1 Query Results JSON."""

    def head(self) -> bytes:
        """Return what stands before the rows."""
        return self._before() + b" " * _ROOM + b'},"results":{"bindings":['

    def row(self, values: Sequence[Value | None], number: int) -> bytes:
        """Return a binding."""
        bound = {
            name: _json_term(value)
            for name, value in zip(self.variables, values, strict=True)
            if value is not None
        }
        return (b",\n" if number else b"\n") + json.dumps(bound, ensure_ascii=False).encode()

    def end(self) -> bytes:
        """Return what stands after the rows."""
        return b"\n]}}\n"

    def truth(self, *, value: bool) -> bytes:
        """Return the whole answer to an ASK."""
        return json.dumps({"head": {}, "boolean": value}).encode() + b"\n"

    def cut(self, file: BinaryIO, limit: str, most: int) -> None:
        """Put ``link`` and ``truncated`` into the head."""
        file.seek(len(self._before()))
        file.write(f',"link":["{CUT}"],"truncated":{json.dumps({limit: most})}'.encode())

    def _before(self) -> bytes:
        return b'{"head":{"vars":' + json.dumps(list(self.variables), ensure_ascii=False).encode()


class XmlRows(RowWriter):
    """SPARQL Query Results XML."""

    def head(self) -> bytes:
        """Return what stands before the rows."""
        return self._before() + b" " * _ROOM + b"</head><results>"

    def row(self, values: Sequence[Value | None], number: int) -> bytes:
        """Return a result."""
        del number
        bound = "".join(
            f"<binding name={quoteattr(name)}>{_xml_term(value)}</binding>"
            for name, value in zip(self.variables, values, strict=True)
            if value is not None
        )
        return f"\n<result>{bound}</result>".encode()

    def end(self) -> bytes:
        """Return what stands after the rows."""
        return b"\n</results></sparql>\n"

    def truth(self, *, value: bool) -> bytes:
        """Return the whole answer to an ASK."""
        said = "true" if value else "false"
        return _XML_START + f"<head></head><boolean>{said}</boolean></sparql>\n".encode()

    def cut(self, file: BinaryIO, limit: str, most: int) -> None:
        """Put a ``link`` into the head."""
        file.seek(len(self._before()))
        file.write(f'<link href="{CUT}?{limit}={most}"/>'.encode())

    def _before(self) -> bytes:
        names = "".join(f"<variable name={quoteattr(name)}/>" for name in self.variables)
        return _XML_START + f"<head>{names}".encode()


_XML_START = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">'
)


class CsvRows(RowWriter):
    """SPARQL 1.1 Query Results CSV: plain values, for tables; what kind of term it was is lost."""

    def head(self) -> bytes:
        """Return the header line."""
        return (",".join(_csv(name) for name in self.variables) + "\r\n").encode()

    def row(self, values: Sequence[Value | None], number: int) -> bytes:
        """Return a line."""
        del number
        return (",".join("" if value is None else _csv(_plain(value)) for value in values) + "\r\n").encode()

    def end(self) -> bytes:
        """Return nothing: there is no footer."""
        return b""

    def truth(self, *, value: bool) -> bytes:
        """Return the word alone; the standard leaves it open."""
        return b"true" if value else b"false"

    def cut(self, file: BinaryIO, limit: str, most: int) -> None:
        """Say nothing: the format has no place for it, the header of the response says it."""


class TsvRows(RowWriter):
    """SPARQL 1.1 Query Results TSV: terms as Turtle writes them."""

    def head(self) -> bytes:
        """Return the header line."""
        return ("\t".join(f"?{name}" for name in self.variables) + "\n").encode()

    def row(self, values: Sequence[Value | None], number: int) -> bytes:
        """Return a line."""
        del number
        return ("\t".join("" if value is None else _turtle(value) for value in values) + "\n").encode()

    def end(self) -> bytes:
        """Return nothing: there is no footer."""
        return b""

    def truth(self, *, value: bool) -> bytes:
        """Return the word alone; the standard leaves it open."""
        return b"true" if value else b"false"

    def cut(self, file: BinaryIO, limit: str, most: int) -> None:
        """Say nothing: the format has no place for it, the header of the response says it."""


WRITERS: dict[str, type[RowWriter]] = {"json": JsonRows, "xml": XmlRows, "csv": CsvRows, "tsv": TsvRows}


def _json_term(value: Value) -> dict[str, object]:
    if isinstance(value, ox.NamedNode):
        return {"type": "uri", "value": value.value}
    if isinstance(value, ox.BlankNode):
        return {"type": "bnode", "value": value.value}
    if isinstance(value, ox.Literal):
        said: dict[str, object] = {"type": "literal", "value": value.value}
        if value.language:
            said["xml:lang"] = value.language
            if value.direction:
                said["its:dir"] = value.direction.value
        elif value.datatype.value != XSD_STRING:
            said["datatype"] = value.datatype.value
        return said
    parts = {"subject": value.subject, "predicate": value.predicate, "object": value.object}
    return {"type": "triple", "value": {name: _json_term(part) for name, part in parts.items()}}


def _xml_term(value: Value) -> str:
    if isinstance(value, ox.NamedNode):
        return f"<uri>{_xml(value.value)}</uri>"
    if isinstance(value, ox.BlankNode):
        return f"<bnode>{value.value}</bnode>"
    if isinstance(value, ox.Literal):
        kind = ""
        if value.language:
            kind = f" xml:lang={quoteattr(value.language)}"
        elif value.datatype.value != XSD_STRING:
            kind = f" datatype={quoteattr(value.datatype.value)}"
        return f"<literal{kind}>{_xml(value.value)}</literal>"
    parts = {"subject": value.subject, "predicate": value.predicate, "object": value.object}
    return (
        "<triple>"
        + "".join(f"<{name}>{_xml_term(part)}</{name}>" for name, part in parts.items())
        + "</triple>"
    )


def _xml(text: str) -> str:
    # XML 1.0 has no way to write these at all
    return escape(_NO_XML.sub("\ufffd", text), _XML_ENDS)


def _plain(value: Value) -> str:
    if isinstance(value, ox.BlankNode):
        return f"_:{value.value}"
    return _turtle(value) if isinstance(value, ox.Triple) else value.value


def _csv(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in '",\r\n') else text


def _turtle(value: Value) -> str:
    if isinstance(value, ox.Triple):
        return f"<<( {_turtle(value.subject)} {_turtle(value.predicate)} {_turtle(value.object)} )>>"
    # the engine's own notation escapes line ends and leaves tabs as they are
    return str(value).replace("\t", "\\t")
