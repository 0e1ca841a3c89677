from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pyoxigraph as ox
import pytest
from w3c_manifest import Case, cases, found, read

from dutygraph.shacl import copying, dataset, validate
from dutygraph.shacl.source import quads

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = cases()

# What each engine is known to get wrong, and why.
KNOWN: dict[str, dict[str, str]] = {
    "pyshacl": {
        "core/property/uniqueLang-002": 'takes "1"^^xsd:boolean for true, which switches sh:uniqueLang on',
    },
    "compiled": {},
    # The compiled engine on a Store that is handed in: it has changed literals before we see them.
    "store": dict.fromkeys(
        ("core/node/maxExclusive-001", "core/node/minExclusive-001", "core/property/datatype-ill-formed"),
        "a Store does not keep lexical forms and derived integer types",
    ),
}


def _parameters(engine: str) -> Iterator[object]:
    for case in CASES:
        reason = KNOWN[engine].get(case.name)
        marks = [] if reason is None else [pytest.mark.xfail(reason=reason, strict=True)]
        yield pytest.param(engine, case, id=f"{engine}-{case.name}", marks=marks)


def test_the_whole_core_suite_is_here() -> None:
    assert len(CASES) == 98
    assert all(set(known) <= {c.name for c in CASES} for known in KNOWN.values())


@pytest.mark.parametrize(("engine", "case"), [*_parameters("pyshacl"), *_parameters("compiled")])
def test_w3c(engine: Literal["compiled", "pyshacl"], case: Case) -> None:
    loaded = read(case)
    report = validate(loaded.data, loaded.shapes, engine=engine)
    assert found(report, loaded) == loaded.expected
    assert report.conforms == loaded.conforms


@pytest.mark.parametrize("lies", ["large", "folder"])
@pytest.mark.parametrize(("kind", "case"), [*_parameters("store")])
def test_w3c_in_a_store(kind: str, case: Case, lies: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kind == "store"
    if lies == "large":
        monkeypatch.setattr(dataset, "COPIED", 0)
    else:
        monkeypatch.setattr(copying, "in_folder", lambda _: True)
    loaded, graph = read(case), ox.NamedNode("http://example.org/g")
    store = ox.Store()
    store.bulk_extend(ox.Quad(*quad.triple, graph) for quad in quads(loaded.data, None))
    report = validate(store, loaded.shapes, engine="compiled", graphs=[graph.value])
    assert found(report, loaded) == loaded.expected
