"""Names of people whom the ledger does not know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rdflib import FOAF, RDF, URIRef

from dutygraph.loaders import is_kept_apart
from dutygraph.loaders.field_values import kind_and_id
from dutygraph.model import Cell, Problem, Statement, Text
from dutygraph.store import BureauGraphs, EmbeddedStore

_NAME, _TYPE = URIRef(FOAF.name), URIRef(RDF.type)


def unknown_people(
    store: EmbeddedStore, names: BureauGraphs, statements: Sequence[Statement]
) -> Iterator[Problem]:
    """Yield a notice for each name of somebody who stands in no ledger of the bureau: a wrong id, perhaps."""
    named = {s.subject: s.cell for s in statements if s.predicate == _NAME}
    if not named:
        return
    known = {s.subject for s in store.statements(names) if s.predicate == _TYPE and not _of_names(s.cell)}
    for subject, cell in named.items():
        found = kind_and_id(str(subject), names)
        if subject not in known and found is not None:
            yield Problem(cell or Cell(""), _unknown(found[1]))


def _of_names(cell: Cell | None) -> bool:
    return cell is not None and cell.sheet is not None and is_kept_apart(cell.sheet)


def _unknown(person: str) -> Text:
    return Text(
        f"台账里没有人员“{person}”，姓名照样收下。请核对编号；人员确实在册的，请先在台账的岗位、任命等表中写上。",
        f"No ledger knows the person “{person}”; the name is taken all the same. Check the id, or enter the "
        "person in the ledger first, where posts and appointments stand.",
    )
