"""The FastAPI application."""

from __future__ import annotations

from fastapi import FastAPI

from dutygraph import __version__
from dutygraph.service import catalogue, health


def create_app() -> FastAPI:
    """Return the application. It holds no bureau's data and asks nobody's name."""
    app = FastAPI(
        title="责任图谱 Dutygraph",
        version=__version__,
        summary="规则与问题目录 / The catalogue of rules and questions",
        docs_url=None,  # the pages that FastAPI ships load scripts from outside hosts
        redoc_url=None,
    )
    app.include_router(health.router)
    app.include_router(catalogue.router, prefix="/api/v1")
    return app
