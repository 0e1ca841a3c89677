"""Audit entries as RDF: one node an entry, in the graph ``audit`` of its bureau, or of none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import pyoxigraph as ox
from rdflib import RDF, XSD

from dutygraph.commits.acts import Action, Actor, AuditEntry
from dutygraph.commits.chain import instant
from dutygraph.ontology import SV
from dutygraph.store import BureauGraphs

TYPE = ox.NamedNode(str(RDF.type))
SEQUENCE = ox.NamedNode(str(SV.auditSequence))
COMMIT_NUMBER = ox.NamedNode(str(SV.commitNumber))
_ENTRY = ox.NamedNode(str(SV.AuditEntry))
# What a field of an entry is called in RDF; those that are None are not written.
_TEXTS = {
    "account": ox.NamedNode(str(SV.byAccount)),
    "role": ox.NamedNode(str(SV.inRole)),
    "person": ox.NamedNode(str(SV.byPerson)),
    "action": ox.NamedNode(str(SV.auditAction)),
    "bureau": ox.NamedNode(str(SV.auditBureau)),
    "target": ox.NamedNode(str(SV.auditTarget)),
    "note": ox.NamedNode(str(SV.auditNote)),
    "digest": ox.NamedNode(str(SV.changeDigest)),
    "previous": ox.NamedNode(str(SV.previousHash)),
    "hash": ox.NamedNode(str(SV.entryHash)),
}
_AT = ox.NamedNode(str(SV.enteredAt))


class MalformedEntryError(ValueError):
    """An audit entry in the store lacks something, or holds what no entry can hold."""


def entry_node(base: str, sequence: int) -> ox.NamedNode:
    """Return the node of an entry."""
    return ox.NamedNode(f"{base}audit/{sequence}")


def graph_of(base: str, names: BureauGraphs | None) -> ox.NamedNode:
    """Return the graph of the entries of a bureau, or of those that concern none."""
    return ox.NamedNode(f"{base}audit" if names is None else names.audit)


def quads_of(base: str, names: BureauGraphs | None, entry: AuditEntry) -> Iterator[ox.Quad]:
    """Yield an entry's quads."""
    node, graph = entry_node(base, entry.sequence), graph_of(base, names)
    yield ox.Quad(node, TYPE, _ENTRY, graph)
    yield ox.Quad(node, SEQUENCE, integer(entry.sequence), graph)
    yield ox.Quad(node, _AT, date_time(entry.at), graph)
    if entry.commit is not None:
        yield ox.Quad(node, COMMIT_NUMBER, integer(entry.commit), graph)
    texts = {
        "account": entry.actor.account,
        "role": entry.actor.role,
        "person": entry.actor.person,
        "action": entry.action.value,
        "bureau": entry.bureau,
        "target": entry.target,
        "note": entry.note,
        "digest": entry.digest,
        "previous": entry.previous,
        "hash": entry.hash,
    }
    for name, value in texts.items():
        if value is not None:
            yield ox.Quad(node, _TEXTS[name], ox.Literal(value), graph)


def read_entry(store: ox.Store, base: str, sequence: int) -> AuditEntry | None:
    """Return the entry of a sequence number, or None where there is none.

    Raises:
        MalformedEntryError: there is something, but it is no entry.

    """
    return parsed(sequence, store.quads_for_pattern(entry_node(base, sequence), None, None, None))


def parsed(sequence: int, quads: Iterable[ox.Quad]) -> AuditEntry | None:
    """Return the entry that these quads of its node say, or None where they say nothing.

    Raises:
        MalformedEntryError: they say something, but it is no entry.

    """
    found: dict[str, list[str]] = {}
    for quad in quads:
        if isinstance(quad.object, ox.Literal):
            found.setdefault(quad.predicate.value, []).append(quad.object.value)
    if not found:
        return None
    if any(len(values) > 1 for values in found.values()):
        raise MalformedEntryError(f"entry {sequence} says something twice")
    said = {predicate: values[0] for predicate, values in found.items()}
    texts = {name: said.get(node.value) for name, node in _TEXTS.items()}
    try:
        return AuditEntry(
            sequence=int(said[SEQUENCE.value]),
            at=datetime.fromisoformat(said[_AT.value]),
            actor=Actor(_text(texts, "account"), _text(texts, "role"), texts["person"]),
            action=Action(_text(texts, "action")),
            bureau=texts["bureau"],
            target=_text(texts, "target"),
            note=_text(texts, "note"),
            commit=int(said[COMMIT_NUMBER.value]) if COMMIT_NUMBER.value in said else None,
            digest=texts["digest"],
            previous=_text(texts, "previous"),
            hash=_text(texts, "hash"),
        )
    except (KeyError, ValueError) as error:
        raise MalformedEntryError(f"entry {sequence}: {error}") from error


def integer(number: int) -> ox.Literal:
    """Return a number as an RDF literal."""
    return ox.Literal(str(number), datatype=ox.NamedNode(str(XSD.integer)))


def date_time(at: datetime) -> ox.Literal:
    """Return a time as an RDF literal."""
    return ox.Literal(instant(at), datatype=ox.NamedNode(str(XSD.dateTime)))


def _text(texts: dict[str, str | None], name: str) -> str:
    value = texts[name]
    if value is None:
        raise KeyError(name)
    return value
