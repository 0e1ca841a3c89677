"""The ``dutygraph`` command: gathers the commands, each in a module of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from dutygraph import __version__
from dutygraph.cli import (
    account,
    ask,
    audit,
    backup,
    chart,
    check,
    coverage,
    demo,
    doctor,
    document,
    export,
    history,
    load,
    restore,
    rules,
    serve,
    template,
    upgrade,
    validate,
)

app = typer.Typer(
    name="dutygraph",
    help="责任图谱：查出谁没有被监督、为什么、该谁去办 / who is not supervised, why, and who must act",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dutygraph {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版本 / version")
    ] = False,
) -> None:
    """责任图谱 Dutygraph."""


COMMANDS: Mapping[str, Callable[..., None]] = {
    "check": check.run,
    "coverage": coverage.run,
    "rules": rules.run,
    "ask": ask.run,
    "load": load.run,
    "history": history.run,
    "audit": audit.run,
    "upgrade": upgrade.run,
    "backup": backup.run,
    "restore": restore.run,
    "doctor": doctor.run,
    "export": export.run,
    "template": template.run,
    "demo": demo.run,
    "serve": serve.run,
    "validate": validate.run,
}
for name, command in COMMANDS.items():
    app.command(name)(command)
app.add_typer(account.app, name="account")
app.add_typer(chart.app, name="chart")
app.add_typer(document.app, name="document")


def main() -> None:
    """Run the command line."""
    app()
