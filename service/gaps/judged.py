"""Checks of a whole bureau by another date, or as of a past commit: heavy, so made one at a time and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import date
from threading import BoundedSemaphore, Lock
from typing import Literal

from dutygraph.check import check
from dutygraph.model import CheckReport
from dutygraph.service.problems import ProblemError
from dutygraph.service.running import Service
from dutygraph.store import EmbeddedStore

Rules = Literal["then", "now"]
_WAITING = 8
_BUSY_SECONDS = 10


class Judged:
    """Reports about whole bureaus; whoever shows them takes their gaps through ``View.told``."""

    def __init__(self, service: Service, *, kept: int = 32) -> None:
        """Keep at most so many reports; the longest unused go first."""
        self._service = service
        self._kept = kept
        self._reports: OrderedDict[Hashable, CheckReport] = OrderedDict()
        self._one = Lock()
        self._waiting = BoundedSemaphore(_WAITING)

    def by_date(self, code: str, commit: int, as_of: date) -> CheckReport:
        """Return the data as they are at the latest commit, judged by a date.

        Raises:
            ProblemError: 503, another commit came between, or too many wait for such reports.

        """

        def judge() -> CheckReport:
            head, quads = self._service.committer.snapshot(code)
            if head != commit:
                raise _busy(1)
            names = self._service.committer.names(code)
            store = EmbeddedStore()
            asserted = set(names.all_asserted())
            store.oxigraph.bulk_extend(q for q in quads if getattr(q.graph_name, "value", "") in asserted)
            return check(store, names, as_of=as_of)

        return self._of(("date", code, commit, as_of), judge)

    def of_commit(self, code: str, commit: int, rules: Rules) -> CheckReport:
        """Return the data as they were after a commit, judged by the date of then.

        Raises:
            UnknownCommitError: there is no such commit.
            ProblemError: 503, too many wait for such reports.

        """
        key = ("commit", code, commit, rules)
        return self._of(key, lambda: self._service.committer.check_past(code, commit, rules=rules))

    def _of(self, key: Hashable, judge: Callable[[], CheckReport]) -> CheckReport:
        found = self._reports.get(key)
        if found is not None:
            return found
        if not self._waiting.acquire(blocking=False):
            raise _busy(_BUSY_SECONDS)
        try:
            with self._one:
                if key not in self._reports:
                    self._reports[key] = judge()
                    while len(self._reports) > self._kept:
                        self._reports.popitem(last=False)
                return self._reports[key]
        finally:
            self._waiting.release()


def _busy(seconds: int) -> ProblemError:
    return ProblemError(503, "busy", seconds=seconds, headers={"Retry-After": str(seconds)})


@contextmanager
def keep_judged(service: Service) -> Iterator[Judged]:
    """Keep reports while the service runs."""
    yield Judged(service)
