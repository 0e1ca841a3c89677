"""``dutygraph upgrade``: a store made by an older version into the layout of this one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dutygraph.cli.console import refuse
from dutygraph.cli.options import Lang, Language
from dutygraph.commits.upgrading import planned, upgrade
from dutygraph.store import StoreError


def run(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="图库文件夹 / store folder")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只说明会做什么 / only say what would be done")
    ] = False,
    lang: Lang = Language.ZH,
) -> None:
    """升级旧版本建立的图库；中途断电或被终止，再运行一次即可 / Upgrade a store made by an older version.

    先在旁边建好新布局再换入，旧数据在此之前不动。/ The old data stay untouched until the new are whole.
    """
    english = lang is Language.EN
    try:
        bureaus = planned(store) if dry_run else upgrade(store)
    except StoreError as error:
        refuse(error.text, lang.value)
    if bureaus is None:
        typer.echo(
            f"{store} is of this version's layout: nothing to do."
            if english
            else f"“{store}”已是本版本的布局，无需升级。"
        )
        return
    for one in bureaus:
        typer.echo(
            f"{one.code}: {one.statements} statements" if english else f"{one.code}：{one.statements}条陈述"
        )
    if dry_run:
        typer.echo("would be upgraded; nothing was changed" if english else "将升级；未作任何改动")
    else:
        typer.echo(f"upgraded ({store})" if english else f"已升级（{store}）")
