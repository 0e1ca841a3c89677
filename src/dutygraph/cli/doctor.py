"""``dutygraph doctor``: what is wrong with a store, and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from uvicorn.importer import import_from_string

from dutygraph.cli.options import Lang, Language
from dutygraph.commits import utcnow
from dutygraph.model import Text
from dutygraph.upkeep.examining import examine, is_running
from dutygraph.upkeep.symptoms import Symptom

# named, not imported: no other command has to wait for the service's libraries
ACCOUNTS = "dutygraph.service.accounts.examining:account_symptoms"
SOMETHING, UNUSABLE = 1, 2


def run(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="图库文件夹 / store folder")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / JSON")] = False,
    lang: Lang = Language.ZH,
) -> None:
    """诊断图库：哪里不对、怎么办；什么都不改 / Say what is wrong with a store and what to do.

    服务运行时只查磁盘、权限、时钟和管理员；全面检查须先停止服务。/ Beside a running service only disk,
    permissions, clock and administrator are looked at. 退出码 / exit code: 0 正常 well, 1 有问题 something
    is wrong, 2 不可用 unusable.
    """
    running = store.is_dir() and is_running(store)
    found = list(examine(store, utcnow(), import_from_string(ACCOUNTS)))
    if as_json:
        typer.echo(
            json.dumps(
                {"store": str(store), "running": running, "symptoms": [_data(each) for each in found]},
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        _tell(found, lang, running=running)
    if found:
        raise typer.Exit(UNUSABLE if any(each.grave for each in found) else SOMETHING)


def _data(one: Symptom) -> dict[str, object]:
    return {
        "key": one.key,
        "grave": one.grave,
        "text": {"zh": one.text.zh, "en": one.text.en},
        "cure": {"zh": one.cure.zh, "en": one.cure.en},
    }


def _tell(found: list[Symptom], lang: Language, *, running: bool) -> None:
    if running:
        said = Text(
            "服务正在运行：只检查磁盘、权限、时钟和管理员；要全面检查，请先停止服务，或检查一份恢复出来的备份。",
            "A service runs: disk, permissions, clock and administrator alone are examined. To examine all, "
            "stop it, or examine a backup that was restored.",
        )
        typer.echo(said.in_language(lang.value))
    for one in found:
        typer.echo(f"✗ {one.text.in_language(lang.value)}")
        typer.echo(f"  → {one.cure.in_language(lang.value)}")
    if not found:
        typer.echo(Text("✓ 没有发现问题。", "✓ Nothing is wrong.").in_language(lang.value))
