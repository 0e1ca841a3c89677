"""Preparing for the first requests while the service already answers: what every commit and view rests on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread

from dutygraph.service.access.roles import Caller, Role
from dutygraph.service.answers import Answers
from dutygraph.service.gaps.rows import rows_of
from dutygraph.service.logs import log
from dutygraph.service.running import Service
from dutygraph.shapes.compiled import compiled_structure_shapes

MOST_BUREAUS = 4
"""As many as are held ready to be written to. The others are prepared when they are first asked for."""


@contextmanager
def warmed(service: Service) -> Iterator[None]:
    """Prepare in the background; at the end what is under way is finished, the rest left."""
    stop = Event()
    thread = Thread(target=_warm, args=(service, stop), name="warming", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _warm(service: Service, stop: Event) -> None:
    try:
        for step in steps(service):
            if stop.is_set():
                return
            step()
    except Exception as error:  # noqa: BLE001 - what is wrong is told to who asks for it
        log("warming.failed", level=logging.WARNING, error=error)


def steps(service: Service) -> Iterator[Callable[[], object]]:
    """Yield what is to be done: the form of records, then bureau by bureau its gaps as the office sees."""
    yield compiled_structure_shapes
    for names in service.committer.bureaus()[:MOST_BUREAUS]:
        yield partial(service.committer.state, names.code)
        yield partial(_look, service, names.code)


def _look(service: Service, code: str) -> None:
    view = service.views.of(Caller("", Role.SO, code), code)
    rows_of(view, service.part(Answers))
