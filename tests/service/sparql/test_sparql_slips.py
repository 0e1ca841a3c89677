"""A query with a slip in it: the place, what is wrong and how to mend it, then the parser's words."""

from __future__ import annotations

import pytest

from dutygraph.service.sparql.slips import slip_of
from dutygraph.service.sparql.tokens import decode
from tests.service.sparql.door import Office
from tests.service.sparql.test_sparql_refuse import ALLOWED

# What is typed; where the slip is (line, column); what has to be said of it.
SLIPS = [
    ("SELECT ?x WHERE { ?x a sv:Business", (1, 17), "没有配对"),
    ("SELECT ?x WHERE { ?x a sv:Business }}", (1, 37), "多了一个“}”"),
    ("SELECT ?x WHERE {\n  ?x sv:hasStar 3\n  ?x rdfs:label ?n }", (3, 3), "少了分隔"),
    ("SELECT ?x {\n ?x a sv:Business ; rdfs:label }", (2, 32), "没有写完"),
    ("SELECT x WHERE { ?x a sv:Business }", (1, 8), "?x"),
    ("SELECT ?x, ?y WHERE { ?x a ?y }", (1, 10), "不用逗号"),
    ("SELECT ?t COUNT(?x) WHERE { ?x a ?t }", (1, 11), "(COUNT(?x) AS ?n)"),
    ("SELECT (COUNT(?x)) WHERE { ?x a ?t }", (1, 18), "用 AS 起名"),
    ("SELECT ?t (COUNT(?x) AS ?n) WHERE { ?x a ?t }", (1, 1), "GROUP BY"),
    ("SELECT ?x { ?x a sv:Business } ORDER ?x", (1, 32), "ORDER BY"),
    ("SELECT ?x { ?x a sv:Business } LIMIT ten", (1, 32), "LIMIT 100"),
    ("SELECT ?x { OPTIONAL ?x a sv:Business }", (1, 13), "OPTIONAL {"),
    ("SELECT ?x { ?x sv:hasStar ?s FILTER ?s > 2 }", (1, 30), "FILTER (?x > 3)"),
    ("SELECT ?x { ?x a sv:Business } ORDER BY DESC ?x", (1, 41), "DESC(?x)"),
    ("SELECT ?x { ?x a sv:Business；rdfs:label ?n }", (1, 29), "英文标点“;”"),
    ("SELECT ?x { ?x rdfs:label “报装” }", (1, 27), '英文标点“"”'),
    ("PREFIX ex <urn:x> SELECT * {}", (1, 8), "冒号"),
    ("PREFIX ex: urn:x SELECT * {}", (1, 12), "尖括号"),
    ("ASK {\n ?x a owl:Class }", (2, 7), "PREFIX owl: <http://www.w3.org/2002/07/owl#>"),
    ("ASK { ?x dct:title ?t }", (1, 10), "PREFIX dct: <http://purl.org/dc/terms/>"),
    ("ASK { ?x skoss:note ?t }", (1, 10), "是否指 skos:"),
    ("ASK { ?x 我们:编号 ?t }", (1, 10), "PREFIX 我们: <完整地址>"),
    ("SELECT * { ?x sv:hasStar =3 }", (1, 26), "数字"),
]


@pytest.mark.parametrize(("query", "place", "remedy"), SLIPS)
def test_a_slip_is_told_in_words(office: Office, query: str, place: tuple[int, int], remedy: str) -> None:
    answer = office.ask(query)
    assert answer.status_code == 400
    said = answer.json()
    zh, en = said["text"]["zh"], said["text"]["en"]
    assert zh.startswith(f"第{place[0]}行第{place[1]}列附近有语法错误：")
    assert remedy in zh
    assert en.startswith(f"there is a slip near line {place[0]}, column {place[1]}: ")
    assert said["errors"] == [{"text": {"zh": zh, "en": en}}]


def test_the_words_of_the_parser_stand_behind(office: Office) -> None:
    zh = office.ask("SELECT ?x WHERE { ?x a sv:Business").json()["text"]["zh"]
    before, _, own = zh.partition("（解析程序原文：")
    assert before
    assert own.startswith("error at 1:35: expected one of")
    assert "\\u{" not in own  # no tables of characters
    assert "\n" not in own


@pytest.mark.parametrize("query", ALLOWED)
def test_nothing_is_found_in_a_query_that_is_right(query: str) -> None:
    place, _ = slip_of(decode(query), "error at 1:1: expected nothing")
    assert place is None
