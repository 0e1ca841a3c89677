"""The way of each issue through its states, told from where 表8 says it stands."""

from __future__ import annotations

from datetime import date, timedelta

from dutygraph.examples.bureau_ledger import Row, read_list, split, working_day
from dutygraph.examples.bureau_plan import PLANNED, YEAR, Supervisors, supervisors

_LAST_DAY = date(YEAR, 12, 31)
_ORDER = ("已发现", "已分类分级", "已派责", "整改中", "已验收", "已销号")
_DAYS = {"已分类分级": 1, "已派责": 3, "整改中": 5}
_NOTES = {
    "已分类分级": "二级监督员提出分类分级，一级监督员确认",
    "已派责": "明确责任人和期限并列入整改清单",
    "整改中": "责任人提交整改计划并经认可",
    "已验收": "核对整改佐证，验收通过",
    "已销号": "佐证齐全，予以销号",
}


def _business(issue: Row) -> str:
    """Return the business that an issue's source belongs to."""
    source = issue["来源编号"]
    if source.startswith("T"):
        return PLANNED[int(source[-2:]) - 1]
    covered = {row["计划编号"]: row["业务编号"] for row in read_list("inspections.csv")}
    return split(covered[source])[0]


def _actor(issue: Row, state: str, appointed: Supervisors) -> str:
    """Return the appointment that makes the move, as the life cycle of an issue lays down."""
    business = _business(issue)
    tier1 = state in {"已分类分级", "已销号", "重新打开"}
    if tier1 or (state == "已验收" and issue["分级"] == "一级"):
        return appointed.leaders[business]
    return appointed.secretaries[business]


def _moves(issue: Row) -> list[tuple[str, date, str]]:
    """Return the issue's moves in order: new state, day, note."""
    found, state = date.fromisoformat(issue["发现日期"]), issue["状态"]
    reached = _ORDER.index(state) if state in _ORDER else _ORDER.index("整改中")
    moves = [
        (step, found + timedelta(days=_DAYS[step]), _NOTES[step]) for step in _ORDER[1 : min(reached, 3) + 1]
    ]
    if issue["验收日期"]:
        verified = date.fromisoformat(issue["验收日期"])
        moves += [
            (step, verified + timedelta(days=3 * late), _NOTES[step])
            for late, step in enumerate(_ORDER[4 : reached + 1])
        ]
    if issue["升级日期"]:
        raised = date.fromisoformat(issue["升级日期"])
        moves.append(("已升级", raised, "超过整改期限，升级至一级监督员"))
        if state == "整改中":
            moves.append(("已派责", raised + timedelta(days=2), "一级监督员重新派责并督办"))
            moves.append(("整改中", raised + timedelta(days=3), "责任人重新提交整改计划"))
    if state == "重新打开":
        moves.append(("已验收", date(YEAR, 12, 8), _NOTES["已验收"]))
        moves.append(("已销号", date(YEAR, 12, 10), _NOTES["已销号"]))
        moves.append(("重新打开", date(YEAR, 12, 22), "回看发现复查影像不实，重新打开"))
    return moves


def state_changes() -> list[Row]:
    """Return 问题流转: every move of every issue."""
    appointed = supervisors()
    rows = []
    for issue in read_list("issues.csv"):
        before = _ORDER[0]
        for state, day, note in _moves(issue):
            rows.append(
                {
                    "问题编号": issue["问题编号"],
                    "原状态": before,
                    "新状态": state,
                    "办理人": _actor(issue, state, appointed),
                    "日期": min(working_day(day, 1), _LAST_DAY).isoformat(),
                    "说明": note,
                }
            )
            before = state
    return rows
