"""Uvicorn's HTTP protocol, with a time limit for slow clients, for which Uvicorn has no option.

Run `uvicorn app:app --http http_protocol:TimedHttpProtocol`.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SECONDS = 5  # in which a client must send the whole of its next request


class TimedHttpProtocol(HttpToolsProtocol):
    """Closes a connection whose client is late with a request, but not while it is answered."""

    is_receiving = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self.start_timer()

    def start_timer(self) -> None:
        self.timer = self.loop.call_later(SECONDS, self.transport.close)

    def on_message_begin(self) -> None:
        self.is_receiving = True
        self.timer.cancel()
        self.start_timer()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        # With `Connection: close`, Uvicorn would close the connection after its response. A client
        # whose body is refused as too large could not read why while it is still sending.
        self.close_at_end = not self.cycle.keep_alive
        self.cycle.keep_alive = True

    def on_message_complete(self) -> None:
        self.is_receiving = False
        self.timer.cancel()
        super().on_message_complete()
        self.end_exchange()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.end_exchange()

    def end_exchange(self) -> None:
        """Once request and response are complete, close the connection or wait for the next one."""
        if self.is_receiving or not self.cycle.response_complete:
            return
        self.timer.cancel()
        self.start_timer()
        if self.close_at_end:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.timer.cancel()
        super().connection_lost(exc)
