"""What is prepared while the service already answers, and what becomes of it at a stop."""

from __future__ import annotations

from threading import Event

import pytest

from dutygraph.service import warming
from dutygraph.service.access.contents import Contents
from dutygraph.service.warming import steps, warmed
from tests.service.running import Door


def test_the_office_finds_its_view_made(shared_small: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in steps(shared_small.service):
        step()
    monkeypatch.setattr(Contents, "__init__", None)  # nothing is read any more
    code = shared_small.service.committer.bureaus()[0].code
    warming._look(shared_small.service, code)


def test_a_stop_waits_for_what_is_under_way_and_for_nothing_else(
    shared_small: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, done = Event(), Event(), []

    def first() -> None:
        begun.set()
        assert go_on.wait(10)
        done.append("first")

    monkeypatch.setattr(warming, "steps", lambda _service: iter([first, lambda: done.append("second")]))
    with warmed(shared_small.service):
        assert begun.wait(10)
        monkeypatch.setattr(Event, "set", lambda event, was=Event.set: (was(event), was(go_on)))
    assert done == ["first"]


def test_what_is_wrong_with_a_bureau_does_not_stop_the_service(
    shared_small: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("a damaged bureau")

    monkeypatch.setattr(warming, "steps", lambda _service: iter([fail]))
    with warmed(shared_small.service):
        pass
