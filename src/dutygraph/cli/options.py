"""Options that several commands share, and what they mean."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Language(StrEnum):
    """Language of messages."""

    ZH = "zh"
    EN = "en"


class EngineName(StrEnum):
    """The SHACL engines."""

    COMPILED = "compiled"
    PYSHACL = "pyshacl"


Sources = Annotated[
    list[Path],
    typer.Argument(
        metavar="SOURCE…",
        help="台账工作簿、CSV 文件夹、RDF 文件或图库文件夹 / workbook, CSV folder, RDF files or store",
        show_default=False,
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="按哪一天判断，缺省为台账的数据日期 / the date to judge by (default: the ledger's own)",
    ),
]
Lang = Annotated[Language, typer.Option("--lang", envvar="DUTYGRAPH_LANG", help="语言 / language")]
Engine = Annotated[EngineName, typer.Option("--engine", help="校验引擎 / the SHACL engine")]
BureauCode = Annotated[
    str | None,
    typer.Option(
        "--bureau", metavar="CODE", help="局编号，缺省取自台账 / the bureau's code (default: the ledger's)"
    ),
]
Base = Annotated[
    str,
    typer.Option("--base", envvar="DUTYGRAPH_BASE", metavar="IRI", help="数据标识前缀 / base IRI of data"),
]
Partial = Annotated[
    bool,
    typer.Option(
        "--partial", help="只载入合格的行，其余写入退回表 / load the good rows, write the others out"
    ),
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="写入文件 / write to this file")
]
