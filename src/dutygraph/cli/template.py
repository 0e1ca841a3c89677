"""``dutygraph template``: the empty forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dutygraph.cli.console import not_written, refuse
from dutygraph.cli.options import Lang, Language
from dutygraph.loaders import write_template
from dutygraph.model import Text


def run(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="写到哪里 / where to write")
    ] = Path("forms.xlsx"),
    names: Annotated[
        bool, typer.Option("--names", help="只要另册保管的姓名对照表 / only the form for people's names")
    ] = False,
    lang: Lang = Language.ZH,
) -> None:
    """写出空白表格：表头、填写说明、下拉选项、示例行 / Write the empty forms."""
    if output.exists():
        refuse(Text(f"“{output}”已存在，未覆盖。", f"{output} exists and was left alone."), lang)
    try:
        write_template(output, apart=names)
    except OSError as error:
        refuse(not_written(output, error), lang)
    said = (
        f"Empty forms written to {output}; fill them in, then: dutygraph check {output}"
        if lang is Language.EN
        else f"空白表格已写入“{output}”。填好后运行：dutygraph check {output}"
    )
    typer.echo(said)
