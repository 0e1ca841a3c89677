"""``dutygraph ask``: the saved questions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from dutygraph.bureaus import describe_bureau
from dutygraph.check import date_of_check, prepare
from dutygraph.cli.console import progress, refuse, step, write_output
from dutygraph.cli.opening import open_or_refuse
from dutygraph.cli.options import AsOf, Base, BureauCode, EngineName, Lang, Language, Output
from dutygraph.model import Text, Thing
from dutygraph.queries import ParameterError, questions
from dutygraph.questions import Answer, QuestionError, Value, ask, find_question
from dutygraph.report.safe_text import safe_text
from dutygraph.report.words import word
from dutygraph.report.wrapping import add_row, table
from dutygraph.store import DEFAULT_BASE


class AnswerFormat(StrEnum):
    """The forms of an answer."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def run(
    question: Annotated[
        str | None, typer.Argument(metavar="[Qnn]", help="问题编号，如 Q24 / a question", show_default=False)
    ] = None,
    source_and_parameters: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE… NAME=VALUE…]", help="数据来源与参数 / source and parameters"),
    ] = None,
    as_of: AsOf = None,
    format_: Annotated[AnswerFormat, typer.Option("--format", help="输出格式 / format")] = AnswerFormat.TABLE,
    output: Output = None,
    lang: Lang = Language.ZH,
    bureau: BureauCode = None,
    base: Base = DEFAULT_BASE,
) -> None:
    """回答预设问题；不写问题则列出全部 / Answer a saved question; without one, list them all."""
    if question is None:
        Console().print(_catalogue(lang))
        return
    given = [text for text in source_and_parameters or [] if "=" in text]
    sources = [Path(text) for text in source_and_parameters or [] if "=" not in text]
    try:
        asked = find_question(question)
    except QuestionError as error:
        refuse(str(error))
    if not sources:
        said = Text(
            "请指明台账，例如：dutygraph ask Q24 bureau.xlsx",
            "Name a source, such as: dutygraph ask Q24 bureau.xlsx",
        )
        refuse(said, lang)
    with progress() as bar:
        step(bar, "read", lang)
        source = open_or_refuse(
            sources, base=base, bureau=bureau, partial=False, engine=EngineName.COMPILED, lang=lang
        )
        step(bar, "derive", lang)
        stated = describe_bureau(source.store, source.names)
        prepare(source.store, source.names, date_of_check(stated, as_of.date() if as_of else None))
        try:
            answer = ask(source.store, source.names, asked, dict(_pair(text) for text in given))
        except ParameterError as error:
            refuse(str(error))
    _show(answer, format_, output, lang, keep=sources)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _catalogue(lang: Language) -> Table:
    titles = ("Id", "Question", "Parameters") if lang is Language.EN else ("编号", "问题", "参数")
    colon = word("mark", "colon", lang)
    catalogue = table(titles)
    for question in questions():
        parameters = "\n".join(f"{p.name}{colon}{p.meaning.in_language(lang)}" for p in question.parameters)
        add_row(catalogue, (question.id, question.title.in_language(lang), parameters))
    return catalogue


def _show(
    answer: Answer, format_: AnswerFormat, output: Path | None, lang: Language, *, keep: Sequence[Path]
) -> None:
    if format_ is AnswerFormat.TABLE and output is None:
        Console().print(_as_table(answer, lang))
        return
    json_wanted = format_ is AnswerFormat.JSON
    data = _as_json(answer).encode() if json_wanted else _as_csv(answer, lang).encode("utf-8-sig")
    write_output(data, output, lang, keep=keep)


def _as_table(answer: Answer, lang: Language) -> Table:
    headings = [column.heading.in_language(lang) for column in answer.columns]
    title = f"{answer.question.id} {answer.question.title.in_language(lang)}"
    rows = table(headings, title=title)
    for row in answer.rows:
        add_row(rows, (shown(cell, answer, lang) for cell in row))
    if not answer.rows:
        rows.caption = "no row: nothing in the data answers" if lang is Language.EN else "没有符合条件的记录"
    return rows


def shown(cell: Value, answer: Answer, lang: Language) -> str:
    """Return a cell as people read it."""
    if cell is None:
        return ""
    if not isinstance(cell, Thing):
        return str(cell)
    label = answer.labels[cell.iri].in_language(lang)
    if cell.iri.startswith("https://w3id.org/dutygraph#"):
        return label
    return cell.id if label in ("", cell.id) else f"{label}（{cell.id}）"


def _as_json(answer: Answer) -> str:
    names = [column.variable for column in answer.columns]
    rows = [dict(zip(names, map(_plain, row), strict=True)) for row in answer.rows]
    data = {"question": answer.question.id, "columns": names, "rows": rows}
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _plain(cell: Value) -> object:
    if isinstance(cell, Thing):
        return {"id": cell.id, "kind": cell.kind, "label": cell.label}
    return float(cell) if isinstance(cell, Decimal) else cell


def _as_csv(answer: Answer, lang: Language) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.heading.in_language(lang) for column in answer.columns])
    for row in answer.rows:
        texts = (shown(cell, answer, lang) for cell in row)
        numbers = (isinstance(cell, int | Decimal) for cell in row)
        writer.writerow([t if number else safe_text(t) for t, number in zip(texts, numbers, strict=True)])
    return text.getvalue()
