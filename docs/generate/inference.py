"""``inference.md``: the rules of inference."""

from __future__ import annotations

from docs.generate.markdown import both, page, table
from dutygraph.rules import load_rules

HEADINGS = ("次序 Stratum", "规则 Rule", "名称 Name", "推出什么 What it derives", "存入 Graph", "出处 Source")


def document() -> str:
    """Return the whole document."""
    rows = (
        (
            str(rule.order),
            f"[{rule.name}](../../rules/{rule.name}/rule.ttl)",
            both(rule.label),
            both(rule.definition),
            f"`{rule.graph}`",
            " ".join(rule.sources),
        )
        for rule in load_rules()
    )
    return page("inference", (table(HEADINGS, rows),))
