"""Made-up bureaus for the tests of the rules: random, from a seed, by kind of graph."""

from __future__ import annotations

import random
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import DCTERMS, RDF, XSD, Graph, Literal, Namespace, URIRef

from dutygraph.ontology import load_policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rdflib.term import Node

SV = Namespace("https://w3id.org/dutygraph#")
BUREAU = URIRef("https://dutygraph.example/bureau/demo")
RUN = URIRef(f"{BUREAU}/run/current")
PERIOD = Namespace("https://dutygraph.example/period/")
KINDS = ("public", "business", "issue", "restricted")


def decimal(text: str) -> Literal:
    return Literal(text, datatype=XSD.decimal, normalize=False)


def triples_of(graph: Graph) -> Iterator[ox.Triple]:
    """Give the triples of an rdflib graph as pyoxigraph has them."""
    return (quad.triple for quad in ox.parse(graph.serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES))


class Bureau:
    """Triples by kind of graph; the run, its periods and the policy stand in ``public``."""

    def __init__(self, as_of: date = date(2025, 12, 31)) -> None:
        self.graphs = {kind: Graph() for kind in KINDS}
        self.graphs["public"] += load_policy()
        self.put("public", RUN, "asOf", as_of)
        self.put("public", RUN, "ofBureau", BUREAU)
        self.graphs["public"].add((RUN, RDF.type, SV.CheckRun))

    def put(self, kind: str, subject: URIRef, name: str, value: object) -> None:
        node: Node = value if isinstance(value, URIRef | Literal) else Literal(value)
        self.graphs[kind].add((subject, SV[name], node))

    def thing(self, kind: str, folder: str, key: str, *classes: str) -> URIRef:
        iri = URIRef(f"{BUREAU}/{folder}/{key}")
        for name in classes:
            self.graphs[kind].add((iri, RDF.type, SV[name]))
        self.graphs[kind].add((iri, DCTERMS.identifier, Literal(key)))
        return iri

    def period(self, key: str, name: str, first: date, last: date, parts: Sequence[str] = ()) -> URIRef:
        iri = PERIOD[key]
        for value in ("Period", name):
            self.graphs["public"].add((iri, RDF.type, SV[value]))
        self.graphs["public"].add((iri, DCTERMS.identifier, Literal(key)))
        self.put("public", iri, "firstDay", first)
        self.put("public", iri, "lastDay", last)
        for part in parts:
            self.put("public", iri, "partOfPeriod", PERIOD[part])
        return iri

    def year(self, year: int) -> list[URIRef]:
        """Put a year with its halves and months, give the months."""
        self.period(f"{year}", "Year", date(year, 1, 1), date(year, 12, 31))
        self.period(f"{year}-H1", "HalfYear", date(year, 1, 1), date(year, 6, 30), [f"{year}"])
        self.period(f"{year}-H2", "HalfYear", date(year, 7, 1), date(year, 12, 31), [f"{year}"])
        return [
            self.period(
                f"{year}-{month:02}",
                "Month",
                date(year, month, 1),
                date(year, month, monthrange(year, month)[1]),
                [f"{year}-H{1 if month < 7 else 2}", f"{year}"],
            )
            for month in range(1, 13)
        ]

    def whole(self) -> Graph:
        union = Graph()
        for graph in self.graphs.values():
            union += graph
        return union


def random_bureau(size: int, seed: int) -> Bureau:
    """Make a bureau of ``size`` businesses, with every kind of record that a rule reads."""
    draw = random.Random(seed)
    made = Bureau()
    months = made.year(2025)
    departments = [made.thing("public", "department", f"D{i}", "Department") for i in range(1 + size // 4)]
    posts = [made.thing("public", "post", f"G{i}", "Post") for i in range(size * 2)]
    people = [made.thing("business", "person", f"P{i}", "Person") for i in range(size * 2)]
    businesses = [made.thing("public", "business", f"B{i}", "Business") for i in range(size)]
    apps = _supervision(made, draw, businesses, people)
    _holdings(made, draw, posts, people)
    _process(made, draw, businesses, posts)
    _declared(made, draw, businesses, apps)
    _plan(made, draw, businesses, months, apps)
    _results(made, draw, departments)
    return made


def _supervision(
    made: Bureau, draw: random.Random, businesses: list[URIRef], people: list[URIRef]
) -> list[URIRef]:
    apps = []
    for i in range(len(businesses) * 2):
        app = made.thing("business", "appointment", f"A{i}", "SupervisorAppointment")
        made.put("business", app, "appointee", draw.choice(people))
        made.put("business", app, "tier", i % 3 + 1)
        made.put("business", app, "validFrom", date(2025, draw.randint(1, 12), 1))
        for business in draw.sample(businesses, min(3, len(businesses))):
            made.put("business", app, "supervises", business)
        apps.append(app)
    return apps


def _holdings(made: Bureau, draw: random.Random, posts: list[URIRef], people: list[URIRef]) -> None:
    for i, post in enumerate(posts):
        holding = made.thing("business", "holding", f"H{i}", "PostHolding")
        made.put("business", holding, "heldPost", post)
        made.put("business", holding, "holder", draw.choice(people))
        if draw.random() < 0.3:
            made.put("business", holding, "validTo", date(2025, draw.randint(1, 12), 1))


def _process(made: Bureau, draw: random.Random, businesses: list[URIRef], posts: list[URIRef]) -> None:
    nodes = []
    for b, business in enumerate(businesses):
        for i in range(5):
            key = ("KeyNode",) if draw.random() < 0.9 else ()
            node = made.thing("public", "node", f"B{b}-N{i}", "ProcessNode", *key)
            made.put("public", business, "hasNode", node)
            for part in ("performedBy", "managedBy", "approvedBy"):
                made.put("public", node, part, draw.choice(posts))
            nodes.append(node)
    for i in range(len(nodes) * 3 // 2):
        risk = made.thing("public", "risk", f"R{i}", "IntegrityRisk")
        made.put("public", risk, "atNode", draw.choice(nodes))
        made.put("public", risk, "riskWeight", decimal(draw.choice(["1", "1.0", "2.50", "0.5"])))
        if draw.random() < 0.1:
            made.put("public", risk, "riskState", SV["risk-retired"])
        control = made.thing("public", "control", f"C{i}", "Control")
        made.put("public", risk, "hasControl", control)
        made.put("public", control, "ownerPost", draw.choice(posts))


def _declared(made: Bureau, draw: random.Random, businesses: list[URIRef], apps: list[URIRef]) -> None:
    for b, business in enumerate(businesses):
        star = made.thing("public", "declared-star", f"B{b}", "StarRating")
        made.put("public", star, "ratedSubject", business)
        made.put("public", star, "declaredStar", draw.randint(1, 4))
        if draw.random() < 0.4:
            reason = made.thing("public", "star-explanation", f"B{b}", "StarExplanation")
            made.put("public", reason, "explainsSubject", business)
            made.put("public", reason, "approvedBy", draw.choice(apps))
            made.put("public", reason, "validFrom", date(2025, 2, 1))
            made.put("public", reason, "validTo", date(2025, draw.choice([6, 12]), 30 if b % 2 else 29))
        for i, state in enumerate(("superseded", "published")):
            chart = made.thing("public", "line-chart", f"L{b}-{i}", "LineChart")
            made.put("public", chart, "chartOf", business)
            made.put("public", chart, "state", SV[f"chart-{state}"])
            made.put("public", chart, "publishedOn", date(2024 + i, 2, 1))
        draft = made.thing("business", "line-chart", f"L{b}-2", "LineChart")
        made.put("business", draft, "chartOf", business)
        made.put("business", draft, "state", SV["chart-draft"])
        made.put("business", draft, "publishedOn", date(2024, 8, 1))
    for i, name in enumerate(("Business", "KeyNode", "CurrentLineChart", "SupervisionCase")):
        total = made.thing("public", "declared-total", f"Z{i}", "DeclaredTotal")
        made.put("public", total, "countsClass", SV[name])


def _plan(
    made: Bureau, draw: random.Random, businesses: list[URIRef], months: list[URIRef], apps: list[URIRef]
) -> None:
    plan = made.thing("business", "annual-plan", "2025", "AnnualPlan")
    made.put("business", plan, "year", 2025)
    for b, _ in enumerate(businesses):
        item = made.thing("business", "plan-item", f"J{b}", "PlanItem")
        made.put("business", item, "inPlan", plan)
        made.put("business", item, "cadence", SV["cadence-monthly"])
        for i, month in enumerate(months):
            if draw.random() < 0.5:
                sheet = made.thing("business", "task-sheet", f"T{b}-{i}", "TaskSheet")
                made.put("business", sheet, "forItem", item)
                made.put("business", sheet, "forMonth", month)
    for i, app in enumerate(apps):
        report = made.thing("issue", "monthly-report", f"S{i}", "MonthlyReport")
        made.put("issue", report, "reportedBy", app)
        made.put("issue", report, "forMonth", draw.choice(months))


def _results(made: Bureau, draw: random.Random, departments: list[URIRef]) -> None:
    for i in range(4):
        kind = draw.choice(["JointInspection", "SpecialInspection"])
        inspection = made.thing("issue", "inspection", f"X{i}", "Inspection", kind)
        made.put("issue", inspection, "heldOn", date(2025, draw.randint(1, 12), 3))
        issue = made.thing("issue", "issue", f"I{i}", "Issue")
        made.put("issue", issue, "dueDate", date(2025, 12, 29 + i % 3))
    for i, department in enumerate(departments):
        score = made.thing("restricted", "score", f"V{i}", "EvaluationScore")
        made.put("restricted", score, "scoreOf", department)
        made.put("restricted", score, "year", 2025 - i % 2)
