"""From rows to triples: things, classes, graphs, references."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from dutygraph.loaders import load
from dutygraph.model import Cell

from .ledgers import BUREAU, SV, WHOLE, Rows, graph_of, load_book, triples, write_book

PLAN_HEADER = ("计划编号", "年度", "业务编号", "监督方式", "组织人", "计划期间", "实际日期")


def test_a_business_with_its_published_star(tmp_path: Path) -> None:
    rows: Rows = (
        ("业务编号", "业务名称", "别名", "主管部门", "公布星级", "星级依据"),
        ("B04", "高压业扩报装管理", "业扩；报装", "市场营销部；规划部", "三星", "2025年评定表"),
        ("B33", "临时用电管理", None, None, None, None),
    )
    found = triples(load_book(tmp_path, {"表1 业务清单": rows}))
    assert {
        ("business/B04", "runBy", "department/市场营销部"),
        ("business/B04", "runBy", "department/规划部"),
        ("declared-star/B04", "type", "StarRating"),
        ("declared-star/B04", "ratedSubject", "business/B04"),
        ("declared-star/B04", "declaredStar", "3"),
        ("declared-star/B04", "sourceDocument", "2025年评定表"),
    } <= found
    assert {o for s, p, o in found if s == "business/B04" and p.endswith("altLabel")} == {"业扩", "报装"}
    assert not {s for s, _, _ in found if s == "declared-star/B33"}


def test_literals_have_the_types_of_the_forms(tmp_path: Path) -> None:
    rows: Rows = (
        ("风险编号", "风险描述", "风险权重", "措施编号", "环节"),
        ("R1", "公车私用", 1.5, "C1", "事前；事中"),
    )
    loaded = load_book(tmp_path, {"表4 风险与措施": rows})
    objects = {(str(s.predicate).rpartition("#")[2], s.object) for s in loaded.delta.added}
    assert ("label", Literal("公车私用", lang="zh-hans")) in objects
    assert ("riskWeight", Literal("1.5", datatype=XSD.decimal)) in objects
    assert ("stage", URIRef(f"{SV}stage-before")) in objects
    assert ("stage", URIRef(f"{SV}stage-during")) in objects
    assert ("year", Literal("2025", datatype=XSD.integer)) in objects
    assert ("dataDate", Literal("2025-12-31", datatype=XSD.date)) in objects
    assert Literal("R1") in {o for _, o in objects}


def test_every_triple_remembers_its_cell(tmp_path: Path) -> None:
    rows: Rows = (("风险编号", "措施编号", "责任岗位"), ("R1", "C1", "G1；G2"))
    loaded = load_book(tmp_path, {"表4 风险与措施": rows})
    cells = {
        (str(s.predicate).rpartition("#")[2], str(s.object).rpartition("/")[2]): s.cell
        for s in loaded.delta.added
    }
    assert all(cell is not None and cell.file == "book.xlsx" for cell in cells.values())
    assert cells["ownerPost", "G2"] == Cell("book.xlsx", "表4 风险与措施", 2, "责任岗位")
    assert cells["hasControl", "C1"] == Cell("book.xlsx", "表4 风险与措施", 2, "措施编号")


def test_a_dangling_reference_is_loaded_and_registers_nothing(tmp_path: Path) -> None:
    rows: Rows = (("风险编号", "节点编号", "措施编号", "责任岗位"), ("R1", "N99", "C1", "G99"))
    loaded = load_book(tmp_path, {"表4 风险与措施": rows})
    assert loaded.problems == ()
    found = triples(loaded)
    assert ("control/C1", "ownerPost", "post/G99") in found
    assert not {p for s, p, _ in found if s in ("post/G99", "node/N99")}


def test_people_are_registered_by_being_named(tmp_path: Path) -> None:
    rows: Rows = (("问题编号", "整改责任人"), ("I1", "P011"))
    loaded = load_book(tmp_path, {"表8 问题整改清单": rows})
    assert {("person/P011", "type", "Person"), ("person/P011", "identifier", "P011")} <= triples(loaded)
    assert graph_of(loaded, "person/P011", "type") == "business"


def test_the_holder_of_a_post_twice_has_two_holdings(tmp_path: Path) -> None:
    rows: Rows = (
        ("岗位编号", "任职人员", "任职起", "任职止"),
        ("G1", "P1；P2", "2023-01-01", "2023-12-31"),
        ("G1", "P1", "2025-01-01", "至今"),
    )
    loaded = load_book(tmp_path, {"表3 岗位与人员": rows})
    assert loaded.problems == ()
    found = triples(loaded)
    assert ("holding/G1-P1", "validTo", "2023-12-31") in found
    assert ("holding/G1-P2", "validTo", "2023-12-31") in found
    assert ("holding/G1-P1-2", "validFrom", "2025-01-01") in found
    assert ("holding/G1-P1-2", "holder", "person/P1") in found
    assert not {o for s, p, o in found if s == "holding/G1-P1-2" and p == "validTo"}


@pytest.mark.parametrize(
    ("kind", "held", "item_graph", "inspection_graph", "name"),
    [
        ("联合监督", None, "business", "business", "JointInspection"),
        ("联合监督", "2025-05-20", "business", "issue", "JointInspection"),
        ("飞行监督", None, "restricted", "restricted", "UnannouncedInspection"),
        ("飞行监督", "无", "restricted", "restricted", "UnannouncedInspection"),
        ("飞行监督", "2025-05-20", "business", "issue", "UnannouncedInspection"),
        ("专项监督", "2025-05-20", "business", "issue", "SpecialInspection"),
    ],
)
def test_inspections_and_the_secrecy_of_unannounced_ones(
    tmp_path: Path, kind: str, held: str | None, item_graph: str, inspection_graph: str, name: str
) -> None:
    rows: Rows = (PLAN_HEADER, ("J02", 2025, "B04", kind, "A01", "上半年", held))
    loaded = load_book(tmp_path, {"表6 年度计划与检查安排": rows})
    assert {
        ("inspection/J02", "type", "Inspection"),
        ("inspection/J02", "type", name),
        ("inspection/J02", "carriesOut", "plan-item/J02"),
        ("inspection/J02", "inPeriod", "period/2025-H1"),
        ("inspection/J02", "covers", "business/B04"),
        ("plan-item/J02", "plannedPeriod", "period/2025-H1"),
        ("plan-item/J02", "inPlan", "annual-plan/2025"),
    } <= triples(loaded)
    assert graph_of(loaded, "plan-item/J02", "planBusiness") == item_graph
    assert graph_of(loaded, "inspection/J02", "covers") == inspection_graph


def test_daily_supervision_is_no_inspection(tmp_path: Path) -> None:
    rows: Rows = (PLAN_HEADER, ("J01", 2025, "B04", "日常监督", "A02", "全年", None))
    found = triples(load_book(tmp_path, {"表6 年度计划与检查安排": rows}))
    assert not {s for s, _, _ in found if s.startswith("inspection/")}


def test_a_source_is_found_by_what_is_registered(tmp_path: Path) -> None:
    plans: Rows = (
        PLAN_HEADER,
        ("J01", 2025, "B04", "日常监督", "A02", None, None),
        ("J02", 2025, "B04", "联合监督", "A01", None, None),
    )
    issues: Rows = (
        ("问题编号", "来源编号", "风险编号"),
        ("I1", "T1", "新风险"),
        ("I2", "J01", "R1"),
        ("I3", "J02", None),
        ("I4", "X", None),
    )
    sheets = {
        "表6 年度计划与检查安排": plans,
        "表8 问题整改清单": issues,
        "表7 月度监督任务单": (("任务单号",), ("T1",)),
    }
    found = triples(load_book(tmp_path, sheets))
    assert {
        ("issue/I1", "foundIn", "task-sheet/T1"),
        ("issue/I2", "foundIn", "plan-item/J01"),
        ("issue/I3", "foundIn", "inspection/J02"),
        ("issue/I4", "foundIn", "task-sheet/X"),
        ("issue/I1", "newRisk", "true"),
        ("issue/I2", "materialises", "risk/R1"),
    } <= found


def test_focus_items_are_numbered_within_their_sheet(tmp_path: Path) -> None:
    rows: Rows = (
        ("任务单号", "重点内容", "节点编号", "反馈日期", "反馈期限"),
        ("T1", "甲", "N1", "2025-03-27", "2025-03-28"),
        ("T2", "乙", "N1", None, None),
        ("T1", "丙", "N1；N2", None, None),
    )
    loaded = load_book(tmp_path, {"表7 月度监督任务单": rows})
    assert loaded.problems == ()
    found = triples(loaded)
    assert {
        ("task-sheet/T1", "hasFocus", "focus-item/T1-1"),
        ("task-sheet/T1", "hasFocus", "focus-item/T1-2"),
        ("task-sheet/T2", "hasFocus", "focus-item/T2-1"),
        ("focus-item/T1-2", "targetsNode", "node/N2"),
        ("daily-supervision/T1", "executes", "task-sheet/T1"),
        ("daily-supervision/T1", "heldOn", "2025-03-27"),
    } <= found
    assert not {s for s, _, _ in found if s == "daily-supervision/T2"}


def test_chart_content_is_as_public_as_its_chart(tmp_path: Path) -> None:
    charts: Rows = (("编号", "业务", "状态"), ("X1", "B04", "已发布"), ("X2", "B04", "草案"))
    content: Rows = (
        ("线图", "节点", "风险", "措施", "监督举措"),
        ("X1", "N1", "R1；R2", "C1", "抽查影像"),
        ("X1", "N1", "R3", "C3", "回访"),
        ("X1", "N2", "R4", "C4", "抽查影像"),
        ("X1", "N1", "R5", "C5", "抽查影像"),
        ("X2", "N1", "R1", "C1", "抽查影像"),
    )
    loaded = load_book(tmp_path, {"线图": charts, "线图内容": content})
    assert loaded.problems == ()
    found = triples(loaded)
    steps = {(s, o) for s, p, o in found if p == "stepAt"}
    assert steps == {
        ("supervision-step/X1-N1", "node/N1"),
        ("supervision-step/X1-N1-2", "node/N1"),
        ("supervision-step/X1-N2", "node/N2"),
        ("supervision-step/X2-N1", "node/N1"),
    }
    assert {o for s, p, o in found if s == "line-chart/X1" and p == "chartRisk"} == {
        f"risk/R{n}" for n in range(1, 6)
    }
    assert graph_of(loaded, "line-chart/X1", "chartNode") == "public"
    assert graph_of(loaded, "supervision-step/X1-N1", "stepAt") == "public"
    assert graph_of(loaded, "line-chart/X2", "chartNode") == "business"
    assert graph_of(loaded, "supervision-step/X2-N1", "type") == "business"


def test_scores_and_incentives_by_id_or_by_what_they_are_of(tmp_path: Path) -> None:
    rows: Rows = (
        ("对象编号", "对象类型", "年度", "得分编号", "得分", "激励类型", "依据得分"),
        ("市场营销部", "部门", 2025, None, 92, None, None),
        ("A03", "监督员", 2025, "S7", 95, "廉洁作风示范岗", "是"),
        ("A09", "监督员", 2025, None, None, "专项奖励金", "否"),
        ("P001", "人员", 2025, None, None, "惩处", "S7"),
    )
    loaded = load_book(tmp_path, {"表9 考核与激励": rows})
    assert loaded.problems == ()
    found = triples(loaded)
    assert {
        ("score/市场营销部-2025", "scoreOf", "department/市场营销部"),
        ("score/S7", "scoreOf", "appointment/A03"),
        ("incentive/A03-2025-廉洁作风示范岗", "basedOn", "score/S7"),
        ("incentive/A09-2025-专项奖励金", "recipient", "appointment/A09"),
        ("incentive/P001-2025-惩处", "recipient", "person/P001"),
        ("incentive/P001-2025-惩处", "basedOn", "score/S7"),
        ("person/P001", "type", "Person"),
    } <= found
    assert not {o for s, p, o in found if s == "incentive/A09-2025-专项奖励金" and p == "basedOn"}
    assert graph_of(loaded, "score/S7", "scoreValue") == "restricted"


def test_declared_totals_have_their_parts_as_things(tmp_path: Path) -> None:
    rows: Rows = (
        ("口径", "统计对象", "数值", "组成"),
        ("区局重点业务", "重点业务", 33, "三星5；二星13；又5"),
    )
    found = triples(load_book(tmp_path, {"表10 申报总数": rows}))
    total = "declared-total/区局重点业务"
    assert {
        (total, "countsClass", "Business"),
        (total, "declaredValue", "33"),
        (total, "hasPart", "declared-part/区局重点业务-3"),
        ("declared-part/区局重点业务-1", "partLabel", "三星"),
        ("declared-part/区局重点业务-1", "partValue", "5"),
        ("declared-part/区局重点业务-3", "partValue", "5"),
    } <= found


def test_submissions_and_rectification_items_belong_to_their_issue(tmp_path: Path) -> None:
    rows: Rows = (
        ("问题编号", "报送对象", "报送日期", "清单编号", "证据"),
        ("I1", "综合管理职能部门；监督委员会办公室", "2025-06-01", "Q1", "附件1；附件2"),
    )
    found = triples(load_book(tmp_path, {"表8 问题整改清单": rows}))
    assert {
        ("submission/I1-监督委员会办公室", "aboutIssue", "issue/I1"),
        ("submission/I1-监督委员会办公室", "submittedTo", "department/监督委员会办公室"),
        ("submission/I1-综合管理职能部门", "submittedOn", "2025-06-01"),
        ("issue/I1", "listedIn", "rectification-list/Q1"),
        ("rectification-item/I1", "itemOf", "rectification-list/Q1"),
        ("rectification-item/I1", "itemIssue", "issue/I1"),
        ("issue/I1", "evidence", "附件2"),
    } <= found
    assert ("submission/I1-监督委员会办公室", "submittedTo", "department/综合管理职能部门") not in found


def test_classes_by_word(tmp_path: Path) -> None:
    departments: Rows = (
        ("部门", "类别"),
        ("甲", None),
        ("乙", "班组"),
        ("丙", "职能部门"),
        ("丁", "监督委员会办公室"),
    )
    branches: Rows = (("组织", "类别"), ("总支", "党总支部"), ("支部", None))
    papers: Rows = (("文件编号", "类别"), ("Z1", "工作流程指引"), ("Z2", None))
    found = triples(load_book(tmp_path, {"部门": departments, "党支部": branches, "制度文件": papers}))
    types = {
        (s, o)
        for s, p, o in found
        if p.endswith("type") and s.split("/")[0] in ("department", "party-branch", "policy")
    }
    assert types == {
        ("department/甲", "Department"),
        ("department/乙", "Team"),
        ("department/丙", "FunctionalDepartment"),
        ("department/丁", "CommitteeOffice"),
        ("party-branch/总支", "PartyGeneralBranch"),
        ("party-branch/支部", "PartyBranch"),
        ("policy/Z1", "PolicyDocument"),
        ("policy/Z1", "Guide"),
        ("policy/Z2", "PolicyDocument"),
    }


def test_an_author_is_an_appointment_a_known_person_or_a_dangling_appointment(tmp_path: Path) -> None:
    charts: Rows = (("编号", "编制人", "评审人"), ("X1", "A02", "P001"), ("X2", "A99", "A02"))
    appointments: Rows = (("任命编号", "人员"), ("A02", "P001"))
    found = triples(load_book(tmp_path, {"线图": charts, "表5 监督员任命": appointments}))
    assert {
        ("line-chart/X1", "authoredBy", "appointment/A02"),
        ("line-chart/X1", "reviewedBy", "person/P001"),
        ("line-chart/X2", "authoredBy", "appointment/A99"),
    } <= found


def test_identifiers_are_safe_in_iris_and_whole_in_data(tmp_path: Path) -> None:
    odd = 'a/b?c#d%20<e>"f" {g}|h\\i^`[j]'
    loaded = load_book(tmp_path, {"部门": (("部门",), (odd,))})
    assert loaded.problems == ()
    iris = {str(s.subject) for s in loaded.delta.added if "/department/" in s.subject}
    assert iris == {f"{BUREAU}/department/a%2Fb%3Fc%23d%2520%3Ce%3E%22f%22%20%7Bg%7D%7Ch%5Ci%5E%60%5Bj%5D"}
    assert Literal(odd) in {s.object for s in loaded.delta.added}


def test_a_triple_stands_once_and_in_one_graph(tmp_path: Path) -> None:
    path = write_book(
        tmp_path / "book.xlsx",
        {
            **WHOLE,
            "表3 岗位与人员": (
                ("岗位编号", "岗位名称", "任职人员"),
                ("G1", "甲岗", "P1"),
                ("G1", "甲岗", "P2"),
            ),
        },
    )
    loaded = load([path])
    assert loaded.problems == ()
    keys = [(s.subject, s.predicate, s.object) for s in loaded.delta.added]
    assert len(keys) == len(set(keys))


def test_another_base_and_bureau(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx", {"表1 业务清单": WHOLE["表1 业务清单"]})
    loaded = load([path], base="https://a.example/", bureau="X 1")
    assert loaded.problems == ()
    assert (loaded.delta.base, loaded.delta.bureau) == ("https://a.example/", "X 1")
    bureau = "https://a.example/bureau/X%201"
    assert {str(s.subject) for s in loaded.delta.added} == {bureau, f"{bureau}/business/B04"}
    assert {s.object for s in loaded.delta.added if str(s.subject) == bureau} == {
        URIRef(f"{SV}Bureau"),
        Literal("X 1"),
    }
