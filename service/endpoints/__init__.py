"""The endpoints of the API, one module a topic."""

from __future__ import annotations

from fastapi import APIRouter

from dutygraph.service.endpoints import (
    accounts,
    audit,
    bureaus,
    catalogue,
    charts,
    checks,
    commits,
    comparison,
    coverage,
    gaps,
    imports,
    leaving,
    lines,
    me,
    metrics,
    mine,
    moves,
    names,
    neighbourhood,
    questions,
    records,
    sessions,
    tokens,
    waivers,
)
from dutygraph.service.sparql import endpoint as sparql

ROUTERS: tuple[APIRouter, ...] = (
    sessions.router,
    tokens.router,
    me.router,
    accounts.router,
    catalogue.router,
    questions.router,
    bureaus.router,
    coverage.router,
    charts.router,
    lines.router,
    neighbourhood.router,
    leaving.router,
    metrics.router,
    comparison.router,  # before the gaps: /gaps/comparison is no gap
    gaps.router,
    audit.router,
    checks.router,
    commits.router,
    waivers.router,
    mine.router,
    moves.router,  # before records: its path is that of a record with /moves behind it
    records.router,
    imports.router,
    names.router,
)
"""Every router of the API, to stand under /api/v1."""

ROUTERS_BESIDE: tuple[APIRouter, ...] = (sparql.router,)
"""Those that stand at the root, such as /sparql."""
