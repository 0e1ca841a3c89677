"""Every exception becomes a problem that says what happened and what to do; none shows its insides."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from dutygraph.commits import (
    GateError,
    StaleCommitError,
    UnknownBureauError,
    UnknownCommitError,
    UnknownGapError,
)
from dutygraph.service.access.errors import ForbiddenError
from dutygraph.service.accounts.model import AccountsError, InvalidGrantError
from dutygraph.service.accounts.passwords import BusyError
from dutygraph.service.accounts.register import WeakPasswordError
from dutygraph.service.logs import log
from dutygraph.service.problems import ErrorItem, ProblemError, problem_response, request_id_of
from dutygraph.service.validation import validation_text
from dutygraph.store import DamagedStoreError, NoRoomError, StoreError

_BY_STATUS: Mapping[int, str] = {
    400: "unreadable-body",
    401: "not-signed-in",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
    503: "unavailable",
}
_ACCOUNT_STATUS: Mapping[str, int] = {
    "unknown-account": 404,
    "unknown-grant": 404,
    "account-name": 422,
    "account-reserved": 422,
    "session-ended": 401,
    "account-exists": 409,
    "grant-exists": 409,
    "last-administrator": 409,
}
_BUSY_SECONDS = 5


def add_handlers(app: FastAPI) -> None:
    """Have *app* answer every exception with a problem."""
    for kind, problem_of in _PROBLEMS:
        app.add_exception_handler(kind, _answering(problem_of))


def _answering(
    problem_of: Callable[..., ProblemError],
) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        return problem_response(request, problem_of(request, error))

    return answer


def problem_of(request: Request, error: Exception) -> ProblemError | None:
    """Return the problem that an exception means; None for one that nobody foresaw."""
    return next((made(request, error) for kind, made in _PROBLEMS if isinstance(error, kind)), None)


def _of_http(request: Request, error: HTTPException) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    key = _BY_STATUS.get(error.status_code)
    if key is None:
        key = "bad-request" if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else "unavailable"
    fields: dict[str, Any] = {
        "method": request.method,
        "offered": "application/json",
        "expected": "application/json",
        "limit": "-",
        "setting": "body_limit",
    }
    return ProblemError(error.status_code, key, headers=error.headers, **fields)


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in {"", "application/json"} or kind.endswith("+json")


def _of_validation(request: Request, error: RequestValidationError) -> ProblemError:
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return ProblemError(400, "unreadable-body")
    if not _is_json(request) and any(tuple(one["loc"]) == ("body",) for one in found):
        return ProblemError(415, "unsupported-media-type", expected="application/json")
    errors = [ErrorItem(validation_text(one), pointer=pointer(one["loc"])) for one in found]
    return ProblemError(422, "invalid", count=len(errors), errors=errors)


def _of_forbidden(_request: Request, error: ForbiddenError) -> ProblemError:
    return ProblemError(403, "forbidden", detail=error.text)


def _of_gate(_request: Request, error: GateError) -> ProblemError:
    errors = [ErrorItem(problem.message, cell=problem.cell) for problem in error.problems]
    return ProblemError(422, "refused-by-gate", count=len(errors), errors=errors)


def _of_stale(_request: Request, error: StaleCommitError) -> ProblemError:
    return ProblemError(412, "stale", detail=error.text)


def _of_unknown_bureau(_request: Request, error: UnknownBureauError) -> ProblemError:
    return ProblemError(404, "unknown-bureau", code=error.code)


def _of_unknown(_request: Request, error: UnknownCommitError | UnknownGapError) -> ProblemError:
    return ProblemError(404, "not-found", detail=error.text)


def _of_accounts(_request: Request, error: AccountsError) -> ProblemError:
    return ProblemError(_ACCOUNT_STATUS.get(error.key, 409), error.key, **error.fields)


def _of_grant(_request: Request, error: InvalidGrantError) -> ProblemError:
    item = ErrorItem(error.text, pointer=f"/body/{error.field}")
    return ProblemError(422, "unfit-grant", errors=[item])


def _of_password(_request: Request, error: WeakPasswordError) -> ProblemError:
    errors = [ErrorItem(reason, pointer="/body/password") for reason in error.reasons]
    return ProblemError(422, "weak-password", errors=errors)


def _of_busy(_request: Request, _error: BusyError) -> ProblemError:
    return ProblemError(503, "busy", seconds=_BUSY_SECONDS, headers={"Retry-After": str(_BUSY_SECONDS)})


def _of_no_room(_request: Request, _error: NoRoomError) -> ProblemError:
    return ProblemError(503, "no-room")


def _of_store(request: Request, error: StoreError) -> ProblemError:
    # its text names folders of the machine: that is for doctor
    kind = "damaged" if isinstance(error, DamagedStoreError) else "unavailable"
    log("store.failed", level=logging.ERROR, error=error, requestId=request_id_of(request), kind=kind)
    request.app.state.service.measures.store_failures.labels(kind).inc()
    return ProblemError(503, "store-damaged" if kind == "damaged" else "store")


_PROBLEMS: tuple[tuple[type[Exception], Callable[..., ProblemError]], ...] = (
    (HTTPException, _of_http),
    (RequestValidationError, _of_validation),
    (ForbiddenError, _of_forbidden),
    (GateError, _of_gate),
    (StaleCommitError, _of_stale),
    (UnknownBureauError, _of_unknown_bureau),
    (UnknownCommitError, _of_unknown),
    (UnknownGapError, _of_unknown),
    (AccountsError, _of_accounts),
    (InvalidGrantError, _of_grant),
    (WeakPasswordError, _of_password),
    (BusyError, _of_busy),
    (NoRoomError, _of_no_room),
    (StoreError, _of_store),
)


def pointer(location: tuple[str | int, ...]) -> str:
    """Return a place in a request as a JSON pointer: /body/role, /query/page."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return "".join(f"/{part}" for part in parts)
