"""``dutygraph upgrade``: a store made by an older version into the layout of this one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dutygraph.cli.console import refuse
from dutygraph.cli.options import Lang, Language
from dutygraph.commits.upgrading import planned, upgrade
from dutygraph.model import Text
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
    try:
        bureaus = planned(store) if dry_run else upgrade(store)
    except StoreError as error:
        refuse(error.text, lang.value)
    if bureaus is None:
        _tell(Text(f"“{store}”无需升级。", f"{store} is of this version's layout: nothing to do."), lang)
        return
    for one in bureaus:
        _tell(Text(f"{one.code}：{one.statements}条数据", f"{one.code}: {one.statements} statements"), lang)
    if dry_run:
        _tell(
            Text("以上各局将升级；现在未作任何改动。", "These would be upgraded; nothing was changed."), lang
        )
    else:
        _tell(Text(f"“{store}”已升级。", f"{store} was upgraded."), lang)


def _tell(said: Text, lang: Language) -> None:
    typer.echo(said.in_language(lang.value))
