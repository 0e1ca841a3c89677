"""Answers that take long to compute, kept while the view that they were computed from may be asked again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sized
from contextlib import contextmanager
from threading import Lock
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Request, Response

from dutygraph.service.access.view import View
from dutygraph.service.figures import cache_headers, dated, etag_of, has_already, json_bytes, not_modified
from dutygraph.service.running import Service, ServiceDep

Value = TypeVar("Value")
_Key = tuple[str, Hashable]


class Answers:
    """What was computed from views, by the tag of the view: it changes with every commit and scope.

    Any number of threads may ask; one computes an answer, the others wait for it. An answer must be frozen.
    """

    def __init__(self, *, most_bytes: int = 128 * 1024 * 1024) -> None:
        """Keep so many bytes of answers, as is estimated; the longest unused go first."""
        self._most_bytes = most_bytes
        self._bytes = 0
        self._answers: OrderedDict[_Key, object] = OrderedDict()
        self._making: dict[_Key, Lock] = {}
        self._latest: dict[tuple[str, ...], str] = {}
        self._lock = Lock()

    def of(self, view: View, asked: Hashable, compute: Callable[[], Value]) -> Value:
        """Return what *compute* gives for what is *asked* of a view; errors are raised and not kept."""
        key = (view.etag, asked)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return cast("Value", self._answers[key])
            making = self._making.setdefault(key, Lock())
        with making:
            with self._lock:
                if key in self._answers:
                    return cast("Value", self._answers[key])
            try:
                found = compute()
                with self._lock:
                    self._forget_older(view)
                    self._answers[key] = found
                    self._bytes += weight(found)
                    while self._bytes > self._most_bytes and len(self._answers) > 1:
                        self._bytes -= weight(self._answers.popitem(last=False)[1])
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return found

    def _forget_older(self, view: View) -> None:
        """Drop the answers of an earlier commit: each keeps a whole bureau in memory."""
        older = self._latest.get(view.whose)
        if older is not None and older != view.etag:
            for key in [key for key in self._answers if key[0] == older]:
                self._bytes -= weight(self._answers.pop(key))
        self._latest[view.whose] = view.etag


def weight(answer: object) -> int:
    """Return about how many bytes of memory an answer takes."""
    if isinstance(answer, Response):
        return len(answer.body) + _ANSWER_BYTES
    if isinstance(answer, bytes):
        return len(answer) + _ANSWER_BYTES
    return (len(answer) if isinstance(answer, Sized) else _PARTS) * _PART_BYTES + _ANSWER_BYTES


_ANSWER_BYTES, _PARTS, _PART_BYTES = 1000, 10, 4000
"""What any answer takes; of how many parts one is that does not say; what a part takes, such as a gap."""


def answer_kept(
    answers: Answers,
    view: View,
    asked: Hashable,
    compute: Callable[[], Mapping[str, Any]],
    request: Request,
) -> Response:
    """Return a figure, as ``answer_figure`` does, from JSON that is written once for a view and kept."""
    tag = etag_of(view, request)
    if has_already(request, tag):
        return not_modified(tag)
    body = answers.of(view, (asked, "json"), lambda: json_bytes(dated(dict(compute()), view)))
    return Response(body, media_type="application/json", headers=cache_headers(tag))


def list_kept(
    answers: Answers, view: View, request: Request, form: str, answer: Callable[[], Response]
) -> Response:
    """Return a page of a list, as *answer* makes it with ``answer_list``, written once for a view and kept.

    Files are not kept: they are large and seldom asked for twice.
    """
    tag = etag_of(view, request, form)
    if has_already(request, tag):
        return not_modified(tag)
    if form != "json":
        return answer()
    kept = answers.of(view, ("list", tag), answer)
    headers = {name: value for name, value in kept.headers.items() if name not in _OF_BODY}
    return Response(kept.body, kept.status_code, headers, "application/json")


_OF_BODY = ("content-length", "content-type")


_SHARE = 8
"""The part of the memory for views that answers may take beside them."""


@contextmanager
def keep_answers(service: Service) -> Iterator[Answers]:
    """Keep answers while the service runs."""
    yield Answers(most_bytes=service.settings.views_memory // _SHARE)


def answers_of(service: ServiceDep) -> Answers:
    """Return the answers that the running service keeps."""
    return service.part(Answers)


AnswersDep = Annotated[Answers, Depends(answers_of)]
