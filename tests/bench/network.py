"""A slow network: a relay on this machine that delays and limits everything that passes through it.

It relays TCP connections, so it holds for pages, workers and service workers alike, and it knows nothing of the
browser. What it models: a round trip to open a connection, a round trip for each request, and a downlink whose rate all
connections share. It does not model TCP's slow start, packet loss or TLS, and uploads are only delayed.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

CHUNK_BYTES = 16_384
"""Connections take turns on the downlink with pieces of this size."""

START_SECONDS = 10
"""How long the relay may take to open its port."""

METHODS = (b"GET ", b"HEAD ", b"POST ")


@dataclass(frozen=True)
class Conditions:
    """What a network is like.

    Attributes:
        bytes_per_second: Rate of the downlink; None means no limit.
        round_trip_seconds: Time of a round trip.
    """

    bytes_per_second: float | None = None
    round_trip_seconds: float = 0.0


UNLIMITED = Conditions()


@dataclass
class Downlink:
    """A link that sends one piece after the other.

    Attributes:
        bytes_per_second: Its rate; None means no limit.
        free_at: Time in seconds at which it has sent all that it was given.
    """

    bytes_per_second: float | None
    free_at: float = 0.0

    def send(self, count: int, now: float) -> float:
        """Queue bytes; return the time in seconds at which the last of them has been sent."""
        if self.bytes_per_second is None:
            return now
        self.free_at = max(self.free_at, now) + count / self.bytes_per_second
        return self.free_at


@dataclass
class Traffic:
    """What has passed, by time in seconds since the epoch.

    Attributes:
        received: Time and number of bytes of each piece that the browser has received, headers included.
        requests: Time and first line of each request that the browser has sent.
    """

    received: list[tuple[float, int]] = field(default_factory=list)
    requests: list[tuple[float, str]] = field(default_factory=list)

    def bytes_until(self, moment: float) -> int:
        """Return how many bytes had arrived at a moment."""
        return sum(count for at, count in self.received if at <= moment)

    def requests_until(self, moment: float) -> int:
        """Return how many requests had been sent at a moment."""
        return sum(at <= moment for at, _ in self.requests)


class Relay:
    """Relays connections from a port of its own to a server on this machine."""

    def __init__(
        self, target_port: int, conditions: Conditions, traffic: Traffic, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare it; `run` opens its port.

        Args:
            target_port: Port of the server.
            conditions: What the network is like.
            traffic: Where to note what passes.
            clock: Time in seconds.
        """
        self._target_port = target_port
        self._one_way = conditions.round_trip_seconds / 2
        self._downlink = Downlink(conditions.bytes_per_second)
        self._traffic = traffic
        self._clock = clock

    async def run(self, on_start: Callable[[int], None], stopped: asyncio.Event) -> None:
        """Relay on the loopback interface until told to stop.

        Args:
            on_start: Called with the port when it is open.
            stopped: Ends the relay.
        """
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        on_start(server.sockets[0].getsockname()[1])
        await stopped.wait()
        server.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * self._one_way)  # the handshake; what the browser sends meanwhile waits
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        try:
            with suppress(ConnectionError):
                await asyncio.gather(self._upload(reader, server_writer), self._download(server_reader, writer))
        finally:
            for end in (writer, server_writer):
                end.transport.abort()

    async def _upload(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(CHUNK_BYTES):
            if piece.startswith(METHODS):
                line = piece.partition(b"\r\n")[0].decode("latin-1")
                self._traffic.requests.append((time.time(), line))
            await asyncio.sleep(self._one_way)
            writer.write(piece)
            await writer.drain()
        writer.write_eof()

    async def _download(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send pieces one after the other; each arrives half a round trip after it was sent."""
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivery = asyncio.create_task(self._deliver(on_the_way, writer))
        try:
            while piece := await reader.read(CHUNK_BYTES):
                sent = self._downlink.send(len(piece), self._clock())
                # One piece of each connection waits for the link at a time, so connections share it evenly.
                await self._until(sent)
                on_the_way.put_nowait((sent + self._one_way, piece))
            on_the_way.put_nowait((self._clock() + self._one_way, b""))
            await delivery
        finally:
            delivery.cancel()

    async def _deliver(self, on_the_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        while True:
            arrival, piece = await on_the_way.get()
            await self._until(arrival)
            if not piece:
                break
            self._traffic.received.append((time.time(), len(piece)))
            writer.write(piece)
            await writer.drain()
        writer.close()

    async def _until(self, moment: float) -> None:
        if (left := moment - self._clock()) > 0:
            await asyncio.sleep(left)


@contextmanager
def slowed(target_port: int, conditions: Conditions) -> Iterator[tuple[int, Traffic]]:
    """Relay to a server on this machine; yield the port of the relay and what passes through it.

    Args:
        target_port: Port of the server.
        conditions: What the network is like.
    """
    traffic = Traffic()
    started: queue.Queue[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = queue.Queue()

    async def relay() -> None:
        stopped, loop = asyncio.Event(), asyncio.get_running_loop()
        await Relay(target_port, conditions, traffic).run(lambda port: started.put((port, loop, stopped)), stopped)

    thread = threading.Thread(target=lambda: asyncio.run(relay()), daemon=True)
    thread.start()
    port, loop, stopped = started.get(timeout=START_SECONDS)
    try:
        yield port, traffic
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join()
