"""``dutygraph account``: accounts of a store that no service has open; passwords never stand in a command."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from uvicorn.importer import import_from_string

from dutygraph.cli.console import errors, refuse
from dutygraph.cli.options import Lang, Language
from dutygraph.commits import COMMAND_LINE
from dutygraph.model import Text
from dutygraph.service.access.roles import Role
from dutygraph.service.words import grant_called

# named, not imported: no other command has to wait for the service's libraries
ADMINISTERING = "dutygraph.service.administering:administering"
ERROR = "dutygraph.service.administering:AdministrationError"
GRANT = "dutygraph.service.accounts:Grant"

app = typer.Typer(
    help="账号：建立、授权、停用、重设密码（须先停止服务）/ Accounts, while no service runs",
    no_args_is_help=True,
)

Store = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="DIR",
        envvar="DUTYGRAPH_STORE",
        help="图库文件夹 / the store folder",
        show_default=False,
    ),
]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="设置文件（TOML）/ settings file (TOML)")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="账号名 / the account", show_default=False)]
Bureau = Annotated[str | None, typer.Option("--bureau", metavar="CODE", help="局编号 / the bureau")]
Person = Annotated[
    str | None, typer.Option("--person", metavar="ID", help="人员编号，如P003 / the person, such as P003")
]
Department = Annotated[
    str | None, typer.Option("--department", metavar="ID", help="职能部门 / the functional department")
]
GivenRole = Annotated[Role, typer.Option("--role", help="角色 / the role", show_default=False)]


@app.command()
def create(
    name: Name,
    store: Store = None,
    role: Annotated[Role | None, typer.Option("--role", help="角色 / the role", show_default=False)] = None,
    bureau: Bureau = None,
    person: Person = None,
    department: Department = None,
    settings: SettingsFile = None,
    lang: Lang = Language.ZH,
) -> None:
    """新建账号；密码输入两次，或由标准输入给出 / Make an account; the password is asked for or read."""
    if role is None and (bureau or person or department):
        said = Text("请用 --role 写明角色。", "Name the role with --role.")
        refuse(said, lang.value)
    with _administered(store, settings, lang, create=True) as held:
        wanted = None if role is None else _grant(role, bureau, person, department)
        notices = () if wanted is None else held.check(wanted)
        held.accounts.create(name, _password(lang), COMMAND_LINE, role=wanted)
        _tell(Text(f"账号“{name}”已建立。", f"The account “{name}” was made."), lang)
        _notify(notices, lang)


@app.command("list")
def list_all(store: Store = None, settings: SettingsFile = None, lang: Lang = Language.ZH) -> None:
    """列出账号及其身份 / List the accounts and their roles."""
    table = Table()
    for heading in (
        Text("账号", "Account"),
        Text("状态", "State"),
        Text("授权编号", "Grant"),
        Text("身份", "Role"),
    ):
        table.add_column(heading.in_language(lang.value), overflow="fold")
    with _administered(store, settings, lang) as held:
        for account in held.accounts.all():
            state = Text("已停用", "disabled") if account.disabled else Text("可用", "enabled")
            grants = [(grant.id, _said(grant).in_language(lang.value)) for grant in account.grants] or [
                ("", "")
            ]
            for number, (grant, said) in enumerate(grants):
                first = (account.name, state.in_language(lang.value)) if number == 0 else ("", "")
                table.add_row(*first, grant, said)
    Console(highlight=False).print(table)


@app.command()
def grant(
    name: Name,
    role: GivenRole,
    store: Store = None,
    bureau: Bureau = None,
    person: Person = None,
    department: Department = None,
    settings: SettingsFile = None,
    lang: Lang = Language.ZH,
) -> None:
    """授予身份 / Grant a role."""
    with _administered(store, settings, lang) as held:
        wanted = _grant(role, bureau, person, department)
        notices = held.check(wanted)
        made = held.accounts.grant(name, wanted, COMMAND_LINE)
        said = _said(made)
        _tell(Text(f"已授予“{name}”：{said.zh}。", f"Granted to “{name}”: {said.en}."), lang)
        _notify(notices, lang)


@app.command()
def revoke(
    name: Name,
    grant_id: Annotated[
        str, typer.Argument(metavar="GRANT", help="授权编号 / the grant", show_default=False)
    ],
    store: Store = None,
    settings: SettingsFile = None,
    lang: Lang = Language.ZH,
) -> None:
    """撤销身份，以其进行的登录随即作废 / Revoke a role and end the sessions that act in it."""
    with _administered(store, settings, lang) as held:
        gone = held.accounts.revoke_grant(name, grant_id, COMMAND_LINE)
        said = _said(gone)
        _tell(Text(f"已撤销“{name}”：{said.zh}。", f"Revoked from “{name}”: {said.en}."), lang)


@app.command()
def disable(
    name: Name,
    store: Store = None,
    enable: Annotated[bool, typer.Option("--undo", help="重新启用 / enable it again")] = False,
    settings: SettingsFile = None,
    lang: Lang = Language.ZH,
) -> None:
    """停用账号，其登录和令牌随即作废 / Disable an account and end its sessions and tokens."""
    with _administered(store, settings, lang) as held:
        held.accounts.disable(name, COMMAND_LINE, disabled=not enable)
        done = Text(f"账号“{name}”已停用。", f"The account “{name}” is disabled.")
        undone = Text(f"账号“{name}”已启用。", f"The account “{name}” is enabled.")
        _tell(undone if enable else done, lang)


@app.command()
def password(
    name: Name, store: Store = None, settings: SettingsFile = None, lang: Lang = Language.ZH
) -> None:
    """重设密码，其登录和令牌随即作废 / Set a password anew; sessions and tokens end."""
    with _administered(store, settings, lang) as held:
        held.accounts.account(name)
        held.accounts.set_password(name, _password(lang), COMMAND_LINE)
        _tell(Text(f"账号“{name}”的密码已重设。", f"The password of “{name}” was set."), lang)


@contextmanager
def _administered(
    store: Path | None, settings: Path | None, lang: Language, *, create: bool = False
) -> Iterator[Any]:
    try:
        with import_from_string(ADMINISTERING)(store, settings, create=create) as held:
            yield held
    except import_from_string(ERROR) as error:
        refuse(error.text, lang.value)


def _password(lang: Language) -> str:
    """Return a password typed twice, unseen; or, where nobody types, the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    asked = Text("密码", "Password").in_language(lang.value)
    again = Text("再输入一次", "Again").in_language(lang.value)
    while True:
        first = typer.prompt(asked, hide_input=True)
        if typer.prompt(again, hide_input=True) == first:
            return str(first)
        _tell(Text("两次输入不同，请重新输入。", "They differ; type it again."), lang)


def _grant(role: Role, bureau: str | None, person: str | None, department: str | None) -> Any:
    return import_from_string(GRANT)("", role, bureau, person, department)


def _said(grant: Any) -> Text:
    return grant_called(grant.role.value, grant.bureau, grant.person, grant.department)


def _notify(notices: Iterable[Text], lang: Language) -> None:
    for said in notices:
        errors().print(said.in_language(lang.value), style="yellow", markup=False)


def _tell(said: Text, lang: Language) -> None:
    typer.echo(said.in_language(lang.value))
