"""Whether the service lives, whether it can work, and its measures: open to whoever can reach it, no data."""

from __future__ import annotations

import shutil

from fastapi import APIRouter, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import Field

from dutygraph import __version__
from dutygraph.model import Text
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
    """The store is open and can be written to."""

    status: str = Field(examples=["ready"])
    bureaus: int = Field(examples=[1])
    audit_entries: int = Field(examples=[128])
    free_bytes: int = Field(examples=[21474836480])


@router.get("/health", summary="是否在运行 / Whether the service runs")
async def health() -> Health:
    """只说明服务在运行，不检查图库 / Says that the service runs; the store is not looked at."""
    return Health(status="ok", version=__version__)


@router.get("/ready", summary="是否可以工作 / Whether the service can work")
def ready(service: ServiceDep) -> Ready:
    """图库已打开、磁盘有余量 / The store is open and the disk has room. 503 otherwise, saying why."""
    bureaus = len(service.committer.bureaus())
    latest = next(iter(service.committer.entries()), None)
    free = _free_bytes(service)
    if free < LEAST_FREE_BYTES:
        said = Text(
            f"图库所在磁盘只剩{free}字节，无法继续提交。请腾出空间。",
            f"Only {free} bytes are free on the store's disk: nothing can be committed. Make room.",
        )
        raise ProblemError(503, "unavailable", detail=said)
    return Ready(
        status="ready",
        bureaus=bureaus,
        audit_entries=0 if latest is None else latest.sequence,
        free_bytes=free,
    )


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
