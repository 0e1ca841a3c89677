"""``dutygraph restore``: a backup into an empty folder, verified first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dutygraph.cli.console import refuse
from dutygraph.cli.options import Lang, Language
from dutygraph.model import Text
from dutygraph.store import StoreError
from dutygraph.upkeep import Manifest, restore
from dutygraph.upkeep.restoring import verify_archive

BROKEN = 1


def run(
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件 / the backup")],
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="DIR",
            help="空的或尚不存在的图库文件夹 / a store folder, empty or not there yet",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只核对备份，不写入 / verify the backup, write nothing")
    ] = False,
    lang: Lang = Language.ZH,
) -> None:
    """由备份恢复图库，从不覆盖 / Restore a store from a backup; nothing is ever replaced.

    退出码：0 已恢复，1 已恢复但审计链有断处，2 未恢复。/ Exit code: 0 restored, 1 its audit chain is
    broken, 2 not restored.
    """
    if to is None and not dry_run:
        refuse(Text("请用 --to 指定文件夹。", "Name the folder with --to."), lang.value)
    try:
        if dry_run or to is None:
            manifest = verify_archive(archive)
            typer.echo(_said(manifest, Text("备份完好", "The backup is whole"), lang))
            return
        done = restore(archive, to)
    except StoreError as error:
        refuse(error.text, lang.value)
    typer.echo(_said(done.manifest, Text(f"已恢复到“{to}”", f"Restored to {to}"), lang))
    if not done.manifest.with_secret:
        said = Text(
            "备份不含令牌密钥：启动服务时会重新生成，所有人须重新登录，程序令牌须重新发放。",
            "The backup has no key of tokens: one is made when the service starts, all must sign in again, "
            "programs need new tokens.",
        )
        typer.echo(said.in_language(lang.value))
    for broken in done.broken:
        typer.echo(broken.text.in_language(lang.value), err=True)
    if done.broken:
        raise typer.Exit(BROKEN)


def _said(made: Manifest, start: Text, lang: Language) -> str:
    bureaus = sorted(made.bureaus.items())
    zh = "、".join(f"局“{code}”到第{number}次提交" for code, number in bureaus) or "没有任何局"
    en = ", ".join(f"{code} up to commit {number}" for code, number in bureaus) or "no bureau"
    return Text(
        f"{start.zh}：{_minute(made.made_at)}所备，{zh}，审计条目{made.sequence}条，{len(made.files)}个文件，"
        f"{made.size}字节。",
        f"{start.en}: made {_minute(made.made_at)}, {en}, {made.sequence} audit entries, "
        f"{len(made.files)} files, {made.size} bytes.",
    ).in_language(lang.value)


def _minute(made_at: str) -> str:
    """Return a time of the manifest to the minute."""
    return f"{made_at[:16].replace('T', ' ')} UTC"
