"""``dutygraph validate``: forms, exit codes, kinds of files, and ways to stop it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, SH, Graph, Literal
from rdflib.compare import isomorphic

from dutygraph.shacl import validate

from .door import run

EX = "http://example.org/"
PREFIXES = f"""@prefix ex: <{EX}> . @prefix sh: <http://www.w3.org/ns/shacl#> .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "{EX}"^^<http://www.w3.org/2001/XMLSchema#anyURI> ] .
"""
DATA = 'ex:a a ex:C . ex:b a ex:C ; ex:p "1" . ex:c a ex:D .'
SHAPES = """ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P .
ex:P sh:path ex:p ; sh:minCount 1 ; sh:nodeKind sh:IRI ; sh:message "须有"@zh , "{$this} needs it"@en ."""
ENDINGS = ("ttl", "nt", "nq", "trig", "jsonld", "rdf")


def write(folder: Path, name: str, text: str) -> Path:
    """Write Turtle in the format that the name's ending stands for."""
    file = folder / name
    form = ox.RdfFormat.from_extension(file.suffix[1:])
    assert form is not None
    triples = (quad.triple for quad in ox.parse(PREFIXES + text, ox.RdfFormat.TURTLE))
    ox.serialize(triples, str(file), form)
    return file


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write(tmp_path, "data.ttl", DATA)


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    return write(tmp_path, "shapes.ttl", SHAPES)


def results(text: str) -> Iterator[tuple[str, str]]:
    for result in json.loads(text)["results"]:
        yield result["focusNode"], result["component"].rpartition("#")[2]


EXPECTED = [(f"<{EX}a>", "MinCountConstraintComponent"), (f"<{EX}b>", "NodeKindConstraintComponent")]


@pytest.mark.parametrize("engine", ["compiled", "pyshacl"])
def test_text(data: Path, shapes: Path, engine: str) -> None:
    lines = run("validate", data, "-s", shapes, "--engine", engine, code=1).stdout.splitlines()
    assert lines == [
        "conforms: false; 2 results; 2 focus nodes examined",
        f"- Violation <{EX}a> <{EX}p> [MinCountConstraintComponent] {EX}a needs it / 须有",
        f'- Violation <{EX}b> <{EX}p> = "1" [NodeKindConstraintComponent] {EX}b needs it / 须有',
    ]


@pytest.mark.parametrize("engine", ["compiled", "pyshacl"])
def test_json(data: Path, shapes: Path, engine: str) -> None:
    text = run("validate", data, "-s", shapes, "--format", "json", "--engine", engine, code=1).stdout
    found = json.loads(text)
    assert list(results(text)) == EXPECTED
    assert found["conforms"] is False
    assert found["examined"] == {EX + "S": 2}
    assert found["results"][1]["value"] == '"1"'
    assert {m["lang"] for m in found["results"][0]["messages"]} == {"zh", "en"}


@pytest.mark.parametrize("engine", ["compiled", "pyshacl"])
def test_turtle_is_the_report_of_the_specification(data: Path, shapes: Path, engine: str) -> None:
    text = run("validate", data, "-s", shapes, "--format", "turtle", "--engine", engine, code=1).stdout
    graph = Graph().parse(data=text, format="turtle")
    assert isomorphic(graph, validate(data, shapes).graph())
    assert len(list(graph.subjects(RDF.type, SH.ValidationResult))) == 2
    assert (None, SH.conforms, Literal(False)) in graph  # noqa: FBT003


@pytest.mark.parametrize("engine", ["compiled", "pyshacl"])
def test_lines_are_results_and_the_sum_goes_apart(data: Path, shapes: Path, engine: str) -> None:
    done = run("validate", data, "-s", shapes, "--format", "lines", "--engine", engine, code=1)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    whole = run("validate", data, "-s", shapes, "--format", "json", code=1).stdout
    assert sorted(found, key=str) == sorted(json.loads(whole)["results"], key=str)
    assert done.stderr == "conforms: false; 2 results; 2 focus nodes examined\n"


@pytest.mark.parametrize("form", ["text", "json", "turtle", "lines"])
def test_into_a_file(data: Path, shapes: Path, form: str, tmp_path: Path) -> None:
    run("validate", data, "-s", shapes, "--format", form, "-o", tmp_path / "report", code=1)
    assert "须有" in (tmp_path / "report").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["text", "json", "turtle", "lines"])
def test_nothing_to_complain_of(shapes: Path, form: str, tmp_path: Path) -> None:
    clean = write(tmp_path, "clean.ttl", "ex:a a ex:C ; ex:p ex:b .")
    done = run("validate", clean, "-s", shapes, "--format", form)
    if form == "json":
        assert json.loads(done.stdout) == {"conforms": True, "examined": {EX + "S": 1}, "results": []}


@pytest.mark.parametrize("form", ["text", "lines"])
def test_nothing_examined_is_said(shapes: Path, form: str, tmp_path: Path) -> None:
    other = write(tmp_path, "other.ttl", "ex:a a ex:Other .")
    done = run("validate", other, "-s", shapes, "--format", form)
    assert "nothing was examined" in done.stdout + done.stderr


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_of_data_and_shapes(data: Path, shapes: Path, ending: str, tmp_path: Path) -> None:
    for one, two in (
        (write(tmp_path, f"d.{ending}", DATA), shapes),
        (data, write(tmp_path, f"s.{ending}", SHAPES)),
    ):
        text = run("validate", one, "-s", two, "--format", "json", code=1).stdout
        assert list(results(text)) == EXPECTED


def test_named_graphs(shapes: Path, tmp_path: Path) -> None:
    file = tmp_path / "d.trig"
    file.write_text(f"{PREFIXES} ex:g {{ ex:a a ex:C . }} ex:h {{ ex:b a ex:C . }}", encoding="utf-8")
    one, both = ["--graph", EX + "g"], ["--graph", EX + "g", "--graph", EX + "h"]
    for names, number in ((one, 1), (both, 2), ([], 2)):
        for extra in ([], ["--explain"]):
            text = run("validate", file, "-s", shapes, "--format", "json", *names, *extra, code=1).stdout
            assert len(json.loads(text)["results"]) == number
            wrong = [*names, "--graph", EX + "typo"]
            assert "typo" in run("validate", file, "-s", shapes, *wrong, *extra, code=2).stderr


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("absent.ttl", None),
        ("bad.ttl", "ex:a ex:b ."),
        ("data.xyz", ""),
        ("bad.jsonld", "{"),
        ("folder", None),
    ],
)
@pytest.mark.parametrize("engine", ["compiled", "pyshacl"])
def test_what_cannot_be_read(shapes: Path, name: str, text: str | None, engine: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    for pair in ([tmp_path / name, "-s", shapes], [shapes, "-s", tmp_path / name]):
        done = run("validate", *pair, "--engine", engine, code=2)
        assert "DataError" in done.stderr
        assert name in done.stderr.replace("\n", "")
        assert done.stdout == ""


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [("sh:minCount 'one'", "ShapeError", 2), ("sh:node ex:P", "UnsupportedError", 3)],
)
def test_shapes_that_cannot_be_run(data: Path, body: str, kind: str, code: int, tmp_path: Path) -> None:
    wrong = write(tmp_path, "wrong.ttl", f"ex:P sh:targetClass ex:C ; {body} .")
    assert kind in run("validate", data, "-s", wrong, code=code).stderr


def test_imports_are_told(data: Path, tmp_path: Path) -> None:
    shapes = write(tmp_path, "s.ttl", f"{SHAPES} ex:me <http://www.w3.org/2002/07/owl#imports> ex:other .")
    assert "example.org/other" in run("validate", data, "-s", shapes, code=1).stderr.replace("\n", "")


ENDLESS = '''ex:S sh:targetClass ex:C ; sh:sparql [ sh:prefixes ex: ;
  sh:select """SELECT $this WHERE { ?a a ?x . ?b a ?x . ?c a ?x .
    FILTER (CONCAT(STR(?a), STR(?b), STR(?c)) = 'x') }""" ] .'''


@pytest.fixture
def endless(tmp_path: Path) -> tuple[Path, Path]:
    many = write(tmp_path, "many.ttl", " ".join(f"ex:n{n} a ex:C ." for n in range(3000)))
    return many, write(tmp_path, "endless.ttl", ENDLESS)


def test_a_time_limit(endless: tuple[Path, Path], data: Path, shapes: Path) -> None:
    done = run("validate", endless[0], "-s", endless[1], "--time-limit", "0.5", code=2)
    assert "TimeLimitError" in done.stderr
    in_time = run("validate", data, "-s", shapes, "--time-limit", "100", code=1).stdout
    assert in_time == run("validate", data, "-s", shapes, code=1).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_a_long_query(endless: tuple[Path, Path], tmp_path: Path) -> None:
    command = [Path(sys.executable).with_name("dutygraph"), "validate", endless[0], "-s", endless[1]]
    out = tmp_path / "out"
    with subprocess.Popen([*command, "--format", "lines", "-o", out], env=os.environ) as process:
        until = time.monotonic() + 60
        while not out.exists() and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.3)
        assert process.poll() is None
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == -signal.SIGINT
        assert time.monotonic() - begun < 2
