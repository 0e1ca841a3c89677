"""Whether the service lives, whether it can work, and its measures: open to whoever can reach it, no data."""

from __future__ import annotations

import shutil

from fastapi import APIRouter, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import Field

from dutygraph import __version__
from dutygraph.service.models import ApiModel
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import Service, ServiceDep

router = APIRouter(tags=["operations"])
LEAST_FREE_BYTES = 64 * 1024 * 1024


class Health(ApiModel):
    """The service answers; which version does."""

    status: str = Field(examples=["ok"])
    version: str = Field(examples=["0.1.0"])


class Ready(ApiModel):
    """The store is open, can be read, and can be written to. No count: whoever asks has not signed in."""

    status: str = Field(examples=["ready"])


@router.get("/health", summary="是否在运行 / Whether the service runs")
async def health() -> Health:
    """只说明服务在运行，不检查图库 / Says that the service runs; the store is not looked at."""
    return Health(status="ok", version=__version__)


@router.get("/ready", summary="是否可以工作 / Whether the service can work")
def ready(service: ServiceDep) -> Ready:
    """图库可读可写、磁盘有余量；否则 503 说明原因 / The store works, the disk has room; 503 says why not."""
    _probe(service)
    trouble = service.folder.store.trouble
    if trouble.damaged is not None:
        raise ProblemError(503, "store-damaged")
    if trouble.unwritten is not None:
        raise ProblemError(503, "store-not-written")
    if _free_bytes(service) < LEAST_FREE_BYTES:
        raise ProblemError(503, "no-room")
    return Ready(status="ready")


def _probe(service: Service) -> None:
    """Read a little of the store: the latest audit entry, and what stands first of each bureau.

    Raises:
        StoreError: it cannot be read.

    """
    next(service.committer.entries(), None)
    for names in service.committer.bureaus():
        next(service.folder.store.quads(names.whole()), None)


def _free_bytes(service: Service) -> int:
    return shutil.disk_usage(service.folder.path).free


@router.get(
    "/metrics",
    summary="Prometheus 指标 / Measures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(service: ServiceDep) -> Response:
    """只有技术指标：按接口与状态码的请求数和耗时、提交数、进程资源 / Technical figures alone."""
    return Response(service.measures.exposition(), media_type=CONTENT_TYPE_PLAIN_0_0_4)
