"""The cookies of the console: the session's token, and how one likes to read."""

from __future__ import annotations

from datetime import datetime

from fastapi import Request, Response
from starlette.requests import HTTPConnection

from dutygraph.service.languages import LANGUAGES, language_of
from dutygraph.service.settings import Settings

SESSION = "dutygraph-session"
LANGUAGE = "dutygraph-language"
THEME = "dutygraph-theme"
THEMES = ("auto", "light", "dark")
_YEAR = 365 * 24 * 3600


def language_chosen(connection: HTTPConnection) -> str:
    """Return the language chosen on a page; else what the browser asks for, else the service's."""
    chosen = connection.cookies.get(LANGUAGE, "")
    return chosen if chosen in LANGUAGES else language_of(connection)


def theme_chosen(connection: HTTPConnection) -> str:
    """Return light, dark, or auto: as the system has it."""
    chosen = connection.cookies.get(THEME, "")
    return chosen if chosen in THEMES else THEMES[0]


def keep_session(response: Response, request: Request, token: str, expires: datetime) -> None:
    """Have the browser keep a session: scripts cannot read it, other sites cannot send it."""
    response.set_cookie(
        SESSION,
        token,
        expires=expires,
        path=_path(request),
        secure=_is_secure(request),
        httponly=True,
        samesite="strict",
    )


def drop_session(response: Response, request: Request) -> None:
    """Have the browser forget a session."""
    response.delete_cookie(
        SESSION, path=_path(request), secure=_is_secure(request), httponly=True, samesite="strict"
    )


def keep_preference(response: Response, request: Request, name: str, value: str) -> None:
    """Have the browser keep a language or theme for a year."""
    response.set_cookie(
        name,
        value,
        max_age=_YEAR,
        path=_path(request),
        secure=_is_secure(request),
        httponly=True,
        samesite="strict",
    )


def _is_secure(request: Request) -> bool:
    settings: Settings = request.app.state.settings
    return settings.https_only or request.url.scheme == "https"


def _path(request: Request) -> str:
    return str(request.scope.get("root_path") or "/")
