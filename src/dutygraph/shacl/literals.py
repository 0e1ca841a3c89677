"""Literals that a Store would change: the form in which they are kept, and what undoes it in queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from dutygraph.shacl import xsd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal

KEPT = "tag:dutygraph,2026:shacl:kept:"
WELL_FORMED = "tag:dutygraph,2026:shacl:well-formed"
ORDER = "tag:dutygraph,2026:shacl:order"
_STRING = xsd.XSD + "string"
_PROBE = "tag:dutygraph,2026:shacl:probe"


def changed_by_a_store(literals: Iterable[Term]) -> dict[Term, Term]:
    """Give the literals that a Store does not give back as they were, with what it makes of them."""
    probe = ox.Store()
    predicate = ox.NamedNode(_PROBE)
    # Only XSD literals are stored by value.
    typed = (t for t in literals if isinstance(t, ox.Literal) and t.datatype.value.startswith(xsd.XSD))
    asked = {f"{_PROBE}:{n}": t for n, t in enumerate(typed) if t.datatype.value != _STRING}
    probe.extend(ox.Quad(ox.NamedNode(name), predicate, term) for name, term in asked.items())
    given = ((asked[q.subject.value], q.object) for q in probe)
    return {one: two for one, two in given if one != two}


def kept_form(raw: Term) -> Term:
    """Spell a literal so that a Store leaves it as it is."""
    return ox.Literal(raw.value, datatype=ox.NamedNode(KEPT + raw.datatype.value))  # type: ignore[union-attr]


def _spelled(term: Term) -> tuple[str, str] | None:
    if not isinstance(term, ox.Literal):
        return None
    return term.value, term.datatype.value.removeprefix(KEPT)


def _well_formed(term: Term, datatype: Term) -> ox.Literal | None:
    found = _spelled(term)
    return None if found is None else ox.Literal(xsd.well_formed(found[0], datatype.value))


def _order(left: Term, right: Term) -> ox.Literal | None:
    one, two = _spelled(left), _spelled(right)
    found = None if one is None or two is None else xsd.order(one, two)
    return None if found is None else ox.Literal(found)


FUNCTIONS: dict[ox.NamedNode, Callable[..., Term | ox.Triple | None]] = {
    ox.NamedNode(WELL_FORMED): _well_formed,
    ox.NamedNode(ORDER): _order,
}
