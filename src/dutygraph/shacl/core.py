"""Core constraints as queries: one SELECT each, over all focus nodes, returning violations only (SHACL 4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rdflib import SH, Literal

from dutygraph.shacl import xsd
from dutygraph.shacl.literals import KEPT, ORDER, WELL_FORMED
from dutygraph.shacl.scope import instance_pattern

if TYPE_CHECKING:
    from rdflib.term import Node

    from dutygraph.shacl.dataset import Data
    from dutygraph.shacl.model import Plain
    from dutygraph.shacl.scope import Scope


@dataclass(frozen=True)
class Query:
    """A SELECT whose rows are violations: the chain, then `value` and `path` where set, then tie-breakers."""

    text: str
    value: bool = False
    path: bool = False


@dataclass(frozen=True)
class Place:
    """Where a constraint applies: its focus nodes, its value nodes, and the data."""

    focus: Scope
    values: Scope
    data: Data

    @property
    def value(self) -> str:
        """Give the variable of the value node."""
        return self.values.focus

    def faulty(self, expression: str) -> Query:
        """Report the value nodes for which an expression holds."""
        text = f"SELECT DISTINCT {self.values.columns} WHERE {{ {self.values.pattern} FILTER({expression}) }}"
        return Query(text, value=True)

    def without(self, pattern: str) -> Query:
        """Report the value nodes that a pattern does not match."""
        text = (
            f"SELECT DISTINCT {self.values.columns} WHERE {{ {self.values.pattern} MINUS {{ {pattern} }} }}"
        )
        return Query(text, value=True)

    def number(self, variable: str) -> str:
        """Give a value in the form that compares, when literals are kept under a datatype of ours."""
        if not self.data.exact:
            return variable
        real = f"IRI(STRAFTER(STR(DATATYPE({variable})), '{KEPT}'))"
        kept = f"STRSTARTS(STR(DATATYPE({variable})), '{KEPT}')"
        return f"COALESCE(IF({kept}, STRDT(STR({variable}), {real}), {variable}), {variable})"


Compiler: TypeAlias = Callable[["Plain", Place], Query]


def compile_plain(constraint: Plain, place: Place) -> Query:
    """Write a core constraint as a query for its violations."""
    return _COMPILERS[constraint.component](constraint, place)


def _class(constraint: Plain, place: Place) -> Query:
    names = place.data.subclasses(constraint.terms[0])
    return place.without(instance_pattern(place.value, names, "?dgc"))


def _datatype(constraint: Plain, place: Place) -> Query:
    name = str(constraint.terms[0])
    datatypes = [f"<{name}>", f"<{KEPT}{name}>"]
    if not place.data.lossless and name in xsd.INTEGERS:
        # A Store keeps no derived integer types: what is in the range is taken as meant.
        datatypes.append(f"<{xsd.XSD}integer>")
    tests = [f"DATATYPE({place.value}) IN ({', '.join(datatypes)})"]
    if name in xsd.CHECKED:
        tests.append(f"<{WELL_FORMED}>({place.value}, <{name}>)")
    return place.faulty(f"!COALESCE({' && '.join(tests)}, false)")


def _node_kind(constraint: Plain, place: Place) -> Query:
    kinds: dict[Node, str] = {
        SH.IRI: "!ISIRI({})",
        SH.BlankNode: "!ISBLANK({})",
        SH.Literal: "!ISLITERAL({})",
        SH.BlankNodeOrIRI: "ISLITERAL({})",
        SH.BlankNodeOrLiteral: "ISIRI({})",
        SH.IRIOrLiteral: "ISBLANK({})",
    }
    return place.faulty(kinds[constraint.terms[0]].format(place.value))


def _min_count(constraint: Plain, place: Place) -> Query:
    low, columns = int(str(constraint.terms[0])), place.focus.columns
    if low == 1:
        body = f"{{ {place.focus.pattern} }} MINUS {{ {place.values.pattern} }}"
        return Query(f"SELECT DISTINCT {columns} WHERE {{ {body} }}")
    body = f"{{ {place.focus.pattern} }} OPTIONAL {{ {place.values.pattern} }}"
    having = f"GROUP BY {columns} HAVING (COUNT(DISTINCT {place.value}) < {low})"
    return Query(f"SELECT {columns} WHERE {{ {body} }} {having}")


def _max_count(constraint: Plain, place: Place) -> Query:
    high, columns = int(str(constraint.terms[0])), place.focus.columns
    if high == 0:
        return Query(f"SELECT DISTINCT {columns} WHERE {{ {place.values.pattern} }}")
    having = f"GROUP BY {columns} HAVING (COUNT(DISTINCT {place.value}) > {high})"
    return Query(f"SELECT {columns} WHERE {{ {place.values.pattern} }} {having}")


def _range(operator: str) -> Compiler:
    def compiler(constraint: Plain, place: Place) -> Query:
        term = constraint.terms[0]
        # The constant is compared, not matched: its plain form will do.
        text = Literal(str(term), lang=term.language, datatype=term.datatype, normalize=False).n3()  # type: ignore[attr-defined]
        return place.faulty(_holds_not(place, operator, text, text))

    return compiler


def _less_than(operator: str) -> Compiler:
    def compiler(constraint: Plain, place: Place) -> Query:
        test = _holds_not(place, operator, place.number("?dgw"), "?dgw")
        body = f"{place.values.pattern} {place.focus.focus} {constraint.terms[0].n3()} ?dgw . FILTER({test})"
        return Query(f"SELECT DISTINCT {place.values.columns} ?dgw WHERE {{ {body} }}", value=True)

    return compiler


def _holds_not(place: Place, operator: str, right: str, raw: str) -> str:
    # A comparison that has no answer is a violation, so never `!(a < b)`. The second test is for numbers
    # too long for pyoxigraph.
    native = f"{place.number(place.value)} {operator} {right}"
    return f"!COALESCE({native}, <{ORDER}>({place.value}, {raw}) {operator} 0, false)"


def _length(operator: str) -> Compiler:
    def compiler(constraint: Plain, place: Place) -> Query:
        value, limit = place.value, int(str(constraint.terms[0]))
        return place.faulty(f"ISBLANK({value}) || !(STRLEN(STR({value})) {operator} {limit})")

    return compiler


def _pattern(constraint: Plain, place: Place) -> Query:
    pattern, flags = json.dumps(str(constraint.terms[0]), ensure_ascii=False), json.dumps(constraint.flags)
    return place.faulty(f"ISBLANK({place.value}) || !REGEX(STR({place.value}), {pattern}, {flags})")


def _language_in(constraint: Plain, place: Place) -> Query:
    tests = [f"LANGMATCHES(LANG({place.value}), {json.dumps(str(t))})" for t in constraint.terms]
    return place.faulty(f"!COALESCE({' || '.join(tests) or 'false'}, false)")


def _unique_lang(_constraint: Plain, place: Place) -> Query:
    columns = f"{place.focus.columns} ?dgl"
    body = f"{place.values.pattern} BIND(LCASE(LANG({place.value})) AS ?dgl) FILTER(?dgl != '')"
    having = f"GROUP BY {columns} HAVING (COUNT(DISTINCT {place.value}) > 1)"
    return Query(f"SELECT {columns} WHERE {{ {body} }} {having}")


def _equals(constraint: Plain, place: Place) -> Query:
    other = f"{place.focus.pattern} {place.focus.focus} {constraint.terms[0].n3()} {place.value} ."
    mine = place.values.pattern
    body = f"{{ {{ {mine} }} MINUS {{ {other} }} }} UNION {{ {{ {other} }} MINUS {{ {mine} }} }}"
    return Query(f"SELECT DISTINCT {place.values.columns} WHERE {{ {body} }}", value=True)


def _disjoint(constraint: Plain, place: Place) -> Query:
    body = f"{{ {place.values.pattern} }} {place.focus.focus} {constraint.terms[0].n3()} {place.value} ."
    return Query(f"SELECT DISTINCT {place.values.columns} WHERE {{ {body} }}", value=True)


def _has_value(constraint: Plain, place: Place) -> Query:
    [term] = place.data.constants(constraint.terms)
    there = f"{place.values.pattern} FILTER(SAMETERM({place.value}, {term}))"
    body = f"{{ {place.focus.pattern} }} MINUS {{ {there} }}"
    return Query(f"SELECT DISTINCT {place.focus.columns} WHERE {{ {body} }}")


def _in(constraint: Plain, place: Place) -> Query:
    terms = place.data.constants(constraint.terms)
    return place.without(f"VALUES {place.value} {{ {' '.join(terms)} }}")


def _closed(constraint: Plain, place: Place) -> Query:
    allowed = ", ".join(t.n3() for t in constraint.terms)
    test = f"FILTER(?dgp NOT IN ({allowed}))" if allowed else ""
    columns = f"{place.focus.columns} ?dgo ?dgp {place.value}"
    body = f"{{ {place.values.pattern} }} {place.value} ?dgp ?dgo . {test}"
    return Query(f"SELECT DISTINCT {columns} WHERE {{ {body} }}", value=True, path=True)


_COMPILERS: dict[Node, Compiler] = {
    SH.ClassConstraintComponent: _class,
    SH.DatatypeConstraintComponent: _datatype,
    SH.NodeKindConstraintComponent: _node_kind,
    SH.MinCountConstraintComponent: _min_count,
    SH.MaxCountConstraintComponent: _max_count,
    SH.MinExclusiveConstraintComponent: _range(">"),
    SH.MinInclusiveConstraintComponent: _range(">="),
    SH.MaxExclusiveConstraintComponent: _range("<"),
    SH.MaxInclusiveConstraintComponent: _range("<="),
    SH.MinLengthConstraintComponent: _length(">="),
    SH.MaxLengthConstraintComponent: _length("<="),
    SH.PatternConstraintComponent: _pattern,
    SH.LanguageInConstraintComponent: _language_in,
    SH.UniqueLangConstraintComponent: _unique_lang,
    SH.EqualsConstraintComponent: _equals,
    SH.DisjointConstraintComponent: _disjoint,
    SH.LessThanConstraintComponent: _less_than("<"),
    SH.LessThanOrEqualsConstraintComponent: _less_than("<="),
    SH.ClosedConstraintComponent: _closed,
    SH.HasValueConstraintComponent: _has_value,
    SH.InConstraintComponent: _in,
}
