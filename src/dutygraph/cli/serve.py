"""``dutygraph serve``: the service, on this machine only unless told otherwise."""

from __future__ import annotations

from typing import Annotated

import typer
import uvicorn

APPLICATION = "dutygraph.service:create_app"
LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8046


def run(
    host: Annotated[
        str, typer.Option("--host", help="监听地址，缺省仅限本机 / address, this machine only")
    ] = LOOPBACK,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="端口 / port")] = DEFAULT_PORT,
) -> None:
    """启动服务（目前提供规则与问题目录，不含任何单位的数据）/ Serve the catalogue; no bureau's data yet."""
    # named, not imported: no other command has to wait for the service's libraries
    uvicorn.run(APPLICATION, factory=True, host=host, port=port, log_level="warning", access_log=False)
