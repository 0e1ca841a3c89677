"""Focus nodes and value nodes as SPARQL patterns (SHACL 2.1.3, 2.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import RDF

if TYPE_CHECKING:
    from dutygraph.shacl.dataset import Data
    from dutygraph.shacl.paths import Path
    from dutygraph.shacl.targets import Targets


@dataclass(frozen=True)
class Scope:
    """All focus nodes of one shape at once.

    `pattern` binds the variables of `chain`; the last is the focus node, those before it the focus nodes of
    the shapes that led here, for one nested node reached from two focus nodes is reported twice.
    `rare` tells of which predicates there are fewer triples than focus nodes, where that is known. `whole`
    are paths, written in SPARQL, of which every start is a focus node; `instances_of` is the class of which
    the focus nodes are all the instances; `same` has the same focus nodes, reached in a shorter way.
    """

    pattern: str
    chain: tuple[str, ...] = ("?dg0",)
    depth: int = 0
    rare: Callable[[str], bool] | None = None
    whole: frozenset[str] = frozenset()
    instances_of: str | None = None
    same: Scope | None = None

    @property
    def focus(self) -> str:
        """Give the variable of the focus node."""
        return self.chain[-1]

    @property
    def columns(self) -> str:
        """Give the chain as a projection."""
        return " ".join(self.chain)

    def alone(self) -> Scope:
        """Forget how the focus nodes were reached."""
        if self.same is not None:
            return self.same.alone()
        if len(self.chain) == 1:
            return self
        pattern = f"{{ SELECT DISTINCT {self.focus} WHERE {{ {self.pattern} }} }}"
        return Scope(pattern, (self.focus,), self.depth)

    def values(self, path: Path | None) -> Scope:
        """Give the value nodes of a shape: along its path, or the focus nodes themselves (SHACL 2.3.1)."""
        here, there = self.focus, f"?dg{self.depth + 1}"
        itself = f"{self.pattern} BIND({here} AS {there})"
        if path is None:
            return Scope(itself, (*self.chain, there), self.depth + 1, same=self)
        reached = f"{self.pattern} {here} {path.sparql} {there} ."
        if path.sparql in self.whole:
            reached = f"{here} {path.sparql} {there} ."
        elif path.predicate is not None and self.rare is not None and self.rare(path.predicate):
            # Few triples: begin with them, and ask of each whether its subject is a focus node.
            reached = f"{{ {here} {path.sparql} {there} . FILTER EXISTS {{ {self.pattern} }} }}"
        if path.nullable:
            # pyoxigraph forgets the empty path where the start is not in the graph.
            reached = f"{{ {reached} }} UNION {{ {itself} }}"
        return Scope(reached, (*self.chain, there), self.depth + 1)


def target_scope(targets: Targets, data: Data) -> Scope:
    """Give the focus nodes of a shape (SHACL 2.1.3)."""
    forward = (p.n3() for p in targets.subjects_of)
    whole = frozenset([*forward, *(f"^({p.n3()})" for p in targets.objects_of)])
    names = set() if targets.mixed else {n for root in targets.classes for n in data.subclasses(root)}
    only = names.pop() if len(names) == 1 else None
    return Scope(target_pattern(targets, data, "?dg0"), whole=whole, instances_of=only)


def target_pattern(targets: Targets, data: Data, variable: str) -> str:
    """Write the targets of a shape as a pattern that binds `variable` (SHACL 2.1.3); rows may repeat."""
    parts: list[str] = []
    if targets.nodes:
        parts.append(f"VALUES {variable} {{ {' '.join(data.constants(targets.nodes))} }}")
    if targets.classes:
        names = sorted({name for root in targets.classes for name in data.subclasses(root)})
        parts.append(instance_pattern(variable, names, f"{variable}c"))
    for predicates, triple in (
        (targets.subjects_of, f"{variable} {{}} {variable}o ."),
        (targets.objects_of, f"{variable}s {{}} {variable} ."),
    ):
        # Many predicates are found faster from a list than from a union of as many patterns.
        if len(predicates) > 1:
            listed = " ".join(p.n3() for p in predicates)
            parts.append(f"VALUES {variable}p {{ {listed} }} {triple.format(f'{variable}p')}")
        else:
            parts.extend(triple.format(p.n3()) for p in predicates)
    return parts[0] if len(parts) == 1 else " UNION ".join(f"{{ {part} }}" for part in parts)


def instance_pattern(variable: str, names: list[str] | tuple[str, ...], extra: str) -> str:
    """Match the instances of a closed list of classes (SHACL 1.1, "SHACL instance")."""
    if len(names) == 1:
        return f"{variable} {RDF.type.n3()} {names[0]} ."
    return f"VALUES {extra} {{ {' '.join(names)} }} {variable} {RDF.type.n3()} {extra} ."
