"""The slow network of the benchmark: what it delays, limits and counts."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.bench.network import Conditions, Downlink, Traffic, slowed

REQUEST = b"GET /a HTTP/1.1\r\n\r\n"
ANSWER = b"x" * 100_000


@pytest.fixture
def port() -> Iterator[int]:
    """Port of a server that answers each request with the same bytes, and serves each connection in a thread."""

    def answer(connection: socket.socket) -> None:
        with connection:
            while connection.recv(len(REQUEST)):
                connection.sendall(ANSWER)

    def accept(listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=[connection], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept, args=[listening], daemon=True).start()
        yield listening.getsockname()[1]


def ask(connection: socket.socket) -> float:
    """Send a request; return the seconds until the whole answer is there."""
    started = time.monotonic()
    connection.sendall(REQUEST)
    left = len(ANSWER)
    while left:
        left -= len(connection.recv(left))
    return time.monotonic() - started


def test_downlink_sends_one_piece_after_the_other() -> None:
    link = Downlink(1000)
    assert link.send(100, now=5.0) == pytest.approx(5.1)
    assert link.send(200, now=5.0) == pytest.approx(5.3)  # waits for the first
    assert link.send(100, now=9.0) == pytest.approx(9.1)  # time that has passed is lost


def test_downlink_without_a_limit_sends_at_once() -> None:
    link = Downlink(None)
    assert [link.send(10**9, now) for now in (1.0, 1.0, 2.0)] == [1.0, 1.0, 2.0]


def test_traffic_counts_until_a_moment() -> None:
    traffic = Traffic([(1.0, 10), (2.0, 20)], [(0.5, "GET /a"), (1.5, "GET /b")])
    assert [traffic.bytes_until(moment) for moment in (0.5, 1.0, 3.0)] == [0, 10, 30]
    assert [traffic.requests_until(moment) for moment in (0.4, 1.0, 3.0)] == [0, 1, 2]


def test_relay_delays_connections_and_requests(port: int) -> None:
    trip = 0.05
    with slowed(port, Conditions(round_trip_seconds=trip)) as (relay, traffic):
        with socket.create_connection(("127.0.0.1", relay)) as connection:
            assert ask(connection) >= 2 * trip  # the handshake, then the request
            assert ask(connection) >= trip
        assert [line for _, line in traffic.requests] == ["GET /a HTTP/1.1"] * 2
        assert sum(count for _, count in traffic.received) == 2 * len(ANSWER)


def test_relay_shares_the_rate_among_connections(port: int) -> None:
    rate = 1_000_000
    with slowed(port, Conditions(bytes_per_second=rate)) as (relay, _):
        connections = [socket.create_connection(("127.0.0.1", relay)) for _ in range(3)]
        started = time.monotonic()
        threads = [threading.Thread(target=ask, args=[connection]) for connection in connections]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert time.monotonic() - started >= 3 * len(ANSWER) / rate
        for connection in connections:
            connection.close()
