"""Reports made by hand, with texts that a form of report could trip over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from dutygraph.model import (
    Cell,
    CheckReport,
    Finding,
    Problem,
    Responsible,
    RuleOutcome,
    Severity,
    Text,
    Thing,
    Waiver,
)

NASTY = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "＝1",
    "<script>alert(1)</script>",
    "a\x07b\x1b[31m",
    "]]>",
    "& \" '",
)

FINDING = Finding(
    id="0123456789ab",
    rule="R01",
    severity=Severity.VIOLATION,
    focus=Thing(
        "R04-01", "IntegrityRisk", "https://dutygraph.example/bureau/demo/risk/R04-01", "暗示施工单位"
    ),
    path="sv:hasControl",
    value=None,
    message=Text("风险点“暗示施工单位”（R04-01）没有任何防控措施。", "Risk R04-01 has no control."),
    remedy=Text("在表4补登措施。", "Enter a control in 表4."),
    responsible=Responsible("市场营销部", "G12", {1: (), 2: ("A02",), 3: ("A03", "A04")}),
    cell=Cell("bureau.xlsx", "表4 风险与措施", 7, "措施编号"),
    shape="https://w3id.org/dutygraph/rule/R01-hasControl",
    component="http://www.w3.org/ns/shacl#MinCountConstraintComponent",
)
WAIVED = replace(
    FINDING, id="cafecafecafe", rule="R12", waived=Waiver(date(2026, 6, 30), "A01", "正在招聘"), cell=None
)


def outcome(rule: str, examined: int = 3, gaps: int = 1, waived: int = 0) -> RuleOutcome:
    return RuleOutcome(
        rule, Severity.VIOLATION, Text(f"要求{rule}", f"what {rule} asks"), examined, gaps, waived
    )


def make(*findings: Finding, examined: int = 3) -> CheckReport:
    return CheckReport(
        bureau="demo",
        bureau_label="示例区供电局",
        as_of=date(2025, 12, 31),
        computed_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        counts={"Business": 33, "KeyNode": 153},
        rules=(outcome("R01", examined), outcome("R12", examined, 0, 1), outcome("R49", 0, 0)),
        findings=findings,
        notices=(Problem(Cell("bureau.xlsx", "备忘"), Text("未知的工作表", "an unknown sheet")),),
    )


def saying(text: str) -> CheckReport:
    """A report in which a user's text stands wherever it can."""
    thing = Thing(text, "IntegrityRisk", FINDING.focus.iri, text)
    cell = Cell("bureau.xlsx", "表4 风险与措施", 7, text)
    who = Responsible(text, text, {1: (text,), 2: (), 3: ()})
    said = Text(text, text)
    return make(replace(FINDING, focus=thing, message=said, remedy=said, responsible=who, cell=cell))
