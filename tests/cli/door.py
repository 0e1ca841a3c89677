"""The public door: the command as a user types it, in this process or in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from click.testing import Result
from typer.testing import CliRunner

from dutygraph.cli.app import app
from tests.loaders.ledgers import BASICS, Rows, write_book

DEPARTMENTS: Rows = (("部门", "类别"), ("营销部", "部门"))
BUSINESSES: Rows = (
    ("业务编号", "业务名称", "主管部门", "公布星级", "星级依据"),
    ("B04", "高压业扩报装管理", "营销部", 3, "2025年评定表"),
    ("B05", "临时用电管理", "营销部", 1, "2025年评定表"),
)
NODES: Rows = (
    ("业务编号", "节点编号", "序号", "节点名称", "是否关键", "执行岗位"),
    ("B04", "B04-N01", 1, "现场勘查", "是", "G12"),
)
POSTS: Rows = (
    ("岗位编号", "岗位名称", "部门", "常设关键", "任职人员", "任职起"),
    ("G12", "客户经理", "营销部", "是", "P011", "2024-01-01"),
)
RISKS: Rows = (
    ("风险编号", "节点编号", "风险描述", "措施编号", "措施内容", "环节", "责任岗位"),
    ("R04-01", "B04-N01", "勘查时暗示施工单位", None, None, None, None),
)
APPOINTMENTS: Rows = (
    ("任命编号", "人员", "级别", "监督业务", "起", "止"),
    ("A01", "P001", "一级", "B04", "2025-01-01", "2025-12-31"),
)
LEDGER: Mapping[str, Rows] = {
    "基本信息": BASICS,
    "部门": DEPARTMENTS,
    "表1 业务清单": BUSINESSES,
    "表2 流程节点": NODES,
    "表3 岗位与人员": POSTS,
    "表4 风险与措施": RISKS,
    "表5 监督员任命": APPOINTMENTS,
}
"""A small bureau with gaps: R01 (no control), R12 (no tier 3), R71 (nobody supervises R04-01)."""


def ledger(path: Path, **sheets: Rows) -> Path:
    """Write the small bureau, some sheets replaced or added (by name without the number)."""
    names = {name.rpartition(" ")[2]: name for name in LEDGER}
    return write_book(path, {**LEDGER, **{names.get(name, name): rows for name, rows in sheets.items()}})


def run(*words: object, code: int = 0, env: Mapping[str, str] | None = None) -> Result:
    """Run a command in this process, hold it to its exit code and to leaving no traceback."""
    result = CliRunner(env={"COLUMNS": "80", **(env or {})}).invoke(app, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    assert result.exit_code == code, result.output
    return result


def report(*words: object, code: int = 1) -> dict[str, Any]:
    """Return what ``check`` says as JSON."""
    data: dict[str, Any] = json.loads(run("check", *words, "--format", "json", code=code).stdout)
    return data


def gaps(data: Mapping[str, Any]) -> set[tuple[str, str, str | None]]:
    """Return the gaps of a report as rule, focus, value."""
    return {(g["rule"], g["focus"]["id"], g["value"] and g["value"]["id"]) for g in data["gaps"]}


def process(*words: object, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the installed command in a process of its own."""
    command = Path(sys.executable).with_name("dutygraph")
    return subprocess.run(
        [command, *map(str, words)],
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, "COLUMNS": "80", **(env or {})},
    )
