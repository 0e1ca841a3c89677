"""``dutygraph history``: the commits of a bureau, latest first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dutygraph.cli.console import refuse
from dutygraph.cli.options import BureauCode, Lang, Language
from dutygraph.commits import Committer, PastCommit
from dutygraph.commits.chain import instant
from dutygraph.model import Text
from dutygraph.report.wrapping import add_row, table
from dutygraph.service.words import words
from dutygraph.sources import BureauChoiceError, choose_bureau
from dutygraph.store import StoreError, StoreFolder

_HEADINGS = {
    Language.ZH: ("提交", "时间", "判断日期", "操作人", "操作", "对象", "规则集"),
    Language.EN: ("Commit", "Time", "As of", "By", "Action", "Target", "Ruleset"),
}
_SHOWN_OF_DIGEST = 8


def run(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="图库文件夹 / store folder")],
    bureau: BureauCode = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="输出 JSON，每行一次提交 / JSON, a commit a line")
    ] = False,
    lang: Lang = Language.ZH,
) -> None:
    """列出一个局的历次提交 / List the commits of a bureau.

    用 dutygraph check DIR --as-of-commit N 检查当时的数据。/ Check the data of then with --as-of-commit.
    """
    try:
        with StoreFolder.open(store) as folder:
            committer = Committer(folder, tidying=False)
            code = choose_bureau(folder.store, bureau).code
            commits = committer.commits(code)
    except (StoreError, BureauChoiceError) as error:
        refuse(error.text, lang.value)
    if as_json:
        for one in commits:
            typer.echo(json.dumps(_as_data(one), ensure_ascii=False))
        return
    shown = table(_HEADINGS[lang], title=code, numbers=(0,))
    for one in commits:
        entry = one.entry
        add_row(
            shown,
            (
                str(one.seen.commit),
                one.seen.at.strftime("%Y-%m-%d %H:%M:%S"),
                one.seen.as_of.isoformat(),
                "" if entry is None else f"{entry.actor.account} {_called('role', entry.actor.role, lang)}",
                "" if entry is None else _called("action", entry.action.value, lang),
                "" if entry is None else entry.target,
                one.ruleset[:_SHOWN_OF_DIGEST],
            ),
        )
    Console().print(shown)


def _called(group: str, code: str, lang: Language) -> str:
    return words(group).get(code, Text(code, code)).in_language(lang.value)


def _as_data(one: PastCommit) -> dict[str, object]:
    entry = one.entry
    return {
        "commit": one.seen.commit,
        "at": instant(one.seen.at),
        "asOf": one.seen.as_of.isoformat(),
        "ruleset": one.ruleset,
        "account": None if entry is None else entry.actor.account,
        "role": None if entry is None else entry.actor.role,
        "action": None if entry is None else entry.action.value,
        "target": None if entry is None else entry.target,
        "sequence": None if entry is None else entry.sequence,
        "digest": None if entry is None else entry.digest,
    }
