"""Running the service until it is told to stop."""

from __future__ import annotations

import os
import resource
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from dutygraph.model import Text
from dutygraph.service.app import Beside, create_app
from dutygraph.service.connections import patient
from dutygraph.service.console.mounting import add_console
from dutygraph.service.logs import log, log_what_nobody_catches, set_up_logs
from dutygraph.service.parts import PARTS
from dutygraph.service.running import Service, open_service
from dutygraph.service.settings import Settings, SettingsError, load_settings
from dutygraph.service.warming import warmed

_MOST_WAITING = 2048
_LARGEST_HEADERS = 32 * 1024
_MOST_FILES = 65_536


def serve(
    file: Path | None,
    tell: Callable[[Text], None],
    *,
    store: Path | None = None,
    host: str | None = None,
    port: int | None = None,
    public: bool | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished, then the store is closed.

    *tell* is given what to show once the service is about to listen.

    Raises:
        SettingsError: a setting is wrong, or the address cannot or must not be listened on.
        StoreError: the store folder cannot be used.

    """
    settings = load_settings(file, store=store, host=host, port=port, public=public)
    refuse_open_address(settings)
    set_up_logs(settings)
    log_what_nobody_catches()
    os.umask(0o077)  # what the service writes is for its own user, whatever started it
    _allow_connections()
    with _listening(settings) as listener, open_service(settings, PARTS) as service:
        refuse_without_administrator(service)
        server = uvicorn.Server(configuration(settings, service, add_console))
        # uvicorn stops at these signals and then raises them again: the store is to be closed first
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        tell(_where(settings))
        log("service.started")
        with warmed(service):
            server.run(sockets=[listener])
        log("service.stopping")
    log("service.stopped")


def configuration(
    settings: Settings, service: Service, console: Callable[[FastAPI], Beside] | None = None
) -> uvicorn.Config:
    """Return how uvicorn is to serve; *console* adds the pages for people to the API."""
    return uvicorn.Config(
        create_app(settings, service, console=console),
        http=patient(settings.header_seconds, settings.body_seconds),
        ws="websockets-sansio",
        ws_max_size=settings.body_limit,
        log_config=None,
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=_LARGEST_HEADERS,
        root_path=settings.root_path,
        proxy_headers=bool(settings.forwarded_allow_ips),
        forwarded_allow_ips=settings.forwarded_allow_ips or None,
        timeout_graceful_shutdown=settings.stop_seconds,
    )


def _allow_connections() -> None:
    """Take as many open files as the machine gives: each caller needs one, slow ones keep theirs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def refuse_open_address(settings: Settings) -> None:
    """Refuse to listen where other machines can reach, unless that is asked for.

    Raises:
        SettingsError: says why, and how to ask for it.

    """
    if settings.is_loopback or settings.public:
        return
    host = settings.host
    raise SettingsError(
        Text(
            f"地址{host}会让其他机器访问到本服务，而密码和令牌在HTTP上是明文传输的。请在前面放置TLS代理，"
            "再加上 --public（或设置 public = true），并在 allowed_hosts 中写明对外的主机名。",
            f"The address {host} lets other machines reach the service, and over HTTP passwords and tokens "
            "travel in the clear. Put a TLS proxy before it, then add --public (or set public = true), and "
            "name the public host in allowed_hosts.",
        )
    )


def refuse_without_administrator(service: Service) -> None:
    """Refuse to serve where nobody can make accounts.

    Raises:
        SettingsError: names the command that makes an administrator.

    """
    if service.accounts.has_administrator():
        return
    command = f"dutygraph account create NAME --role administrator --store {service.settings.store}"
    raise SettingsError(
        Text(
            f"还没有可用的管理员账号，服务不启动。请先建立：{command}",
            f"There is no administrator who can sign in; the service does not start. Make one: {command}",
        )
    )


def _listening(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    address = (settings.host.strip("[]"), settings.port)
    try:
        return socket.create_server(address, family=family, backlog=_MOST_WAITING)
    except OSError as error:
        said = f"{settings.host}:{settings.port}"
        raise SettingsError(
            Text(
                f"无法监听{said}：{error.strerror}。端口可能已被占用，请换一个（--port）或停止占用它的程序。",
                f"Cannot listen on {said}: {error.strerror}. The port may be taken: choose another (--port) "
                "or stop the program that has it.",
            )
        ) from error


def _where(settings: Settings) -> Text:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}{settings.root_path}"
    return Text(
        f"服务已启动：{address}（接口说明 {address}/docs）", f"Serving at {address} (API: {address}/docs)"
    )
