"""Make the example bureau's workbook: ``python -m dutygraph.examples.make_bureau [-o DIR] [--clean]``.

The clean bureau keeps every rule; the faults of ``faults.toml`` are then laid over it, one by one.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dutygraph.examples.bureau_charts import chart_content, double_key_chart, line_charts
from dutygraph.examples.bureau_faults import apply_faults, faults
from dutygraph.examples.bureau_issues import state_changes
from dutygraph.examples.bureau_ledger import Ledger, read_list, sheets
from dutygraph.examples.bureau_plan import monthly_reports, plan_items, task_sheets
from dutygraph.examples.bureau_register import businesses, posts
from dutygraph.examples.bureau_workbook import write_workbook

WORKBOOK = "bureau.xlsx"


def clean_ledger() -> Ledger:
    """Return the bureau without faults."""
    computed: Ledger = {
        "表1 业务清单": businesses(),
        "表3 岗位与人员": posts(),
        "表6 年度计划与检查安排": plan_items(),
        "表7 月度监督任务单": task_sheets(),
        "线图": line_charts(),
        "线图内容": chart_content(),
        "双关键图": double_key_chart(),
        "问题流转": state_changes(),
        "上报记录": monthly_reports(),
    }
    return {
        sheet.name: read_list(sheet.source) if sheet.source else computed[sheet.name] for sheet in sheets()
    }


def faulty_ledger() -> Ledger:
    """Return the bureau with every fault of ``faults.toml``."""
    return apply_faults(clean_ledger(), faults())


def main(arguments: list[str] | None = None) -> Path:
    """Write the workbook and return its path."""
    parser = argparse.ArgumentParser(description="Make the workbook of the example bureau.")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path(__file__).parent / "bureau", help="folder to write to"
    )
    parser.add_argument("--clean", action="store_true", help="leave the deliberate faults out")
    chosen = parser.parse_args(arguments)
    path: Path = chosen.output / WORKBOOK
    path.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(clean_ledger() if chosen.clean else faulty_ledger(), path)
    return path


if __name__ == "__main__":
    main()
