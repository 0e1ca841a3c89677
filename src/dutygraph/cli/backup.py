"""``dutygraph backup``: a store, as of one moment, in one file, while the service runs or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from dutygraph.cli.console import refuse
from dutygraph.cli.options import Lang, Language
from dutygraph.commits import Committer
from dutygraph.model import Text
from dutygraph.store import StoreError, StoreFolder
from dutygraph.upkeep import Stage, staged, write_archive
from dutygraph.upkeep.archives import place_for, remove_older
from dutygraph.upkeep.errors import BackupError
from dutygraph.upkeep.reaching import NotRunningError, staged_by_service
from dutygraph.upkeep.staging import SECRET


def run(
    store: Annotated[Path, typer.Argument(metavar="DIR", help="图库文件夹 / store folder")],
    to: Annotated[
        Path,
        typer.Option(
            "--to",
            metavar="FILE.tar.gz|FOLDER",
            envvar="DUTYGRAPH_BACKUP_FOLDER",
            help="备份文件，或存放备份的文件夹（按时间命名）/ the file, or a folder for files named by time",
            show_default=False,
        ),
    ],
    keep: Annotated[
        int | None,
        typer.Option(
            "--keep",
            min=1,
            metavar="N",
            help="文件夹中只留最新N份 / keep the newest N in the folder",
            show_default=False,
        ),
    ] = None,
    with_secret: Annotated[
        bool,
        typer.Option("--with-secret", help="连同令牌签名密钥一起备份 / include the key that signs tokens"),
    ] = False,
    lang: Lang = Language.ZH,
) -> None:
    """备份图库，不必停止服务 / Back up a store; the service may run meanwhile.

    含全部数据、姓名和账号，只有本人可读，请妥善保管。/ It holds all data, names and accounts: guard it.
    """
    try:
        with _staged(store, secret=with_secret) as stage:
            target = place_for(to, stage.manifest.made_at)
            write_archive(stage.path, stage.manifest, target)
        gone = remove_older(target.parent, keep) if keep is not None and target != to else []
    except StoreError as error:
        refuse(error.text, lang.value)
    except OSError as error:
        said = Text(f"备份时出错：{error}", f"The backup went wrong: {error}")
        refuse(said, lang.value)
    made = stage.manifest
    said = Text(
        f"已备份到“{target}”：{len(made.bureaus)}个局，审计条目{made.sequence}条，"
        f"{target.stat().st_size}字节。",
        f"Backed up to {target}: {len(made.bureaus)} bureau{'s' * (len(made.bureaus) != 1)}, "
        f"{made.sequence} audit entries, {target.stat().st_size} bytes.",
    )
    typer.echo(said.in_language(lang.value))
    for old in gone:
        typer.echo(Text(f"已删除旧备份“{old}”。", f"Removed the older {old}.").in_language(lang.value))


@contextmanager
def _staged(store: Path, *, secret: bool) -> Iterator[Stage]:
    """Lay out a backup, by the service that runs, or here where none does."""
    with ExitStack() as stack:
        try:
            stage = stack.enter_context(staged_by_service(store, secret=secret))
        except NotRunningError:
            folder = stack.enter_context(StoreFolder.open(store))
            key = store / SECRET if secret else None
            if key is not None and not key.is_file():
                raise _no_key(key) from None
            stage = stack.enter_context(staged(Committer(folder), secret=key))
        yield stage


def _no_key(key: Path) -> BackupError:
    return BackupError(
        Text(
            f"没有密钥文件“{key}”；如设置了 secret_file，请另行复制该文件。",
            f"There is no key file {key}; where secret_file is set, copy that file by yourself.",
        )
    )
