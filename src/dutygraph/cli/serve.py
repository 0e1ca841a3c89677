"""``dutygraph serve``: the service over a store, on this machine only unless told otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from uvicorn.importer import import_from_string

from dutygraph.cli.console import errors, refuse
from dutygraph.cli.options import Lang, Language
from dutygraph.model import Text
from dutygraph.store import StoreError

# named, not imported: no other command has to wait for the service's libraries
SERVE = "dutygraph.service.serving:serve"
SETTINGS_ERROR = "dutygraph.service.settings:SettingsError"


def run(
    store: Annotated[
        Path | None,
        typer.Option("--store", metavar="DIR", help="图库文件夹 / the store folder", show_default=False),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(
            "--host", help="监听地址，缺省127.0.0.1 / address, default 127.0.0.1", show_default=False
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", min=1, max=65535, help="端口，缺省8046 / port, default 8046", show_default=False
        ),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option("--settings", metavar="FILE", help="设置文件（TOML）/ settings file (TOML)"),
    ] = None,
    public: Annotated[
        bool,
        typer.Option("--public", help="允许监听本机以外的地址 / allow an address that others can reach"),
    ] = False,
    lang: Lang = Language.ZH,
) -> None:
    """启动服务：接口、导入、SPARQL / Run the service: API, imports, SPARQL."""

    def tell(said: Text) -> None:
        errors().print(said.in_language(lang.value), markup=False)

    try:
        import_from_string(SERVE)(
            settings, tell, store=store, host=host, port=port, public=True if public else None
        )
    except (StoreError, import_from_string(SETTINGS_ERROR)) as error:
        refuse(error.text, lang.value)
