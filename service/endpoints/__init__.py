"""The endpoints of the API, one module a topic."""

from __future__ import annotations

from fastapi import APIRouter

from dutygraph.service.endpoints import accounts, catalogue, me, moves, records, sessions, tokens
from dutygraph.service.sparql import endpoint as sparql

ROUTERS: tuple[APIRouter, ...] = (
    sessions.router,
    tokens.router,
    me.router,
    accounts.router,
    catalogue.router,
    records.router,
    moves.router,
)
"""Every router of the API, to stand under /api/v1."""

ROUTERS_BESIDE: tuple[APIRouter, ...] = (sparql.router,)
"""Those that stand at the root, such as /sparql."""
