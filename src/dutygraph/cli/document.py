"""``dutygraph document``: the office's reports as Word, from templates it can replace, and as Excel."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from dutygraph.charts.double_key import ChartFilter, double_key_chart
from dutygraph.charts.line import line_chart
from dutygraph.charts.reading import UnknownThingError
from dutygraph.cli.console import not_written, refuse
from dutygraph.cli.document_job import Business, Department, Job, Target, TemplateFile
from dutygraph.cli.lookup import find_thing
from dutygraph.cli.options import AsOf, Base, BureauCode, Lang, Language, Sources
from dutygraph.documents import (
    Asked,
    Kind,
    Wanted,
    default_template,
    double_key_document,
    gap_report,
    line_document,
    rectification_notices,
    scope_of,
    task_sheets,
)
from dutygraph.model import Text
from dutygraph.report.rows import by_department
from dutygraph.store import DEFAULT_BASE

app = typer.Typer(
    help="办公文书：Word（模板可换）和 Excel / the office's reports as Word and Excel", no_args_is_help=True
)
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


@app.command("gap-report")
def gaps(
    sources: Sources,
    output: Target,
    department: Department = None,
    template: TemplateFile = None,
    as_of: AsOf = None,
    lang: Lang = Language.ZH,
    bureau: BureauCode = None,
    base: Base = DEFAULT_BASE,
) -> None:
    """缺口报告：按责任部门列出缺口和改正办法 / Gap report: by responsible department."""
    job = Job(sources, output, template, as_of, bureau, base, lang)
    reading, report = job.read(Kind.GAP_REPORT)
    if department is not None and department not in by_department(report, lang.value):
        found = job.department(reading, department)
        department = department if found is None else found.label
    job.write(gap_report(report, lang.value, department))


@app.command("task-sheet")
def sheets(
    sources: Sources,
    output: Target,
    month: Annotated[
        str | None,
        typer.Option(
            "--month",
            metavar="YYYY-MM",
            help="哪个月的，缺省为数据日期所在月 / of which month (default: the data's)",
        ),
    ] = None,
    business: Business = None,
    department: Department = None,
    template: TemplateFile = None,
    as_of: AsOf = None,
    lang: Lang = Language.ZH,
    bureau: BureauCode = None,
    base: Base = DEFAULT_BASE,
) -> None:
    """月度监督任务单：每张一页，附应下发而未下发的 / Task sheets of a month, and what is missing."""
    if month is not None and not _MONTH.fullmatch(month):
        refuse(Text(f"月份“{month}”须写作 2025-11 这样。", f"Write the month as 2025-11, not {month}."), lang)
    job = Job(sources, output, template, as_of, bureau, base, lang)
    reading, report = job.read(Kind.TASK_SHEET)
    wanted = Wanted(
        month or f"{report.as_of:%Y-%m}", job.business(reading, business), job.department(reading, department)
    )
    job.write(task_sheets(reading, report, wanted, lang.value))


@app.command("rectification-notice")
def notices(
    sources: Sources,
    output: Target,
    issue: Annotated[
        str | None,
        typer.Option(
            "--issue", metavar="ID", help="只要这个问题的 / of this issue, by id", show_default=False
        ),
    ] = None,
    department: Department = None,
    business: Business = None,
    template: TemplateFile = None,
    as_of: AsOf = None,
    lang: Lang = Language.ZH,
    bureau: BureauCode = None,
    base: Base = DEFAULT_BASE,
) -> None:
    """整改通知书：每个责任部门一份 / Rectification notices: one a department, its open issues."""
    job = Job(sources, output, template, as_of, bureau, base, lang)
    reading, report = job.read(Kind.RECTIFICATION_NOTICE)
    asked = Asked(
        None if issue is None else find_thing(reading, "Issue", issue, lang),
        job.department(reading, department),
        job.business(reading, business),
    )
    job.write(rectification_notices(reading, report, asked, lang.value))


@app.command("line-chart")
def line(
    sources: Sources,
    output: Target,
    business: Annotated[
        str,
        typer.Option(
            "--business",
            metavar="ID",
            help="业务编号或名称 / the business, by id or name",
            show_default=False,
        ),
    ],
    version: Annotated[
        str | None,
        typer.Option("--version", metavar="V", help="线图的一个版本，缺省为现在登记的 / one version of it"),
    ] = None,
    template: TemplateFile = None,
    as_of: AsOf = None,
    lang: Lang = Language.ZH,
    bureau: BureauCode = None,
    base: Base = DEFAULT_BASE,
) -> None:
    """“线”图：一项业务的节点、风险点和前中后措施 / Line chart: nodes, risks, controls of a business."""
    job = Job(sources, output, template, as_of, bureau, base, lang)
    reading, report = job.read(Kind.LINE_CHART)
    found = find_thing(reading, "Business", business, lang)
    try:
        chart = line_chart(reading, found.iri, version, report.findings)
    except UnknownThingError as error:
        refuse(error.text, lang)
    job.write(line_document(chart, report, lang.value))


@app.command("double-key")
def double_key(
    sources: Sources,
    output: Target,
    department: Department = None,
    template: TemplateFile = None,
    as_of: AsOf = None,
    lang: Lang = Language.ZH,
    bureau: BureauCode = None,
    base: Base = DEFAULT_BASE,
) -> None:
    """“双关键”监督图：业务与关键岗位 / Double-key chart: businesses and key posts."""
    job = Job(sources, output, template, as_of, bureau, base, lang)
    reading, report = job.read(Kind.DOUBLE_KEY)
    found = job.department(reading, department)
    chart = double_key_chart(reading, report.findings, ChartFilter(None if found is None else found.id))
    job.write(double_key_document(chart, report, lang.value, scope_of(lang.value, department=found)))


@app.command("templates")
def templates(
    folder: Annotated[
        Path, typer.Option("-o", "--output", metavar="FOLDER", help="写到哪个文件夹 / where to write")
    ] = Path("templates"),
    lang: Lang = Language.ZH,
) -> None:
    """写出自带的 Word 模板，改后用 --template / Write the templates, to edit and use with --template."""
    targets = {kind: folder / f"{kind.value}.{lang.value}.docx" for kind in Kind}
    there = [path for path in targets.values() if path.exists()]
    if there:
        refuse(Text(f"“{there[0]}”已存在，未覆盖。", f"{there[0]} exists and was left alone."), lang)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind, path in targets.items():
            path.write_bytes(default_template(kind, lang.value))
    except OSError as error:
        refuse(not_written(folder, error), lang)
    said = Text(
        f"{len(targets)} 份模板已写入“{folder}”。改好后用 --template 指定。",
        f"{len(targets)} templates written to {folder}; edit them and name them with --template.",
    )
    typer.echo(said.in_language(lang))
