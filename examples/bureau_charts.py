"""The two pictures of the ledger: line charts with their content, and the double-key chart."""

from __future__ import annotations

from dutygraph.examples.bureau_ledger import Row, join, read_list, split

DOUBLE_KEY_CHART = "SJT2025"
_STEPS = {
    "事前": "每月核对{node}环节事前核验记录",
    "事中": "每月到{node}现场或调阅影像抽查",
    "事后": "每季度回看{node}环节归档资料并回访",
}


def chart_content() -> list[Row]:
    """Return 线图内容: per chart a row for each risk, or for the bare node, of its business."""
    rows = []
    for chart in read_list("charts.csv"):
        omitted = set(split(chart["未列风险"]))
        for node in read_list("nodes.csv"):
            if node["业务编号"] == chart["业务"]:
                rows += _node_rows(chart["编号"], node, omitted)
    return rows


def _node_rows(chart: str, node: Row, omitted: set[str]) -> list[Row]:
    """Return the chart's rows of one node, all with the node's supervision step."""
    risks = [row for row in read_list("risks.csv") if row["节点编号"] == node["节点编号"]]
    stage = risks[0]["环节"] if risks else "事后"
    step = _STEPS[stage].format(node=node["节点名称"]) if node["是否关键"] == "是" else ""
    shared = {"线图": chart, "节点": node["节点编号"], "监督举措": step}
    shown = [row for row in risks if row["风险编号"] not in omitted]
    return [shared | {"风险": row["风险编号"], "措施": row["措施编号"]} for row in shown] or [shared]


def line_charts() -> list[Row]:
    """Return 线图: the head of each chart, with the counts of its own content."""
    content = chart_content()
    rows = []
    for chart in read_list("charts.csv"):
        mine = [row for row in content if row["线图"] == chart["编号"]]
        counts = {
            column: str(len({row[part] for row in mine if row.get(part)}))
            for column, part in (("申报节点数", "节点"), ("申报风险数", "风险"), ("申报措施数", "措施"))
        }
        rows.append({key: value for key, value in chart.items() if key != "未列风险"} | counts)
    return rows


def double_key_chart() -> list[Row]:
    """Return 双关键图: a cell for each business and key post that takes part in one of its nodes."""
    star_of = {row["业务编号"]: row["公布星级"] for row in read_list("businesses.csv")}
    key_posts = [row["岗位编号"] for row in read_list("posts.csv") if row["常设关键"] == "是"]
    nodes = read_list("nodes.csv")
    rows = []
    for business, star in star_of.items():
        parts = join(
            row[column]
            for row in nodes
            if row["业务编号"] == business
            for column in ("执行岗位", "管理岗位", "审批岗位")
        )
        involved = set(split(parts))
        rows += [
            {"图编号": DOUBLE_KEY_CHART, "业务编号": business, "岗位编号": post, "星级": star}
            for post in dict.fromkeys(key_posts)
            if post in involved
        ]
    return rows
