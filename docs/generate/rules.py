"""``rules.md``: the responsibility rules."""

from __future__ import annotations

from collections.abc import Iterator

from docs.generate.markdown import SEVERITIES, anchor, page, plain, table
from dutygraph.model import Text
from dutygraph.shapes import ASPECTS, RuleShape, catalogue

ASPECT_TITLES = {
    "point": Text("点：业务、岗位、监督员", "Point: businesses, posts, supervisors"),
    "line": Text("线：线图、风险、措施", "Line: charts, risks, controls"),
    "plan": Text("面：年度计划与任务单", "Plane: plan and task sheets"),
    "check": Text("面：监督检查", "Plane: checks"),
    "rectify": Text("面：问题与整改", "Plane: issues and rectification"),
    "evaluate": Text("面：考核与改进", "Plane: evaluation and improvement"),
}


def document() -> str:
    """Return the whole document."""
    sections = []
    for aspect in ASPECTS:
        shapes = [shape for shape in catalogue() if shape.aspect == aspect]
        title = ASPECT_TITLES[aspect]
        sections.append(f"## {title.zh} / {title.en}")
        sections.append(
            table(("规则 Rule", "要求", "What is owed", "等级 Severity", "出处 Source"), map(_row, shapes))
        )
        sections.extend(_entries(shapes))
    return page("rules", sections)


def _heading(shape: RuleShape) -> str:
    return f"{shape.rule} {shape.label.zh}（{SEVERITIES[shape.severity].zh}）"


def _row(shape: RuleShape) -> tuple[str, ...]:
    severity = SEVERITIES[shape.severity]
    return (
        f"[{shape.rule}](#{anchor(_heading(shape))})",
        plain(shape.label.zh),
        plain(shape.label.en),
        f"{severity.zh} {severity.en}",
        " ".join(shape.sources),
    )


def _entries(shapes: list[RuleShape]) -> Iterator[str]:
    for shape in shapes:
        folder = f"../../shapes/{shape.aspect}/{shape.folder}"
        ending = "trig" if shape.dataset_check else "ttl"
        files = ("shape.ttl", f"valid.{ending}", f"invalid.{ending}")
        linked = " ".join(f"[{name}]({folder}/{name})" for name in files)
        lines = (
            f"- 为什么：{plain(shape.rationale.zh)}",
            f"- 怎样改正：{plain(shape.remedy.zh)}",
            f"- *{plain(shape.label.en)}.* Why: {plain(shape.rationale.en)}",
            f"- How to mend it: {plain(shape.remedy.en)}",
            f"- {linked}",
        )
        yield f"### {_heading(shape)}\n\n" + "\n".join(lines)
