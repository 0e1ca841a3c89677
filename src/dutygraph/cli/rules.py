"""``dutygraph rules``: the catalogue, and one rule explained with its fact and its two examples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from dutygraph import model
from dutygraph.cli.console import refuse
from dutygraph.cli.options import Lang, Language
from dutygraph.report.words import word
from dutygraph.report.wrapping import Wrapped, add_row, table
from dutygraph.shapes import ASPECTS, RuleFolder, RuleShape, catalogue, rule_folders, with_blanks

ASPECT_NAMES = dict(
    zip(
        ASPECTS,
        (
            model.Text("点：业务、岗位、监督员", "Point: businesses, posts, supervisors"),
            model.Text("线：线图、风险、措施", "Line: charts, risks, controls"),
            model.Text("面：年度计划与任务单", "Plane: plan and task sheets"),
            model.Text("面：监督检查", "Plane: checks"),
            model.Text("面：问题与整改", "Plane: issues and rectification"),
            model.Text("面：考核与改进", "Plane: evaluation"),
        ),
        strict=True,
    )
)


def run(
    rule: Annotated[
        str | None, typer.Argument(metavar="[Rnn]", help="一条规则，如 R12 / one rule", show_default=False)
    ] = None,
    lang: Lang = Language.ZH,
) -> None:
    """列出全部规则，或解释其中一条 / List the rules, or explain one."""
    console = Console()
    if rule is None:
        for aspect in ASPECTS:
            console.print(_table(aspect, [s for s in catalogue() if s.aspect == aspect], lang))
        return
    wanted = rule.upper()
    shapes = [shape for shape in catalogue() if shape.rule == wanted]
    if not shapes:
        said = model.Text(
            f"没有规则{rule}；“dutygraph rules”列出全部。",
            f"No rule {rule}; “dutygraph rules” lists them all.",
        )
        refuse(said, lang)
    folder = next(f for f in rule_folders() if f.name.startswith(wanted + "-"))
    _explain(console, shapes, folder, lang)


def _table(aspect: str, shapes: Iterable[RuleShape], lang: Language) -> Table:
    headings = ("Rule", "What is owed", "Severity", "Source")
    if lang is Language.ZH:
        headings = ("规则", "要求", "等级", "出处")
    rules = table(headings, title=ASPECT_NAMES[aspect].in_language(lang))
    for shape in shapes:
        severity = word("severity", shape.severity.value, lang)
        add_row(rules, (shape.rule, shape.label.in_language(lang), severity, " ".join(shape.sources)))
    return rules


def _explain(console: Console, shapes: Iterable[RuleShape], folder: RuleFolder, lang: Language) -> None:
    words = (
        (
            "why",
            "what it says",
            "how to mend it",
            "source",
            "an example that conforms",
            "an example that does not",
        )
        if lang is Language.EN
        else ("为什么", "提示语", "怎样改正", "出处", "合规的例子", "不合规的例子")
    )
    why, says, mend, source, valid, invalid = words
    for shape in shapes:
        explained = (
            (why, shape.rationale.in_language(lang)),
            (says, with_blanks(shape.message).in_language(lang)),
            (mend, with_blanks(shape.remedy).in_language(lang)),
            (source, " ".join(shape.sources)),
        )
        colon, opening, closing = (word("mark", mark, lang) for mark in ("colon", "open", "close"))
        severity = word("severity", shape.severity.value, lang)
        title = Text(f"{shape.rule} {shape.label.in_language(lang)}{opening}{severity}{closing}")
        text = "\n".join(f"{heading}{colon}{said}" for heading, said in explained)
        console.print(Panel(Wrapped(text), title=title, title_align="left"))
    for heading, text in ((valid, folder.valid), (invalid, folder.invalid)):
        console.print(f"— {heading} —")
        console.print(Syntax(text, "turtle", background_color="default", word_wrap=True))
