"""``dutygraph audit``: whether the chain of audit entries holds, and what stands in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from dutygraph.cli.console import refuse
from dutygraph.cli.options import Lang, Language
from dutygraph.commits import AuditEntry, Committer, UnknownBureauError
from dutygraph.commits.chain import instant
from dutygraph.model import Text
from dutygraph.store import StoreError, StoreFolder

BROKEN = 1


class Task(StrEnum):
    """What is asked of the audit log."""

    VERIFY = "verify"
    LOG = "log"


def run(
    task: Annotated[
        Task,
        typer.Argument(
            help="verify 核对审计链、改动文件和规则存档，log 列出条目 / verify the chain, or list the entries"
        ),
    ],
    store: Annotated[Path, typer.Argument(metavar="DIR", help="图库文件夹 / store folder")],
    data: Annotated[
        bool,
        typer.Option(
            "--data", help="连同各局的数据（verify），较慢 / each bureau's data too (verify); takes longer"
        ),
    ] = False,
    bureau: Annotated[
        str | None,
        typer.Option(
            "--bureau", metavar="CODE", help="只列这个局的（log）/ only this bureau's entries (log)"
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, metavar="N", help="只列最近N条（log）/ only the latest N (log)"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，每行一条 / JSON, a line each")] = False,
    lang: Lang = Language.ZH,
) -> None:
    """核对或列出审计日志 / Verify the audit log, or list it.

    退出码：0 完好，1 有条目或文件被改动、删除，2 图库不可用。/ Exit code: 0 whole, 1 altered, 2 unusable.
    """
    try:
        with StoreFolder.open(store) as folder:
            committer = Committer(folder, tidying=False)
            if task is Task.LOG:
                for line in _lines(committer, bureau, limit, as_json=as_json):
                    typer.echo(line)
                return
            holds = _verify(committer, lang, data=data, as_json=as_json)
    except StoreError as error:
        refuse(error.text, lang.value)
    except UnknownBureauError as error:
        refuse(error.text, lang.value)
    if not holds:
        raise typer.Exit(BROKEN)


def _verify(committer: Committer, lang: Language, *, data: bool, as_json: bool) -> bool:
    broken = committer.verify(data=data)
    entries = next((entry.sequence for entry in committer.entries()), 0)
    if as_json:
        for one in broken:
            told = {
                "sequence": one.sequence,
                "bureau": one.bureau,
                "commit": one.commit,
                "ruleset": one.ruleset,
            }
            text = {"zh": one.text.zh, "en": one.text.en}
            typer.echo(json.dumps({**told, "text": text}, ensure_ascii=False))
        return not broken
    for one in broken:
        typer.echo(one.text.in_language(lang.value))
    typer.echo(_summary(entries, len(broken), data=data).in_language(lang.value))
    return not broken


def _summary(entries: int, broken: int, *, data: bool) -> Text:
    """Return the last lines: how many entries, what was held to them, and what was not read."""
    outcome = Text(f"{broken}处不符", f"{broken} places broken") if broken else Text("全部完好", "all whole")
    read = Text("审计条目、改动文件、规则存档", "audit entries, files of changes, archives of rules")
    rest = Text(
        "推导结果和缺口登记（停止服务后由 dutygraph doctor 核对）",
        "what was derived and the register of gaps (dutygraph doctor does, while no service runs)",
    )
    stated = Text("各局的数据", "the data of the bureaus")
    if data:
        read = Text(f"{read.zh}、{stated.zh}", f"{read.en}, {stated.en}")
    else:
        rest = Text(f"{stated.zh}（加 --data 核对）、{rest.zh}", f"{stated.en} (--data does), {rest.en}")
    return Text(
        f"共{entries}条，{outcome.zh}\n已核对：{read.zh}\n未核对：{rest.zh}",
        f"{entries} entries: {outcome.en}\nVerified: {read.en}\nNot verified: {rest.en}",
    )


def _lines(committer: Committer, bureau: str | None, limit: int | None, *, as_json: bool) -> Iterator[str]:
    for entry in islice(committer.entries(bureau), limit):
        if as_json:
            yield json.dumps(as_data(entry), ensure_ascii=False)
        else:
            commit = "" if entry.commit is None else f"#{entry.commit}"
            parts = (
                str(entry.sequence),
                instant(entry.at),
                f"{entry.actor.account}({entry.actor.role})",
                entry.action.value,
                entry.bureau or "-",
                commit or "-",
                entry.target,
                entry.note,
            )
            # what stands in an entry is data: it never ends a line or a column, nor steers a terminal
            yield "\t".join("".join(c if c.isprintable() else " " for c in part) for part in parts)


def as_data(entry: AuditEntry) -> dict[str, object]:
    """Return an entry as data for programs."""
    return {
        "sequence": entry.sequence,
        "at": instant(entry.at),
        "account": entry.actor.account,
        "role": entry.actor.role,
        "person": entry.actor.person,
        "action": entry.action.value,
        "bureau": entry.bureau,
        "target": entry.target,
        "note": entry.note,
        "commit": entry.commit,
        "digest": entry.digest,
        "previous": entry.previous,
        "hash": entry.hash,
    }
