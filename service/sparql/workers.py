"""The worker processes: so many queries at once, each ended at its time limit, the others waiting."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from enum import StrEnum
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.popen_spawn_posix import Popen
from multiprocessing.process import BaseProcess
from threading import Lock
from types import ModuleType

from pebble import ProcessExpired, ProcessPool

from dutygraph.service.sparql.work import Job, Outcome, answer, prepare

GRACE = 1.0
"""Seconds after the limit in which a worker must be gone; the pool's own clock may have been put back."""

_BEGIN_SECONDS = 30.0  # a pool that has not even begun by then lost its lock with a process that was killed
_LOOK_SECONDS = 0.02


class Trouble(StrEnum):
    """Why a query was not answered, through no fault of its words."""

    TIME = "time"
    CRASH = "crash"
    BUSY = "busy"
    CROWD = "crowd"


class TroubleError(Exception):
    """A query that was not answered."""

    def __init__(self, trouble: Trouble) -> None:
        """Keep why."""
        super().__init__(trouble)
        self.trouble = trouble


class Workers:
    """A pool of processes that answer queries.

    They are started anew, not forked: they inherit no open file, no connection, no memory of the service.
    """

    def __init__(self, count: int, *, memory: int, most_of_one: int) -> None:
        """Have *count* processes of *memory* bytes each, and *most_of_one* queries in hand of one account."""
        self._count = count
        self._memory = memory
        self._most = most_of_one
        self._lock = Lock()
        self._pool: ProcessPool | None = None
        self._free = asyncio.Semaphore(count)
        self._in_hand: Counter[str] = Counter()

    def start(self) -> None:
        """Start the processes, without waiting for them."""
        self._running().schedule(os.getpid)

    def stop(self) -> None:
        """End the processes and whatever they do."""
        with self._lock:
            pool, self._pool = self._pool, None
        _end(pool)

    @asynccontextmanager
    async def place(self, account: str, seconds: float) -> AsyncIterator[None]:
        """Wait for a free process, at most so long.

        Raises:
            TroubleError: this account has too many queries in hand already, or none became free in time.

        """
        if self._in_hand[account] >= self._most:
            raise TroubleError(Trouble.CROWD)
        self._in_hand[account] += 1
        try:
            try:
                await asyncio.wait_for(self._free.acquire(), seconds)
            except TimeoutError as error:
                raise TroubleError(Trouble.BUSY) from error
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._in_hand[account] -= 1
            if not self._in_hand[account]:
                del self._in_hand[account]

    async def run(self, job: Job) -> Outcome:
        """Have a query answered; cancelling ends the process that is at it.

        Raises:
            TroubleError: the time limit came first, or the process died of it.

        """
        for attempt in range(2):
            try:
                return await self._attempt(job)
            except BrokenProcessPool as error:  # a process died that was at nothing: the query may try again
                await self._renew()
                if attempt:
                    raise TroubleError(Trouble.CRASH) from error
        raise TroubleError(Trouble.CRASH)

    async def _attempt(self, job: Job) -> Outcome:
        pool = self._running()
        future = pool.schedule(answer, args=[job], timeout=job.seconds)
        waiting = asyncio.wrap_future(future)
        try:
            await _begun(future, waiting)
            return await asyncio.wait_for(waiting, job.seconds + GRACE)
        except TimeoutError as error:
            raise TroubleError(Trouble.TIME) from error
        except ProcessExpired as error:
            used_up = error.exitcode == -signal.SIGXCPU
            raise TroubleError(Trouble.TIME if used_up else Trouble.CRASH) from error
        except asyncio.CancelledError as error:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise  # it is this request that is given up, not the pool
            raise TroubleError(Trouble.CRASH) from error
        finally:
            future.cancel()  # type: ignore[no-untyped-call]

    def _running(self) -> ProcessPool:
        with self._lock:
            if self._pool is None or not self._pool.active:
                self._pool = ProcessPool(
                    self._count,
                    initializer=prepare,
                    initargs=[self._memory],
                    context=_BareContext(),
                )
            return self._pool

    async def _renew(self) -> None:
        """Give up the pool: what it does fails, the next query gets a new one."""
        with self._lock:
            pool, self._pool = self._pool, None
        await asyncio.to_thread(_end, pool)


class _BareProcess(SpawnProcess):
    """A process that does not import the module that the service was started by, with all that it imports."""

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Popen:  # noqa: N802 - multiprocessing calls it so
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return SpawnProcess._Popen(process_obj)  # noqa: SLF001 - there is no public way
        finally:
            sys.modules["__main__"] = main


class _BareContext(SpawnContext):
    """Starts such processes: anew, not as a copy of this one."""

    Process = _BareProcess


async def _begun(future: Future[Outcome], waiting: asyncio.Future[Outcome]) -> None:
    """Wait until a process is at it: time counts from then, for a process that ended starts anew in a second.

    Raises:
        BrokenProcessPool: none has begun for so long that none will.

    """
    clock = asyncio.get_running_loop()
    until = clock.time() + _BEGIN_SECONDS
    while not future.running():
        done, _ = await asyncio.wait({waiting}, timeout=_LOOK_SECONDS)
        if done:
            return
        if clock.time() > until:
            raise BrokenProcessPool("no process begins")


def _end(pool: ProcessPool | None) -> None:
    if pool is not None:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
