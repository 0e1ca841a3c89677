"""Records and kinds as the API shows them."""

from __future__ import annotations

from functools import cached_property

from dutygraph import ontology
from dutygraph.loaders.fields import FieldForm, KindForm
from dutygraph.loaders.forms import EntityForm, Template
from dutygraph.service.lifecycle.changes_of_state import state_of
from dutygraph.service.lifecycle.conditions import condition
from dutygraph.service.lifecycle.table import LifeCycle, Move, life_cycles
from dutygraph.service.models import bilingual
from dutygraph.service.records.held import Held
from dutygraph.service.records.models import FieldModel, KindModel, LifeCycleModel, MoveRow, RecordModel


class ShownRecord:
    """A record of a list, read as far as it is asked for."""

    def __init__(self, held: Held, kind: KindForm, identifier: str) -> None:
        """Name the record."""
        self._held, self._kind, self.id = held, kind, identifier

    @property
    def kind(self) -> str:
        """The name of the kind."""
        return self._kind.kind

    @cached_property
    def fields(self) -> dict[str, object]:
        """The fields by name."""
        return dict(self._held.fields(self._kind, self.id).fields)

    @property
    def iri(self) -> str:
        """The IRI."""
        return self._held.iri(self.kind, self.id)

    @property
    def label(self) -> str:
        """The record's name, or its id where it has none."""
        return str(self.fields.get("label", self.id))

    @property
    def state(self) -> str | None:
        """Where the record stands in its life cycle, if its kind has one."""
        cycle = life_cycles().get(self.kind)
        return state_of(self._held, cycle, self.id).word if cycle else None

    @property
    def graph(self) -> str:
        """The graph that it is registered in."""
        found = self._held.graph(self.kind, self.id)
        return (found or self._kind.entity.graph).value

    @property
    def classes(self) -> list[str]:
        """The names of its classes."""
        found = self._held.classes(self._kind, self.id)
        return sorted(name.rpartition("#")[2] for name in found)

    def model(self) -> RecordModel:
        """Return the record as JSON has it."""
        return RecordModel.model_validate(
            {
                "kind": self.kind,
                "id": self.id,
                "iri": self.iri,
                "label": self.label,
                "classes": self.classes,
                "fields": self.fields,
                "graph": self.graph,
                "state": self.state,
            }
        )


def kind_model(kind: KindForm, total: int) -> KindModel:
    """Return a kind with its fields."""
    cycle = life_cycles().get(kind.kind)
    entity = kind.entity
    return KindModel(
        kind=kind.kind,
        title=bilingual(kind.title),
        sheet=kind.form.name,
        id_column=kind.id_column.header if kind.id_column else None,
        id_form=[_template(template) for template in entity.ids],
        classes=[name.rpartition("#")[2] for name in entity.all_classes],
        graph=entity.graph.value,
        graph_rules=_graph_rules(entity),
        fields=[_field_model(field) for field in kind.fields],
        life_cycle=_life_cycle(cycle) if cycle else None,
        total=total,
    )


def move_row(move: Move) -> MoveRow:
    """Return a row of the table of moves."""
    asked = [condition("parties", name).text for name in move.parties]
    asked += [condition("guards", name).text for name in move.guards]
    return MoveRow.model_validate(
        {
            "from": move.start,
            "to": move.end,
            "name": bilingual(move.name),
            "by": sorted(role.value for role in move.by) or ["system"],
            "fields": list(move.fields),
            "conditions": [bilingual(text) for text in asked],
        }
    )


def _field_model(field: FieldForm) -> FieldModel:
    column = field.column
    return FieldModel(
        name=field.name,
        title=bilingual(field.title),
        help=bilingual(field.column.help),
        type=column.type,
        many=field.many,
        required=field.required,
        inverse=field.inverse,
        sheet=field.form.name,
        column=column.header,
        kinds=list(column.kinds),
        scheme=column.scheme,
        words=[*column.words, *column.flags],
    )


def _life_cycle(cycle: LifeCycle) -> LifeCycleModel:
    return LifeCycleModel(
        states=list(ontology.words(cycle.scheme)),
        initial=cycle.initial.word,
        moves=[move_row(move) for move in cycle.moves],
    )


def _graph_rules(entity: EntityForm) -> list[dict[str, object]]:
    return [
        {
            "graph": rule.graph.value,
            "when": [
                {"column": one.column, "filled": one.filled, "words": sorted(one.words)} for one in rule.when
            ],
        }
        for rule in entity.graphs
    ]


def _template(template: Template) -> str:
    return "".join(literal + (f"{{{name}}}" if name else "") for literal, name in template.pieces)
