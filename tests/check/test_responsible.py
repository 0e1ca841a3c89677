"""Who must act: for each kind of node that a gap can fall on, over a small bureau written by hand."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from dutygraph.model import Responsible
from dutygraph.responsible import Responsibilities, load_ways
from dutygraph.store import DEFAULT_BASE, BureauGraphs, EmbeddedStore
from dutygraph.things import Things

NAMES = BureauGraphs(DEFAULT_BASE, "demo")
GRAPH = "urn:test:graph"
SMALL_BUREAU = """
@base <https://dutygraph.example/bureau/demo/> .
@prefix sv: <https://w3id.org/dutygraph#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

<department/D1> a sv:Department ; dcterms:identifier "D1" ; rdfs:label "营销部"@zh-hans .
<department/D2> a sv:Department ; dcterms:identifier "D2" ; rdfs:label "综合部"@zh-hans .
<business/B1> a sv:Business ; sv:runBy <department/D1> ; sv:hasNode <node/N1> ;
  sv:supervisedAtTier1 <appointment/A1> ; sv:supervisedAtTier2 <appointment/A2> ;
  sv:supervisedAtTier3 <appointment/A3> .
<appointment/A1> a sv:SupervisorAppointment , sv:CurrentAppointment ; dcterms:identifier "A1" ; sv:tier 1 ;
  sv:supervises <business/B1> .
<appointment/A2> a sv:SupervisorAppointment ; dcterms:identifier "A2" ; sv:tier 2 ;
  sv:supervises <business/B1> .
<appointment/A3> a sv:SupervisorAppointment ; dcterms:identifier "A3" ; sv:tier 3 ;
  sv:supervises <business/B1> .
<node/N1> a sv:ProcessNode ; sv:inBusiness <business/B1> ; sv:performedBy <post/G1> ;
  sv:managedBy <post/G2> .
<node/N2> a sv:ProcessNode ; sv:managedBy <post/G2> .
<post/G1> a sv:Post ; dcterms:identifier "G1" ; sv:inDepartment <department/D1> .
<post/G2> a sv:Post ; dcterms:identifier "G2" ; sv:inDepartment <department/D2> .
<holding/H1> a sv:PostHolding ; sv:heldPost <post/G1> .
<duty/G2> a sv:PostDuty ; sv:dutyOf <post/G2> .
<person/P1> a sv:Person ; org:holds <post/G2> .
<risk/R1> a sv:IntegrityRisk ; sv:atNode <node/N1> ; sv:inBusiness <business/B1> ;
  sv:hasControl <control/C1> .
<risk/R2> a sv:IntegrityRisk ; sv:atNode <node/N1> ; sv:inBusiness <business/B1> .
<risk/R3> a sv:IntegrityRisk .
<control/C1> a sv:Control ; sv:ownerPost <post/G2> ; sv:inBusiness <business/B1> .
<control/C2> a sv:Control ; sv:ownerPost <post/G99> ; sv:inBusiness <business/B1> .
<plan-item/J1> a sv:PlanItem ; sv:planBusiness <business/B1> .
<task-sheet/T1> a sv:TaskSheet ; sv:forItem <plan-item/J1> ; sv:hasFocus <focus-item/F1> .
<focus-item/F1> a sv:FocusItem .
<issue/I1> a sv:Issue ; sv:responsiblePost <post/G1> ; sv:materialises <risk/R1> .
<issue/I2> a sv:Issue ; sv:issueOwner <person/P1> ; sv:foundIn <task-sheet/T1> .
<issue/I3> a sv:Issue ; sv:leadDepartment <department/D2> ; sv:responsiblePost <post/G1> .
<improvement/M1> a sv:Improvement ; sv:proposedBy <department/D2> .
<line-chart/X1> a sv:LineChart ; sv:chartOf <business/B1> .
<inspection/J2> a sv:Inspection , sv:JointInspection ; sv:covers <business/B1> .
<obligation/J1-03> a sv:Obligation , sv:TaskSheetObligation ; sv:obligedItem <plan-item/J1> .
<obligation/e-D2> a sv:Obligation , sv:EvaluationObligation ; sv:obligedItem <department/D2> .
<obligation/r-A2> a sv:Obligation , sv:ReportObligation ; sv:obligedItem <appointment/A2> .
<obligation/i-H1> a sv:Obligation , sv:InspectionObligation .
<annual-plan/2025> a sv:AnnualPlan .
<scheme/S1> a sv:EvaluationScheme .
<score/K1> a sv:EvaluationScore ; sv:scoreOf <department/D2> .
<declared-total/Z1> a sv:DeclaredTotal .
<discrepancy/Q1> a sv:DataDiscrepancy .
<case/E1> a sv:SupervisionCase .
<talk/L1> a sv:TalkRecord .
<chart-cell/Y1> a sv:ChartCell ; sv:cellBusiness <business/B1> ; sv:cellPost <post/G2> .
"""
ALL = {1: ("A1",), 2: ("A2",), 3: ("A3",)}
NONE: dict[int, tuple[str, ...]] = {1: (), 2: (), 3: ()}
OFFICE = Responsible("监督办公室", None, NONE)


@pytest.fixture(scope="module")
def responsibilities() -> Responsibilities:
    store = EmbeddedStore()
    quads = ox.parse(SMALL_BUREAU, ox.RdfFormat.TURTLE)
    graph = ox.NamedNode(GRAPH)
    store.oxigraph.extend(ox.Quad(q.subject, q.predicate, q.object, graph) for q in quads)
    return Responsibilities(store, [GRAPH], Things(store.triples([GRAPH])))


CASES = {
    "business/B1": ("Business", Responsible("营销部", None, ALL)),
    "node/N1": ("ProcessNode", Responsible("营销部", "G1", ALL)),
    "node/N2": ("ProcessNode", Responsible("综合部", "G2", NONE)),
    "post/G1": ("Post", Responsible("营销部", "G1", ALL)),
    "holding/H1": ("PostHolding", Responsible("营销部", "G1", NONE)),
    "duty/G2": ("PostDuty", Responsible("综合部", "G2", NONE)),
    "risk/R1": ("IntegrityRisk", Responsible("综合部", "G2", ALL)),  # the owner of its control
    "risk/R2": ("IntegrityRisk", Responsible("营销部", "G1", ALL)),  # who performs the node
    "risk/R3": ("IntegrityRisk", Responsible(None, None, NONE)),  # nothing is known of it
    "control/C1": ("Control", Responsible("综合部", "G2", ALL)),
    "control/C2": ("Control", Responsible("营销部", None, ALL)),  # its post is not registered
    "appointment/A3": ("SupervisorAppointment", Responsible("营销部", None, ALL)),
    "plan-item/J1": ("PlanItem", Responsible("营销部", None, ALL)),
    "task-sheet/T1": ("TaskSheet", Responsible("营销部", None, ALL)),
    "focus-item/F1": ("FocusItem", Responsible("营销部", None, ALL)),
    "issue/I1": ("Issue", Responsible("营销部", "G1", ALL)),
    "issue/I2": ("Issue", Responsible("综合部", "G2", ALL)),  # its owner's post, the sheet's business
    "issue/I3": ("Issue", Responsible("综合部", "G1", NONE)),  # the lead department
    "improvement/M1": ("Improvement", Responsible("综合部", None, NONE)),
    "chart-cell/Y1": ("ChartCell", Responsible("综合部", "G2", ALL)),
    "obligation/J1-03": ("TaskSheetObligation", Responsible("营销部", None, ALL)),
    "obligation/e-D2": ("EvaluationObligation", Responsible("综合部", None, NONE)),
    "obligation/r-A2": ("ReportObligation", Responsible("营销部", None, ALL)),
    "declared-total/Z1": ("DeclaredTotal", OFFICE),
    "discrepancy/Q1": ("DataDiscrepancy", OFFICE),
    "case/E1": ("SupervisionCase", OFFICE),
    "talk/L1": ("TalkRecord", OFFICE),
    "department/D2": ("Department", Responsible("综合部", None, NONE)),
}


@pytest.mark.parametrize("node", CASES)
def test_who_must_act(responsibilities: Responsibilities, node: str) -> None:
    kind, expected = CASES[node]

    assert responsibilities.of(f"{NAMES.bureau}/{node}", kind) == expected


@pytest.mark.parametrize(
    ("node", "kind"),
    [
        ("annual-plan/2025", "AnnualPlan"),
        ("scheme/S1", "EvaluationScheme"),
        ("obligation/i-H1", "InspectionObligation"),
        ("person/P1", "Person"),
        ("line-chart/X1", "LineChart"),
        ("inspection/J2", "Inspection"),
        ("inspection/J2", "JointInspection"),
    ],
)
def test_what_is_tier_1s_is_tier_1s(responsibilities: Responsibilities, node: str, kind: str) -> None:
    assert responsibilities.of(f"{NAMES.bureau}/{node}", kind).supervisors[1] == ("A1",)
    assert responsibilities.of(f"{NAMES.bureau}/{node}", kind).supervisors[3] == ()


def test_every_way_starts_and_ends_at_a_known_class() -> None:
    ways = load_ways()
    kinds = {kind for paths in ways.paths.values() for kind in paths} | ways.tier1 | ways.office

    assert len(kinds) > 20
    assert not ways.tier1 & ways.office
