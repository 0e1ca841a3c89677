"""The FastAPI application: the endpoints, and what stands around them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress

from fastapi import Depends, FastAPI

from dutygraph import __version__
from dutygraph.service import documentation, health
from dutygraph.service.endpoints import ROUTERS, ROUTERS_BESIDE
from dutygraph.service.failures import add_handlers
from dutygraph.service.hardening import Limits, SafeHeaders
from dutygraph.service.logs import log
from dutygraph.service.models import API
from dutygraph.service.openapi import PROBLEM_RESPONSES, TAGS, describe, operation_id
from dutygraph.service.parameters import only_known_parameters
from dutygraph.service.parts import PARTS
from dutygraph.service.requests_seen import RequestsSeen
from dutygraph.service.running import PartOpener, Service, open_service
from dutygraph.service.settings import Settings
from dutygraph.store import StoreError

_WRITE_USES_EVERY = 60.0
Beside = AbstractAsyncContextManager[None]
"""What runs while the service does."""


def create_app(
    settings: Settings,
    service: Service | None = None,
    *,
    parts: Sequence[PartOpener] = PARTS,
    console: Callable[[FastAPI], Beside] | None = None,
) -> FastAPI:
    """Return the application. It opens the store when it starts and closes it when it stops.

    Where *service* is given it is open already, and stays open. *console* adds the pages for people: it is
    named by who serves, so that whoever wants the API alone need not load them.
    """
    beside: list[Beside] = []
    app = FastAPI(
        title="责任图谱 Dutygraph",
        version=__version__,
        summary="监督覆盖、缺口与图谱查询 / Coverage and gaps of supervision, and SPARQL over its graph",
        openapi_url="/openapi.json",
        openapi_tags=TAGS,
        docs_url=None,  # the pages that FastAPI ships load scripts from outside hosts
        redoc_url=None,
        responses=PROBLEM_RESPONSES,
        root_path=settings.root_path,
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
        lifespan=lambda running: _running(running, settings, (service, parts), beside),
    )
    app.state.settings = settings
    add_handlers(app)
    app.include_router(health.router)
    app.include_router(documentation.router)
    for router in ROUTERS_BESIDE:
        app.include_router(router)
    for router in ROUTERS:
        app.include_router(router, prefix=API, dependencies=[Depends(only_known_parameters)])
    describe(app)
    if console is not None:
        beside.append(console(app))
    app.add_middleware(Limits, settings=settings)
    app.add_middleware(RequestsSeen)
    app.add_middleware(SafeHeaders, settings=settings)  # the outermost, added last
    return app


@asynccontextmanager
async def _running(
    app: FastAPI,
    settings: Settings,
    opened: tuple[Service | None, Sequence[PartOpener]],
    beside: Sequence[Beside],
) -> AsyncIterator[None]:
    service, parts = opened
    async with AsyncExitStack() as stack:
        app.state.service = service or stack.enter_context(open_service(settings, parts))
        for each in beside:
            await stack.enter_async_context(each)
        writing = asyncio.create_task(_write_last_uses(app.state.service))
        try:
            yield
        finally:
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing


async def _write_last_uses(service: Service) -> None:
    while True:
        await asyncio.sleep(_WRITE_USES_EVERY)
        try:
            await asyncio.to_thread(service.accounts.tokens.write_last_uses)
        except StoreError as error:  # the disk is full, say: they are kept, and written the next time
            log("tokens.waiting", level=logging.ERROR, error=error)
