"""Connections that are not waited for without end: slow headers, and answers that nobody takes."""

from __future__ import annotations

import asyncio
import json
import socket

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from dutygraph.service.problems import MEDIA_TYPE, TYPE_BASE, problem_texts


class PatientProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with an end to its patience.

    A connection is dropped when a request's headers do not arrive within ``header_seconds``, or when what
    was sent is not taken within ``stall_seconds``. Bodies are timed where they are read (``hardening``).
    """

    header_seconds = 20.0
    stall_seconds = 60.0
    _headers_due: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        # head and body go out one after the other: else the body waits for the head's receipt, 40 ms
        peer = transport.get_extra_info("socket")
        if peer is not None and peer.family in {socket.AF_INET, socket.AF_INET6}:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers_due = self.loop.call_later(self.header_seconds, self._drop)

    def data_received(self, data: bytes) -> None:
        """Take what came; wait for the rest of the headers for so long only."""
        if self._headers_due is None and not self._busy:
            self._headers_due = self.loop.call_later(self.header_seconds, self._drop)
        super().data_received(data)
        if self._busy:
            _cancel(self._headers_due)
            self._headers_due = None

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection over to a websocket, which has limits of its own."""
        _cancel(self._headers_due)
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        """Wait for the caller to take what was sent."""
        super().pause_writing()
        _cancel(self._stalled)
        self._stalled = self.loop.call_later(self.stall_seconds, self._drop)

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        _cancel(self._stalled)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        _cancel(self._headers_due)
        super().connection_lost(exc)
        _cancel(self._stalled)

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP with a problem."""
        texts = problem_texts()["bad-request"]
        title, detail = texts["title"], texts["detail"]
        content = {
            "type": TYPE_BASE + "bad-request",
            "title": title.zh,
            "status": 400,
            "detail": detail.zh,
            "instance": "/",
            "requestId": "-",
            "text": {"zh": detail.zh, "en": f"{detail.en} ({msg})"},
            "errors": [],
        }
        headers = [("Content-Type", MEDIA_TYPE), ("Connection", "close"), ("Content-Language", "zh")]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=json.dumps(content, ensure_ascii=False).encode()),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    @property
    def _busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _drop(self) -> None:
        self.transport.abort()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def patient(header_seconds: float, stall_seconds: float) -> type[PatientProtocol]:
    """Return the protocol with these limits."""
    limits = {"header_seconds": header_seconds, "stall_seconds": stall_seconds}
    return type("LimitedProtocol", (PatientProtocol,), limits)
