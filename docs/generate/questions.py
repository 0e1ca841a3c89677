"""``questions.md``: the saved questions."""

from __future__ import annotations

from docs.generate.markdown import code, page, plain, table
from dutygraph.queries import OWN_REFUSED, OWN_ROWS, Question, questions

PARAMETER_HEADINGS = ("参数 Parameter", "类型 Kind", "缺省 Default", "含义", "Meaning")
COLUMN_HEADINGS = ("列 Column", "含义", "Meaning")


def document() -> str:
    """Return the whole document."""
    return page("questions", map(_section, questions()))


def _own(question: Question) -> str:
    """Say what is told to who sees a part of what the question needs."""
    if question.own == OWN_REFUSED:
        return "；须看得到全部 / all of it"
    if question.own == OWN_ROWS:
        return ""
    return (
        f"；只看得到一部分的，只答复 `{question.own}` 属于本人范围的 / "
        f"who sees a part is told of the own `{question.own}` alone"
    )


def _section(question: Question) -> str:
    metrics = "（网络指标 metrics）" if question.needs_metrics else ""
    blocks = [
        f"## {question.id} {question.title.zh}",
        f"{plain(question.about.zh)}{metrics}",
        f"*{plain(question.title.en)}* {plain(question.about.en)}",
        f"需要看得到 Needs: {code(question.reads)}{_own(question)}",
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
