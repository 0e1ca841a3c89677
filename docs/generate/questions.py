"""``questions.md``: the saved questions."""

from __future__ import annotations

from docs.generate.markdown import page, plain, table
from dutygraph.queries import Question, questions

PARAMETER_HEADINGS = ("参数 Parameter", "类型 Kind", "缺省 Default", "含义", "Meaning")
COLUMN_HEADINGS = ("列 Column", "含义", "Meaning")


def document() -> str:
    """Return the whole document."""
    return page("questions", map(_section, questions()))


def _section(question: Question) -> str:
    metrics = "（网络指标 metrics）" if question.needs_metrics else ""
    blocks = [
        f"## {question.id} {question.title.zh}",
        f"{plain(question.about.zh)}{metrics}",
        f"*{plain(question.title.en)}* {plain(question.about.en)}",
    ]
    if question.parameters:
        rows = (
            (f"`{p.name}`", p.kind, p.default or "", plain(p.meaning.zh), plain(p.meaning.en))
            for p in question.parameters
        )
        blocks.append(table(PARAMETER_HEADINGS, rows))
    columns = ((f"`{c.variable}`", plain(c.heading.zh), plain(c.heading.en)) for c in question.columns)
    blocks.append(table(COLUMN_HEADINGS, columns))
    return "\n\n".join(blocks)
