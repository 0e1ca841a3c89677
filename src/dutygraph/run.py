"""The data of a check run: its date, the calendar it is judged by, and the policy in force.

They are triples like any others, so that rules and shapes read dates from data and never from a clock.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date

from rdflib import DCTERMS, RDF, XSD, Graph, Literal, URIRef

from dutygraph.ontology import SV, load_policy
from dutygraph.store import BureauGraphs, Store

# months in a division of the year, its class, its name
_DIVISIONS = (
    (6, SV.HalfYear, "{year}-H{number}"),
    (3, SV.Quarter, "{year}-Q{number}"),
    (1, SV.Month, "{year}-{number:02}"),
)


def run_graph(names: BureauGraphs, as_of: date, years: Iterable[int], *, policy: bool) -> Graph:
    """Return the check run's triples: ``sv:CheckRun``, the periods of *years*, the default policy.

    *policy* is False where the bureau has a rating policy of its own.
    """
    graph = Graph()
    run = URIRef(names.run)
    graph.add((run, RDF.type, SV.CheckRun))
    graph.add((run, SV.asOf, Literal(as_of.isoformat(), datatype=XSD.date)))
    graph.add((run, SV.ofBureau, URIRef(names.bureau)))
    for year in sorted(set(years) | {as_of.year}):
        _add_year(graph, names, year)
    if policy:
        graph += load_policy()
    return graph


def plan_years(store: Store, names: BureauGraphs) -> tuple[int, ...]:
    """Return the years for which the bureau has an annual plan, sorted."""
    query = f"SELECT DISTINCT ?year {{ ?plan a <{SV.AnnualPlan}> ; <{SV.year}> ?year }}"
    found = (row["year"].value for row in store.select(query, graphs=names.all_asserted()))
    return tuple(sorted({int(year) for year in found if year.isdigit()}))


def _add_year(graph: Graph, names: BureauGraphs, year: int) -> None:
    periods = list(_periods(year))
    for name, kind, first, last in periods:
        node = URIRef(names.period(name))
        graph.add((node, RDF.type, SV.Period))
        graph.add((node, RDF.type, kind))
        graph.add((node, DCTERMS.identifier, Literal(name)))
        graph.add((node, SV.firstDay, Literal(first.isoformat(), datatype=XSD.date)))
        graph.add((node, SV.lastDay, Literal(last.isoformat(), datatype=XSD.date)))
        for whole, _, begins, ends in periods:
            if whole != name and begins <= first and last <= ends:
                graph.add((node, SV.partOfPeriod, URIRef(names.period(whole))))


def _periods(year: int) -> Iterator[tuple[str, URIRef, date, date]]:
    yield str(year), SV.Year, date(year, 1, 1), date(year, 12, 31)
    for length, kind, name in _DIVISIONS:
        for number, first in enumerate(range(1, 13, length), start=1):
            last = first + length - 1
            end = date(year, last, monthrange(year, last)[1])
            yield name.format(year=year, number=number), kind, date(year, first, 1), end
