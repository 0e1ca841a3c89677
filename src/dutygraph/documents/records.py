"""Records of one kind as a document reads them: what each property of each holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from dutygraph.charts.reading import Reading
from dutygraph.documents.model import name_of
from dutygraph.model import Thing
from dutygraph.ontology import SV


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its thing, its values by property (named without prefix), each sorted."""

    thing: Thing
    values: Mapping[str, tuple[str, ...]]
    reading: Reading
    language: str

    def iris(self, name: str) -> tuple[str, ...]:
        """Return the values of a property as they stand in the graph."""
        return self.values.get(name, ())

    def text(self, name: str) -> str:
        """Return the values of a property of text, a date or a number."""
        return "；".join(self.values.get(name, ()))

    def words(self, name: str) -> str:
        """Return the names of what a property holds: of concepts in the language of the document."""
        things = self.reading.things
        return "；".join(things.label(iri).in_language(self.language) for iri in self.iris(name))

    def ids(self, name: str) -> str:
        """Return the ids of what a property holds."""
        return "；".join(thing.id for thing in self.reading.sorted(self.iris(name)))

    def named(self, name: str) -> str:
        """Return ids and names of what a property holds."""
        return "；".join(name_of(thing) for thing in self.reading.sorted(self.iris(name)))


def records_of(reading: Reading, kind: str, language: str) -> Mapping[str, Record]:
    """Return all records of a class by IRI, in the order of their ids."""
    query = f"SELECT ?thing ?property ?value {{ ?thing a <{SV[kind]}> ; ?property ?value }}"
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in reading.store.select(query, graphs=reading.names.checked()):
        name = row["property"].value.rpartition("#")[2].rpartition("/")[2]
        found[row["thing"].value][name].append(row["value"].value)
    made = (
        Record(
            reading.things.thing(iri),
            {name: tuple(sorted(set(each))) for name, each in values.items()},
            reading,
            language,
        )
        for iri, values in found.items()
    )
    return {one.thing.iri: one for one in sorted(made, key=lambda one: (one.thing.id, one.thing.iri))}


def departments_of(businesses: Mapping[str, Record], iris: tuple[str, ...]) -> tuple[str, ...]:
    """Return the departments (IRIs) that run some businesses."""
    found = {one for iri in iris if iri in businesses for one in businesses[iri].iris("runBy")}
    return tuple(sorted(found))
