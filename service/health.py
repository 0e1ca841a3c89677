"""Whether the service runs."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from dutygraph import __version__

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The service answers; which version does."""

    status: str
    version: str


@router.get("/health")
def health() -> Health:
    """Say that the service runs."""
    return Health(status="ok", version=__version__)
