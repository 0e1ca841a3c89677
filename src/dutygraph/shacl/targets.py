"""Targets: which nodes a shape is about (SHACL 2.1.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import OWL, RDF, RDFS, SH, Graph, Literal, URIRef

if TYPE_CHECKING:
    from rdflib.term import Node


@dataclass(frozen=True)
class Targets:
    """The target declarations of one shape; `classes` holds sh:targetClass and implicit class targets."""

    nodes: tuple[Node, ...] = ()
    classes: tuple[Node, ...] = ()
    subjects_of: tuple[Node, ...] = ()
    objects_of: tuple[Node, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether the shape has any target."""
        return bool(self.nodes or self.classes or self.subjects_of or self.objects_of)

    @property
    def mixed(self) -> bool:
        """Tell whether the focus nodes come from more than one pattern."""
        return bool(self.nodes) + bool(self.classes) + len(self.subjects_of) + len(self.objects_of) > 1


def parse_targets(shapes: Graph, shape: Node) -> Targets:
    """Read the targets of a shape (SHACL 2.1.3.1 to 2.1.3.5)."""
    classes = set(shapes.objects(shape, SH.targetClass))
    if isinstance(shape, URIRef) and _is_class(shapes, shape) and _is_shape(shapes, shape):
        classes.add(shape)
    return Targets(
        nodes=tuple(sorted(shapes.objects(shape, SH.targetNode), key=_name)),
        classes=tuple(sorted(classes, key=_name)),
        subjects_of=tuple(sorted(shapes.objects(shape, SH.targetSubjectsOf), key=_name)),
        objects_of=tuple(sorted(shapes.objects(shape, SH.targetObjectsOf), key=_name)),
    )


def targeted_shapes(shapes: Graph) -> dict[Node, Targets]:
    """Give every active shape of the shapes graph that has targets, in a fixed order."""
    found: set[Node] = set()
    for predicate in (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf):
        found.update(shapes.subjects(predicate))
    for kind in (SH.NodeShape, SH.PropertyShape):
        found.update(s for s in shapes.subjects(RDF.type, kind) if _is_class(shapes, s))
    active = (s for s in sorted(found, key=_name) if (s, SH.deactivated, Literal(True)) not in shapes)  # noqa: FBT003
    return {shape: parse_targets(shapes, shape) for shape in active}


def subclasses(data: Graph, root: Node) -> set[Node]:
    """Give a class and all its subclasses in the data graph (SHACL 1.1, "SHACL subclass")."""
    found, todo = {root}, [root]
    while todo:
        for below in data.subjects(RDFS.subClassOf, todo.pop()):
            if below not in found:
                found.add(below)
                todo.append(below)
    return found


def focus_nodes(data: Graph, targets: Targets) -> set[Node]:
    """Give the focus nodes of the targets in an rdflib graph (SHACL 2.1.3)."""
    found = set(targets.nodes)
    for root in targets.classes:
        for name in subclasses(data, root):
            found.update(data.subjects(RDF.type, name))
    for predicate in targets.subjects_of:
        found.update(data.subjects(predicate))
    for predicate in targets.objects_of:
        found.update(data.objects(None, predicate))
    return found


def _name(node: Node) -> str:
    return node.n3()


def _is_class(shapes: Graph, node: Node) -> bool:
    # owl:Class is a subclass of rdfs:Class whether or not the shapes graph says so.
    return not {RDFS.Class, OWL.Class}.isdisjoint(_types(shapes, node))


def _is_shape(shapes: Graph, node: Node) -> bool:
    return not {SH.NodeShape, SH.PropertyShape}.isdisjoint(_types(shapes, node))


def _types(shapes: Graph, node: Node) -> set[Node]:
    found: set[Node] = set()
    todo = list(shapes.objects(node, RDF.type))
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(shapes.objects(name, RDFS.subClassOf))
    return found
