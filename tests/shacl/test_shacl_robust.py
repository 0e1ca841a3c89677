"""What a validator meets in the wild: long, slow, deep, mistyped, linked elsewhere."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import threading
import time
import tracemalloc
from pathlib import Path
from types import FrameType
from typing import Any
from typing import Literal as Choice

import pyoxigraph as ox
import pytest
from agreement import PREFIXES, agreed, compiled, keys, store, ttl
from rdflib import Dataset, URIRef

from dutygraph.shacl import (
    DataError,
    EngineError,
    ShapeError,
    TimeLimitError,
    UnsupportedError,
    compile_shapes,
    iter_results,
    limited,
    validate,
)

Engine = Choice["compiled", "pyshacl"]
ENGINES: tuple[Engine, ...] = ("compiled", "pyshacl")
EX = "http://example.org/"
MINIMUM = "ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:minInclusive 5 ] ."
ENDLESS = """ex:S sh:targetSubjectsOf ex:p ; sh:sparql [ sh:prefixes ex: ;
  sh:select "SELECT $this WHERE { ?a ex:p ?x . ?b ex:p ?y . ?c ex:p ?z . FILTER (?x + ?y + ?z = -1) }" ] ."""
MANY = " ".join(f"ex:n{n} ex:p {n} ." for n in range(2000))


def test_a_runaway_expression_does_not_run_away() -> None:
    data = ttl(f'ex:a ex:p "{"a" * 5000}b" , "{"a" * 5000}" .')
    shapes = ttl(r'ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:pattern "^((a+)+)+$" ] .')
    begun = time.process_time()
    assert len(compiled(data, shapes).results) == 1
    assert time.process_time() - begun < 5


def test_a_star_over_a_long_circle_from_everywhere() -> None:
    data = " ".join(f"ex:n{n} ex:next ex:n{(n + 1) % 200} ." for n in range(200))
    path = "[ sh:zeroOrMorePath ex:next ]"
    shapes = f"ex:S sh:targetSubjectsOf ex:next ; sh:property [ sh:path {path} ; sh:maxCount 199 ] ."
    assert len(compiled(ttl(data), ttl(shapes)).results) == 200


def test_ill_formed_literals_are_judged_not_stumbled_over() -> None:
    data = ttl('ex:a ex:p "x"^^xsd:integer , "2020-13-01"^^xsd:date , "1"^^xsd:boolean , "z"^^ex:own .')
    kinds = "[ sh:datatype xsd:integer ] [ sh:datatype xsd:date ] [ sh:datatype xsd:boolean ]"
    body = f"sh:property [ sh:path ex:p ; sh:or ( {kinds} ) ; sh:minInclusive 0 ; sh:maxLength 9 ]"
    report = compiled(data, ttl(f"ex:S sh:targetNode ex:a ; {body} ."))
    found = sorted((str(r.component).rpartition("#")[2][:3], str(r.value)) for r in report.results)
    assert [value for kind, value in found if kind == "OrC"] == ["2020-13-01", "x", "z"]
    assert [value for kind, value in found if kind == "Max"] == ["2020-13-01"]
    assert [value for kind, value in found if kind == "Min"] == ["1", "2020-13-01", "x", "z"]


@pytest.mark.parametrize("link", ["sh:not", "sh:node"])
def test_shapes_too_deep_are_refused_by_name(link: str) -> None:
    chain = " ".join(f"ex:S{n} {link} ex:S{n + 1} ." for n in range(400))
    with pytest.raises(UnsupportedError, match="inside each other") as caught:
        compiled(ttl(""), ttl("ex:S0 sh:targetNode ex:a . " + chain))
    assert caught.value.shape == EX + "S0"
    agreed(ttl(""), ttl(_nested(link, 10)))
    assert compiled(ttl(""), ttl(_nested(link, 40))).examined == {EX + "S0": 1}


def _nested(link: str, depth: int) -> str:
    chain = " ".join(f"ex:S{n} {link} ex:S{n + 1} ." for n in range(depth))
    return f"ex:S0 sh:targetNode ex:a . ex:S{depth} sh:nodeKind sh:Literal . {chain}"


def test_paths_too_deep_are_refused_by_name() -> None:
    path = "[ sh:inversePath " * 300 + "ex:p" + " ]" * 300
    with pytest.raises(UnsupportedError, match="inside each other"):
        compiled(ttl(""), ttl(f"ex:S sh:targetNode ex:a ; sh:property [ sh:path {path} ; sh:minCount 1 ] ."))


@pytest.mark.parametrize("engine", ENGINES)
def test_imports_are_not_fetched_but_told(engine: Engine) -> None:
    here = "ex:there a owl:Ontology . ex:me owl:imports ex:there , <http://nowhere.invalid/shapes> . "
    report = validate(ttl("ex:a ex:p 1 ."), ttl(here + MINIMUM), engine=engine)
    assert report.imports == ("http://nowhere.invalid/shapes",)
    assert len(report.results) == 1


def test_service_is_refused_before_anything_is_run() -> None:
    query = "SELECT $this WHERE { SERVICE <http://nowhere.invalid/> { $this ex:p ?x } }"
    shapes = ttl(f'ex:S sh:targetNode ex:a ; sh:sparql [ sh:prefixes ex: ; sh:select "{query}" ] .')
    with pytest.raises(ShapeError, match="SERVICE"):
        compiled(ttl("ex:a ex:p 1 ."), shapes)


@pytest.mark.parametrize("engine", ENGINES)
def test_one_mistyped_graph_among_good_ones_is_named(engine: Engine, tmp_path: Path) -> None:
    file, kept, dataset = tmp_path / "d.nq", store(""), Dataset()
    file.write_text(f"<{EX}a> <{EX}p> <{EX}b> <{EX}g> .", encoding="utf-8")
    kept.load(path=str(file))
    dataset.graph(URIRef(EX + "g")).add((URIRef(EX + "a"), URIRef(EX + "p"), URIRef(EX + "b")))
    for data in (file, kept, dataset):
        assert validate(data, ttl(MINIMUM), engine=engine, graphs=[EX + "g"]).examined == {EX + "S": 1}
        with pytest.raises(DataError, match="org/gg"):
            validate(data, ttl(MINIMUM), engine=engine, graphs=[EX + "g", EX + "gg"])


def test_an_empty_graph_of_a_store_is_there() -> None:
    kept = store("ex:a ex:p 1 .")
    kept.add_graph(ox.NamedNode(EX + "g"))
    assert validate(kept, ttl(MINIMUM), graphs=[EX + "g"]).examined == {EX + "S": 0}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_time_limit_that_suffices_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    text = 'ex:a ex:p 1 , "05"^^xsd:integer , "3"^^xsd:byte ; ex:q _:b . _:b ex:p 2 .'
    file, shapes = tmp_path / "d.ttl", ttl(MINIMUM + " ex:S sh:message 'no'@en .")
    file.write_text(PREFIXES + text, encoding="utf-8")
    sources = (file, ttl(text), store(text)) if engine == "compiled" else (ttl(text),)
    for data in sources:
        alone = validate(data, shapes, engine=engine)
        timed = validate(data, shapes, engine=engine, time_limit=100)
        if data is not file:  # its blank nodes are new each time it is read
            assert timed == alone
        assert (len(timed.results), timed.examined) == (len(alone.results), alone.examined)


def test_a_time_limit_frees_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Remembered(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Remembered)
    begun = time.monotonic()
    with pytest.raises(TimeLimitError, match="after 0") as caught:
        validate(ttl(MANY), ttl(ENDLESS), time_limit=0.8)
    assert caught.value.seconds == 0.8
    assert time.monotonic() - begun < 10
    assert [process.returncode for process in started] == [-signal.SIGKILL]
    with pytest.raises(ProcessLookupError):  # waited for, too: not even a zombie is left
        os.kill(started[0].pid, 0)


def test_what_the_process_raises_is_raised_here(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ShapeError) as caught:
        validate(ttl(""), ttl("ex:S sh:targetNode ex:a ; sh:class 'C' ."), time_limit=100)
    assert (caught.value.shape, caught.value.clause) == (EX + "S", "4")
    monkeypatch.setattr(limited, "WORKER", "dutygraph.shacl.no_such_worker")
    with pytest.raises(EngineError, match="no_such_worker"):
        validate(ttl(""), ttl(""), time_limit=100)


def test_ctrl_c_ends_a_validation_in_a_process_of_its_own() -> None:
    def interrupted(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupted)
    timer = threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        begun = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            validate(ttl(MANY), ttl(ENDLESS), time_limit=math.inf)
        assert time.monotonic() - begun < 10
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)


def test_shapes_compiled_once_serve_many_graphs() -> None:
    shapes = compile_shapes(ttl(MINIMUM))
    assert compile_shapes(shapes) is shapes
    for number in (4, 5):
        data = ttl(f"ex:a ex:p {number} .")
        reports = [validate(data, s, engine=e) for s in (shapes, ttl(MINIMUM)) for e in ENGINES]
        assert {frozenset(keys(r)) for r in reports} == {frozenset(keys(reports[0]))}
        assert reports[0].conforms == (number == 5)


def test_results_one_by_one_are_those_of_the_report() -> None:
    results = iter_results(ttl(MANY), ttl(MINIMUM.replace("5", "1000")))
    found = list(results)
    report = compiled(ttl(MANY), ttl(MINIMUM.replace("5", "1000")))
    assert results.examined == report.examined
    assert sorted(str(r.value) for r in found) == sorted(str(r.value) for r in report.results)


def test_a_long_report_is_not_held() -> None:
    kept = ox.Store()
    kept.bulk_extend(
        ox.Quad(ox.NamedNode(f"{EX}n{n}"), ox.NamedNode(EX + "p"), ox.NamedNode(f"{EX}v{n}"))
        for n in range(20_000)
    )
    shapes = compile_shapes(
        ttl("ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:nodeKind sh:Literal ] .")
    )
    results = iter_results(kept, shapes)
    next(results)
    tracemalloc.start()
    count = sum(1 for _ in results)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 19_999
    assert peak < 16 * 2**20
