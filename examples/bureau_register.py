"""The standing part of the ledger: businesses and posts, completed from the lists they rest on."""

from __future__ import annotations

from collections import defaultdict

from dutygraph.examples.bureau_ledger import Row, join, read_list, split

RATING_SOURCE = "2025年星级评定表"


def businesses() -> list[Row]:
    """Return 表1: each business with the branch that covers its department, and its rating source.

    The one business without a declared star carries the date on which it was found to have no risk.
    """
    branch_of = {
        department: branch["组织"]
        for branch in read_list("branches.csv")
        for department in split(branch["覆盖部门"])
    }
    rows = []
    for row in read_list("businesses.csv"):
        rated = bool(row["公布星级"])
        rows.append(
            row
            | {
                "所属支部": branch_of[row["主管部门"]],
                "星级依据": RATING_SOURCE if rated else "",
                "评估无风险日期": "" if rated else "2025-02-20",
            }
        )
    return rows


def posts() -> list[Row]:
    """Return 表3: each post's present holders carry the controls that the post owns as its duties."""
    duties: defaultdict[str, list[str]] = defaultdict(list)
    for risk in read_list("risks.csv"):
        for post in split(risk["责任岗位"]):
            duties[post].append(risk["措施编号"])
    return [
        row | {"岗位职责措施": "" if row["任职止"] else join(duties[row["岗位编号"]]), "评估无风险日期": ""}
        for row in read_list("posts.csv")
    ]
