"""The pages, one module each, in the order of the navigation."""

from __future__ import annotations

from dutygraph.service.console.page import Page
from dutygraph.service.console.pages import (
    double_key,
    explorer,
    free_query,
    gaps,
    importing,
    lines,
    mine,
    overview,
    questions,
    rules,
    training,
)

PAGES: tuple[Page, ...] = (
    overview.PAGE,
    double_key.PAGE,
    lines.PAGE,
    gaps.PAGE,
    explorer.PAGE,
    questions.PAGE,
    free_query.PAGE,
    importing.PAGE,
    rules.PAGE,
    training.PAGE,
    mine.PAGE,
)
"""Every page; a new one is a module here and a line in this list."""
