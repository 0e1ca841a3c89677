"""``dutygraph chart``: the charts as pictures, pages and graphs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from dutygraph.charts.difference import chart_difference
from dutygraph.charts.double_key import ChartFilter, double_key_chart
from dutygraph.charts.line import line_chart
from dutygraph.charts.neighbourhood import DEEPEST, WIDTH, neighbourhood
from dutygraph.charts.reading import Reading, UnknownThingError
from dutygraph.check import CheckError, check
from dutygraph.cli.console import progress, refuse, step, write_output
from dutygraph.cli.lookup import find_thing
from dutygraph.cli.opening import open_or_refuse
from dutygraph.cli.options import AsOf, Base, BureauCode, EngineName, Lang, Language, Output, Sources
from dutygraph.model import CheckReport, Text
from dutygraph.pictures import (
    Heading,
    Look,
    Picture,
    UnknownRuleError,
    double_key_picture,
    line_difference_picture,
    line_picture,
    responsibility_picture,
    rule_picture,
    to_gexf,
    to_graphml,
    to_html,
)
from dutygraph.store import DEFAULT_BASE

app = typer.Typer(
    help="把图表写成图片、网页或图数据 / charts as pictures, pages or graph data", no_args_is_help=True
)


class Form(StrEnum):
    """The forms of a chart, named as their files end."""

    SVG = "svg"
    HTML = "html"
    GRAPHML = "graphml"
    GEXF = "gexf"


class Theme(StrEnum):
    """The colours: light, dark, or as the reader's browser prefers."""

    LIGHT = "light"
    DARK = "dark"
    AUTO = "auto"


Format = Annotated[
    Form | None,
    typer.Option(
        "--format", help="输出格式，缺省按 -o 的文件名 / format (default: as -o is named)", show_default=False
    ),
]
Colours = Annotated[
    Theme, typer.Option("--theme", help="配色：浅、深、随浏览器 / colours: light, dark, as the browser's")
]
_WRITERS: Mapping[Form, Callable[[Picture], bytes]] = {
    Form.SVG: lambda picture: picture.svg.encode(),
    Form.HTML: to_html,
    Form.GRAPHML: to_graphml,
    Form.GEXF: to_gexf,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that every chart has."""

    sources: Sequence[Path]
    as_of: datetime | None
    bureau: str | None
    base: str
    lang: Language


@app.command("double-key")
def double_key(
    sources: Sources,
    output: Output = None,
    department: Annotated[
        str | None,
        typer.Option("--department", metavar="NAME", help="只列该部门主管的业务 / businesses it runs"),
    ] = None,
    star: Annotated[
        int | None,
        typer.Option("--star", min=0, max=3, help="只列该星级的业务，0为未评星 / of this star, 0: none"),
    ] = None,
    tier: Annotated[
        int | None,
        typer.Option("--tier", min=1, max=3, help="只列有该级监督员的业务 / supervised at this tier"),
    ] = None,
    all_posts: Annotated[
        bool, typer.Option("--all-posts", help="也列出非关键岗位 / other posts than key posts, too")
    ] = False,
    as_of: AsOf = None,
    theme: Colours = Theme.LIGHT,
    format_: Format = None,
    lang: Lang = Language.ZH,
    bureau: BureauCode = None,
    base: Base = DEFAULT_BASE,
) -> None:
    """“双关键”监督图：业务与关键岗位 / The double-key chart: businesses and key posts."""
    form = _form(format_, output, lang)
    reading, report = _read(Asked(sources, as_of, bureau, base, lang))
    wanted = department and find_thing(reading, "Department", department, lang).id
    chart = double_key_chart(reading, report.findings, ChartFilter(wanted, star, tier, all_posts=all_posts))
    look = Look(lang.value, theme.value)
    _write(
        double_key_picture(chart, report.findings, look=look, heading=_heading(report)),
        form,
        output,
        lang,
        sources,
    )


@app.command("line")
def line(
    sources: Sources,
    business: Annotated[
        str,
        typer.Option(
            "--business",
            metavar="ID",
            help="业务编号或名称 / the business, by id or name",
            show_default=False,
        ),
    ],
    output: Output = None,
    version: Annotated[
        str | None,
        typer.Option("--version", metavar="V", help="线图的一个版本，缺省为现在登记的 / one version of it"),
    ] = None,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--compare", metavar="V V", help="对照两个版本，旧的在前 / two versions, the older first"
        ),
    ] = None,
    as_of: AsOf = None,
    theme: Colours = Theme.LIGHT,
    format_: Format = None,
    lang: Lang = Language.ZH,
    bureau: BureauCode = None,
    base: Base = DEFAULT_BASE,
) -> None:
    """“线”图：一项业务的节点、风险点和措施 / The line chart: a business's nodes, risks and controls."""
    form = _form(format_, output, lang)
    reading, report = _read(Asked(sources, as_of, bureau, base, lang))
    iri = find_thing(reading, "Business", business, lang).iri
    look, heading, gaps = Look(lang.value, theme.value), _heading(report), report.findings
    try:
        if compare is not None:
            older, newer = (line_chart(reading, iri, name, gaps) for name in compare)
            difference = chart_difference(reading, iri, *compare)
            picture = line_difference_picture(older, newer, difference, gaps, look=look, heading=heading)
        else:
            picture = line_picture(line_chart(reading, iri, version, gaps), gaps, look=look, heading=heading)
    except UnknownThingError as error:
        refuse(error.text, lang)
    _write(picture, form, output, lang, sources)


@app.command("responsibility")
def responsibility(
    sources: Sources,
    thing: Annotated[
        str,
        typer.Option(
            "--of",
            metavar="ID",
            help="从谁看起：编号或名称 / where to start, by id or name",
            show_default=False,
        ),
    ],
    output: Output = None,
    depth: Annotated[int, typer.Option("--depth", min=1, max=DEEPEST, help="走几步 / how many steps")] = 1,
    width: Annotated[
        int,
        typer.Option(
            "--width", min=1, max=500, help="每个对象最多画出几个相邻对象 / neighbours drawn of each"
        ),
    ] = WIDTH,
    people: Annotated[
        bool, typer.Option("--people", help="写出人员编号，缺省只写岗位 / name persons; otherwise posts only")
    ] = False,
    as_of: AsOf = None,
    theme: Colours = Theme.LIGHT,
    format_: Format = None,
    lang: Lang = Language.ZH,
    bureau: BureauCode = None,
    base: Base = DEFAULT_BASE,
) -> None:
    """责任网：一个对象的周围和到一级监督员的责任链 / What stands around a thing, its chain up to tier 1."""
    form = _form(format_, output, lang)
    reading, report = _read(Asked(sources, as_of, bureau, base, lang))
    start = find_thing(reading, None, thing, lang)
    found = neighbourhood(reading, start.iri, report.findings, depth=depth, width=width)
    look = Look(lang.value, theme.value, people=people)
    picture = responsibility_picture(found, report.findings, look=look, heading=_heading(report))
    _write(picture, form, output, lang, sources)


@app.command("rule")
def rule(
    name: Annotated[str, typer.Argument(metavar="Rnn", help="规则编号，如 R01 / a rule", show_default=False)],
    output: Output = None,
    conforming: Annotated[
        bool, typer.Option("--conforming", help="画合规的例子，缺省画不合规的 / the example that conforms")
    ] = False,
    theme: Colours = Theme.LIGHT,
    format_: Format = None,
    lang: Lang = Language.ZH,
) -> None:
    """一条规则的例子，缺口已标出 / The example of a rule, its hole marked."""
    form = _form(format_, output, lang)
    try:
        picture = rule_picture(name, conforming=conforming, look=Look(lang.value, theme.value))
    except UnknownRuleError as error:
        refuse(error.text, lang)
    _write(picture, form, output, lang, ())


def _form(asked: Form | None, output: Path | None, lang: Language) -> Form:
    """Return the form that was asked for, or that the name of the file tells."""
    if asked is not None:
        return asked
    ending = output.suffix.lower().removeprefix(".") if output else Form.SVG.value
    found = next((form for form in Form if ending == form.value), None)
    return found or _refuse_form(output, lang)


def _refuse_form(output: Path | None, lang: Language) -> NoReturn:
    forms = "、".join(f".{form.value}" for form in Form)
    said = Text(
        f"不认识“{output}”的格式；文件名须以 {forms} 结尾，或用 --format 指明。",
        f"{output} names no known form: end it with {forms.replace('、', ', ')}, or say --format.",
    )
    refuse(said, lang)


def _read(asked: Asked) -> tuple[Reading, CheckReport]:
    """Return the bureau as charts read it, with its gaps; leave with exit code 2 where it cannot be read."""
    lang = asked.lang
    with progress() as bar:
        step(bar, "read", lang)
        source = open_or_refuse(
            asked.sources,
            base=asked.base,
            bureau=asked.bureau,
            partial=False,
            engine=EngineName.COMPILED,
            lang=lang,
        )
        judged = asked.as_of.date() if asked.as_of else None
        try:
            report = check(
                source.store, source.names, as_of=judged, progress=lambda name: step(bar, name, lang)
            )
        except CheckError as error:
            refuse(error.text, lang.value)
    return Reading.of(source.store, source.names), report


def _heading(report: CheckReport) -> Heading:
    return Heading(report.bureau_label, report.as_of)


def _write(
    picture: Picture, form: Form, output: Path | None, lang: Language, sources: Sequence[Path]
) -> None:
    write_output(_WRITERS[form](picture), output, lang.value, keep=sources)
