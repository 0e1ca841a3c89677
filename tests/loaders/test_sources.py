"""Other sources than one workbook: CSV in several encodings, RDF in several formats, several files."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from dutygraph.loaders import load
from dutygraph.model import Cell, Loaded
from dutygraph.store import BureauGraphs, EmbeddedStore

from .ledgers import BUREAU, WHOLE, Rows, graph_of, load_book, only, triples, write_book

SHEETS: dict[str, Rows] = {
    **WHOLE,
    "表6 年度计划与检查安排": (
        ("计划编号", "年度", "业务编号", "监督方式", "计划期间", "实际日期"),
        ("J01", "2025", "B04", "日常监督", "全年", ""),
        ("J02", "2025", "B04", "飞行监督", "下半年", ""),
        ("J03", "2025", "B04", "飞行监督", "上半年", "2025-05-20"),
    ),
    "表9 考核与激励": (("对象编号", "对象类型", "年度", "得分"), ("甲部", "部门", "2025", "92.5")),
    "线图": (("编号", "业务", "状态"), ("X1", "B04", "已发布"), ("X2", "B04", "草案")),
    "姓名对照": (("人员", "姓名"), ("P1", "某甲")),
}


def csv_text(rows: Rows) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue()


def csv_folder(folder: Path, encode: Callable[[str], bytes]) -> Path:
    folder.mkdir()
    for name, rows in SHEETS.items():
        (folder / f"{name}.csv").write_bytes(encode(csv_text(rows)))
    return folder


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("gb18030"),
        lambda text: codecs.BOM_UTF16_LE + text.replace(",", "\t").encode("utf-16-le"),
    ],
    ids=["utf-8", "bom", "gb18030", "unicode-text"],
)
def test_a_csv_folder_says_what_the_workbook_says(tmp_path: Path, encode: Callable[[str], bytes]) -> None:
    book = load([write_book(tmp_path / "book.xlsx", SHEETS)])
    folder = load([csv_folder(tmp_path / "csv", encode)])
    assert folder.problems == ()
    assert triples(folder) == triples(book)
    assert folder.rows == book.rows
    cell = {s.cell for s in folder.delta.added if s.subject.endswith("score/甲部-2025")}
    assert Cell("表9 考核与激励.csv", "表9 考核与激励", 2, "得分") in cell


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = tmp_path / "表2 流程节点.csv"
    path.write_text('节点编号,节点名称,序号\nN1,"两\n行",1\n\nN2,乙,x,多出\n', encoding="utf-8")
    loaded = load([write_book(tmp_path / "b.xlsx", WHOLE), path])
    assert only(loaded.problems).cell == Cell(path.name, "表2 流程节点", 4, "序号")
    assert any("Column D has content" in n.message.en for n in loaded.notices)


def test_text_made_harmless_for_csv_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "表2 流程节点.csv"
    path.write_text("节点编号,节点名称\nN1,'=1+1\nN2,'-甲\n", encoding="utf-8")
    found = triples(load([write_book(tmp_path / "b.xlsx", WHOLE), path]))
    assert {("node/N1", "label", "=1+1"), ("node/N2", "label", "-甲")} <= found


# ---- RDF


def exported(loaded: Loaded, path: Path, *, graphs: bool) -> Path:
    store = EmbeddedStore()
    store.commit(loaded.delta)
    names = BureauGraphs(loaded.delta.base, loaded.delta.bureau)
    form = {
        ".ttl": ox.RdfFormat.TURTLE,
        ".nq": ox.RdfFormat.N_QUADS,
        ".trig": ox.RdfFormat.TRIG,
        ".jsonld": ox.RdfFormat.JSON_LD,
        ".rdf": ox.RdfFormat.RDF_XML,
        ".nt": ox.RdfFormat.N_TRIPLES,
    }[path.suffix]
    wanted = names.all_asserted()
    quads = [
        q for q in store.oxigraph if isinstance(q.graph_name, ox.NamedNode) and q.graph_name.value in wanted
    ]
    out = quads if graphs else [q.triple for q in quads]
    path.write_bytes(ox.serialize(out, format=form) or b"")
    return path


def said(loaded: Loaded) -> set[tuple[str, str, str, str]]:
    return {(s.subject.n3(), s.predicate.n3(), s.object.n3(), s.graph.value) for s in loaded.delta.added}


@pytest.mark.parametrize("suffix", [".nq", ".trig", ".jsonld"])
def test_rdf_with_graphs_comes_back_as_it_went(tmp_path: Path, suffix: str) -> None:
    book = load([write_book(tmp_path / "book.xlsx", SHEETS)])
    again = load([exported(book, tmp_path / f"data{suffix}", graphs=True)])
    assert again.problems == ()
    assert again.delta.bureau == "demo"
    assert said(again) == said(book)
    assert {s.cell for s in again.delta.added} == {Cell(f"data{suffix}")}


@pytest.mark.parametrize("suffix", [".ttl", ".rdf", ".nt"])
def test_rdf_without_graphs_finds_the_graph_of_each_thing(tmp_path: Path, suffix: str) -> None:
    book = load([write_book(tmp_path / "book.xlsx", SHEETS)])
    again = load([exported(book, tmp_path / f"data{suffix}", graphs=False)])
    assert again.problems == ()
    assert graph_of(again, "score/甲部-2025", "scoreValue") == "restricted"
    assert graph_of(again, "inspection/J02", "covers") == "restricted"
    assert graph_of(again, "inspection/J03", "covers") == "issue"
    assert graph_of(again, "line-chart/X1", "chartOf") == "public"
    assert graph_of(again, "line-chart/X2", "chartOf") == "business"
    assert graph_of(again, "person/P1", "http://xmlns.com/foaf/0.1/name") == "identity"
    assert graph_of(again, "person/P1", "type") == "business"
    # A plan item does not say itself whether its inspection was held: the safe side.
    differ = {(s, g) for s, _, _, g in said(again) ^ said(book)}
    assert {s.rpartition("/")[2] for s, _ in differ} == {"J03>"}
    assert {"/plan-item/" in s for s, _ in differ} == {True}


PREFIXES = f"""
@prefix sv: <https://w3id.org/dutygraph#> . @prefix b: <{BUREAU}/business/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def load_turtle(folder: Path, text: str, **options: str) -> Loaded:
    path = folder / "data.ttl"
    path.write_text(PREFIXES + text, encoding="utf-8")
    return load([path], **options)  # type: ignore[arg-type]


def test_what_a_check_derives_is_not_taken_from_a_file(tmp_path: Path) -> None:
    loaded = load_turtle(
        tmp_path,
        "b:B1 a sv:Business, sv:HighStarBusiness ; sv:hasStar 3 ."
        f"<{BUREAU}/run/current> a sv:CheckRun ; sv:asOf '2025' .",
    )
    assert triples(loaded) == {("business/B1", "type", "Business")}
    assert any("derived statements were not read" in n.message.en for n in loaded.notices)


def test_graphs_that_are_no_ledger_are_left(tmp_path: Path) -> None:
    path = tmp_path / "x.nq"
    one = f"<{BUREAU}/business/B1> <https://w3id.org/dutygraph#runBy> <{BUREAU}/department/D> "
    path.write_text("".join(f"{one}<{BUREAU}/{g}> .\n" for g in ("findings", "public", "derived-public")))
    loaded = load([path])
    assert [(s.graph.value) for s in loaded.delta.added] == ["public"]
    assert any("findings" in n.message.en for n in loaded.notices)


def test_what_has_no_class_stays_with_the_most_trusted(tmp_path: Path) -> None:
    loaded = load_turtle(tmp_path, 'b:B1 rdfs:label "x" .')
    assert graph_of(loaded, "business/B1", "label") == "restricted"
    assert any("no known class" in n.message.en for n in loaded.notices)


def test_blank_nodes_get_the_same_names_every_time(tmp_path: Path) -> None:
    text = "b:B1 a sv:Business ; sv:hasNode [ a sv:ProcessNode ] ."
    first, second = load_turtle(tmp_path, text), load_turtle(tmp_path, text)
    assert said(first) == said(second)
    assert ("business/B1", "hasNode", "blank/data.ttl-1") in triples(first)
    assert ("blank/data.ttl-1", "type", "ProcessNode") in triples(first)


def test_a_base_that_is_not_that_of_the_data(tmp_path: Path) -> None:
    text = "<https://other.example/bureau/x> a sv:Bureau ."
    problem = only(load_turtle(tmp_path, text, bureau="x").problems)
    assert "not https://dutygraph.example/" in problem.message.en
    loaded = load_turtle(tmp_path, text, base="https://other.example/")
    assert loaded.problems == ()
    assert loaded.delta.bureau == "x"


def test_one_of_several_bureaus(tmp_path: Path) -> None:
    other = BUREAU.replace("demo", "two")
    text = f"b:B1 a sv:Business . <{other}/business/B1> a sv:Business ."
    assert "several bureaus: demo, two" in only(load_turtle(tmp_path, text).problems).message.en
    assert triples(load_turtle(tmp_path, text, bureau="demo")) == {("business/B1", "type", "Business")}


def test_no_bureau_in_rdf(tmp_path: Path) -> None:
    assert "--bureau" in only(load_turtle(tmp_path, "<urn:x> a sv:Business .").problems).message.zh
    assert load_turtle(tmp_path, "<urn:x> a sv:Business .", bureau="demo").problems == ()


def test_nothing_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "x.jsonld").write_text('{"@context": "http://127.0.0.1:9/context", "@id": "urn:x", "a": "b"}')
    assert "Not valid" in only(load([tmp_path / "x.jsonld"]).problems).message.en
    entity = '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x#"'
    about = '<rdf:Description rdf:about="urn:a"><x:b>&e;</x:b></rdf:Description>'
    text = f"{entity}<rdf:RDF {rdf}>{about}</rdf:RDF>"
    (tmp_path / "x.rdf").write_text(text)
    assert not any("root" in o for _, _, o in triples(load([tmp_path / "x.rdf"], bureau="demo")))


# ---- several sources


def test_a_workbook_and_rdf_speak_of_one_bureau(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book.xlsx", WHOLE)
    (tmp_path / "more.ttl").write_text(
        f"{PREFIXES} b:B05 a sv:Business . b:B04 a sv:Business .", encoding="utf-8"
    )
    loaded = load([book, tmp_path / "more.ttl"])
    assert loaded.problems == ()
    assert {("business/B04", "type", "Business"), ("business/B05", "type", "Business")} <= triples(loaded)
    keys = [(s.subject, s.predicate, s.object) for s in loaded.delta.added]
    assert len(keys) == len(set(keys))


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first = write_book(tmp_path / "a.xlsx", SHEETS)
    second = write_book(tmp_path / "b.xlsx", SHEETS)
    assert load([first, second]).problems == ()
    assert load([first, second]).delta == load([first]).delta


def test_a_folder_of_mixed_files(tmp_path: Path) -> None:
    folder = tmp_path / "ledgers"
    folder.mkdir()
    write_book(folder / "book.xlsx", WHOLE)
    (folder / "~$book.xlsx").write_bytes(b"lock")
    (folder / "notes.txt").write_text("x")
    (folder / "部门.csv").write_text("部门\n综合部\n", encoding="utf-8")
    loaded = load([folder])
    assert loaded.problems == ()
    assert ("department/综合部", "type", "Department") in triples(loaded)


def test_two_loads_are_equal(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx", SHEETS)
    assert load([path]) == load([path])


def test_old_and_misnamed_workbooks(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xls", WHOLE)
    assert load([path]).problems == ()
    assert load_book(tmp_path, {}).problems == ()
