"""Answers are computed once for each view, however many ask at once, and again after a commit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier, Event
from typing import Any, cast

import pytest

from dutygraph.service.access.view import View
from dutygraph.service.answers import Answers, weight


@dataclass(frozen=True)
class Tagged:
    etag: str
    whose: tuple[str, ...]


def view(tag: str, whose: str = "all") -> View:
    return cast("View", Tagged(tag, ("demo", whose)))


def test_an_answer_is_computed_once_for_each_view_and_question() -> None:
    answers, computed = Answers(), []

    def compute(value: str) -> Any:
        def computing() -> str:
            computed.append(value)
            return value

        return computing

    assert answers.of(view("one"), "Q", compute("a")) == "a"
    assert answers.of(view("one"), "Q", compute("b")) == "a"
    assert answers.of(view("two"), "Q", compute("c")) == "c"  # another commit, or somebody who sees more
    assert answers.of(view("one"), "R", compute("d")) == "d"
    assert computed == ["a", "c", "d"]


def test_one_computes_and_the_others_wait() -> None:
    answers, computed, begun, threads = Answers(), [], Event(), 8
    all_there = Barrier(threads)

    def compute() -> int:
        computed.append(1)
        begun.wait(0.2)  # long enough for the others to arrive
        return len(computed)

    def ask(_number: int) -> int:
        all_there.wait()
        return answers.of(view("one"), "Q", compute)

    with ThreadPoolExecutor(threads) as pool:
        assert set(pool.map(ask, range(threads))) == {1}
    assert computed == [1]


def test_an_error_is_raised_and_not_kept() -> None:
    answers = Answers()

    def fail() -> str:
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        answers.of(view("one"), "Q", fail)
    assert answers.of(view("one"), "Q", lambda: "mended") == "mended"


def test_answers_of_an_older_commit_are_forgotten_and_those_of_others_stay() -> None:
    answers = Answers()
    answers.of(view("one"), "Q", lambda: "older")
    answers.of(view("mine", "me"), "Q", lambda: "my own")
    answers.of(view("two"), "Q", lambda: "newer")

    assert answers.of(view("mine", "me"), "Q", lambda: "made anew") == "my own"
    assert answers.of(view("two"), "Q", lambda: "made anew") == "newer"
    assert answers.of(view("one"), "Q", lambda: "made anew") == "made anew"


def test_the_longest_unused_goes_first() -> None:
    answers = Answers(most_bytes=2 * weight("a"))
    for asked in ("a", "b"):
        answers.of(view("one"), asked, lambda asked=asked: asked)
    answers.of(view("one"), "a", lambda: "again")  # used just now
    answers.of(view("one"), "c", lambda: "c")
    assert answers.of(view("one"), "a", lambda: "made anew") == "a"
    assert answers.of(view("one"), "b", lambda: "made anew") == "made anew"
