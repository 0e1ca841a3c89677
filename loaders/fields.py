"""Every kind of thing that the forms register, with its fields: the forms by thing, not by sheet.

A field is named after its property (``ownerPost``); one that says who points here (``hasNode`` of a business)
is named after the kind that points (``business``). Nothing is listed here: it all follows from ``columns/``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from rdflib import URIRef
from rdflib.namespace import RDF

from dutygraph import ontology
from dutygraph.loaders.catalogue import sheet_forms
from dutygraph.loaders.forms import ColumnForm, EntityForm, LinkForm, SheetForm
from dutygraph.model import GraphKind, Text
from dutygraph.ontology import SV

_IDENTIFYING = ("identifier", "year")


@dataclass(frozen=True, slots=True)
class FieldForm:
    """A field of a kind: its property, and the column of a form that says what may stand in it.

    ``inverse`` fields hold what points at the thing; of these, ``shared`` ones are a field of the other thing
    too. ``lists`` fields hold things that have rows of their own (a task sheet's focus items). ``classes``
    is filled where the field says what class the thing has; such a field has no property.
    """

    name: str
    property: URIRef
    form: SheetForm
    column: ColumnForm
    title: Text
    required: bool = False
    inverse: bool = False
    shared: bool = False
    lists: bool = False
    classes: Mapping[str, tuple[URIRef, ...]] = field(default_factory=dict)

    many: bool = field(init=False)
    """Whether the field holds a list."""

    def __post_init__(self) -> None:
        """Take over from the column whether it is a list."""
        object.__setattr__(self, "many", self.column.many)


@dataclass(frozen=True, slots=True)
class KindForm:
    """A kind of thing: its name in IRIs, what it is called, what registers it, its fields."""

    kind: str
    title: Text
    form: SheetForm
    entity: EntityForm
    fields: tuple[FieldForm, ...]

    def field(self, name: str) -> FieldForm | None:
        """Return a field by name, or None."""
        return next((known for known in self.fields if known.name == name), None)

    @property
    def id_column(self) -> ColumnForm | None:
        """The column that holds the identifier; None where the identifier is made of other fields."""
        return _id_column(self.form, self.entity)


@cache
def kind_forms() -> Mapping[str, KindForm]:
    """Return every kind that a form registers, by name, in the order of the workbook."""
    found = ((form, entity) for form in sheet_forms() for entity in form.entities if entity.registers)
    return {entity.kind: _kind(form, entity) for form, entity in found}


@cache
def owned_inversely() -> frozenset[URIRef]:
    """Return the properties whose triples belong to what they point at (a business ``hasNode`` a node)."""
    return frozenset(
        known.property
        for kind in kind_forms().values()
        for known in kind.fields
        if known.inverse and not known.shared
    )


def _kind(form: SheetForm, entity: EntityForm) -> KindForm:
    title = ontology.labels(entity.all_classes[0])
    return KindForm(entity.kind, title, form, entity, tuple(_distinct(_fields(form, entity))))


def _distinct(fields: Iterator[FieldForm]) -> Iterator[FieldForm]:
    seen: set[str] = set()
    for known in fields:
        if known.name not in seen:
            seen.add(known.name)
            yield known


def _fields(form: SheetForm, entity: EntityForm) -> Iterator[FieldForm]:
    identifying = _id_column(form, entity)
    for link in form.links:
        yield from _link_fields(form, entity, link)
    for column in form.columns:
        if column is not identifying and column.graph is not GraphKind.IDENTITY:
            yield from _column_fields(form, entity, column)
    for other in sheet_forms():
        for beside in other.entities:
            if beside.kind == entity.kind and not beside.registers:
                yield from _fields_elsewhere(other, beside)


def _column_fields(form: SheetForm, entity: EntityForm, column: ColumnForm) -> Iterator[FieldForm]:
    stated = [output.property for output in column.outputs if output.entity == entity.name]
    title = Text(column.header, "")
    conditions = {condition.column: condition.words for condition in entity.when}
    named = _id_column(form, entity) is None and column.header in entity.ids[0].columns
    required = named or column.required or column.header == entity.each or column.header in conditions
    for name in stated:
        inverse = column.inverse
        plain = replace(column, many=column.many and column.header != entity.each, own={})
        yield FieldForm(
            _camel(column.kinds[0]) if inverse else _local(name),
            name,
            form,
            plain,
            replace(title, en=_english(name)),
            required=required,
            inverse=inverse,
        )
    ruled = {
        word: rule.classes
        for rule in entity.types
        if rule.condition.column == column.header
        for word in sorted(rule.condition.words)
    }
    if ruled and not stated:
        words = conditions.get(column.header, frozenset()) or frozenset(column.words)
        offered = replace(column, words=tuple(word for word in column.words if word in words))
        yield _class_field(form, offered, ruled, required=required)


def _class_field(
    form: SheetForm, column: ColumnForm, ruled: Mapping[str, tuple[URIRef, ...]], *, required: bool
) -> FieldForm:
    one = next(iter(ruled.values()))[0] if len(ruled) == 1 else None
    title = Text(column.header, _english(one) if one else "class")
    name = _camel(_local(one)) if one else "class"
    return FieldForm(name, RDF.type, form, column, title, required=required, classes=ruled)


def _link_fields(form: SheetForm, entity: EntityForm, link: LinkForm) -> Iterator[FieldForm]:
    entities = {known.name: known for known in form.entities}
    subject, target = entities[link.subject], entities[link.object]
    apart = target.when or target.each or not set(target.ids[0].columns) <= set(subject.ids[0].columns)
    many = subject is form.entities[0] and bool(apart)
    if link.subject == entity.name:
        found = _linked(form, link, target, _local(link.property), many=many, required=not many)
        yield replace(found, lists=many)
    elif link.object == entity.name and many:
        several = not entity.when and not entity.each
        name = _camel(subject.kind)
        found = _linked(form, link, subject, name, many=several, required=not several)
        yield replace(found, inverse=True, shared=True)


def _linked(
    form: SheetForm, link: LinkForm, other: EntityForm, name: str, *, many: bool, required: bool
) -> FieldForm:
    header = next(iter(other.ids[0].columns), other.each or "")
    said = form.column(header)
    column = ColumnForm(header, "reference", said.help, sample=said.sample, many=many, kinds=(other.kind,))
    title = Text(header, _english(link.property))
    return FieldForm(name, link.property, form, column, title, required=required)


def _fields_elsewhere(form: SheetForm, entity: EntityForm) -> Iterator[FieldForm]:
    """Yield the fields that another sheet states of the kind, a row each: all of them are lists."""
    for column in form.columns:
        for known in _column_fields(form, entity, column):
            yield replace(known, column=replace(known.column, many=True), required=False)


def _id_column(form: SheetForm, entity: EntityForm) -> ColumnForm | None:
    template = entity.ids[0]
    if entity.each or template.pieces != (("", template.columns[0]),):
        return None
    column = form.column(template.columns[0])
    # What points at the thing whose identifier it shares (the duty of a post) is found by pointing at it.
    pointing = entity.name in {link.subject for link in form.links}
    if pointing and entity is not form.entities[0] and column.header in form.entities[0].ids[0].columns:
        return None
    return column if column.type in _IDENTIFYING else None


def _english(name: URIRef) -> str:
    return ontology.labels(name).en if name.startswith(str(SV)) else _local(name)


def _local(name: URIRef) -> str:
    return str(name).rpartition("#")[2].rpartition("/")[2]


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first[:1].lower() + first[1:] + "".join(part.capitalize() for part in rest)
