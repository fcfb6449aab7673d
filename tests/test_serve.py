"""The server for this machine: compressed variants by what the browser takes."""

from __future__ import annotations

import http.client
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from web.serve import Server, accepted_codings, make_server

CSP = '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    for name in ("index.html", "a.wasm", "folder/index.html"):
        (tmp_path / name).write_text(CSP, encoding="utf-8")
    for name in ("index.html.br", "a.wasm.br", "a.wasm.gz"):
        (tmp_path / name).write_text(f"packed {name}", encoding="utf-8")
    return tmp_path


def serving(server: Server) -> Iterator[http.client.HTTPConnection]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    connection = http.client.HTTPConnection("localhost", server.server_address[1])
    yield connection
    connection.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def host(site: Path) -> Iterator[http.client.HTTPConnection]:
    yield from serving(make_server(site))


@pytest.fixture
def plain_host(site: Path) -> Iterator[http.client.HTTPConnection]:
    yield from serving(make_server(site, plain=True))


def get(host: http.client.HTTPConnection, path: str, accept: str) -> tuple[http.client.HTTPResponse, str]:
    host.request("GET", path, headers={"Accept-Encoding": accept})
    answer = host.getresponse()
    return answer, answer.read().decode()


@pytest.mark.parametrize(
    ("accept", "coding", "body"),
    [
        ("gzip, deflate, br, zstd", "br", "packed a.wasm.br"),
        ("gzip", "gzip", "packed a.wasm.gz"),
        ("br;q=0, gzip;q=0.5", "gzip", "packed a.wasm.gz"),
        ("identity", None, CSP),
        ("", None, CSP),
    ],
)
def test_variant_is_chosen_by_what_the_browser_takes(
    host: http.client.HTTPConnection, accept: str, coding: str | None, body: str
) -> None:
    answer, text = get(host, "/a.wasm", accept)
    assert (answer.getheader("Content-Encoding"), text) == (coding, body)
    assert answer.getheader("Content-Type") == "application/wasm"
    assert answer.getheader("Vary") == "Accept-Encoding"
    assert int(answer.getheader("Content-Length") or 0) == len(body)


def test_index_has_variants_too(host: http.client.HTTPConnection) -> None:
    answer, text = get(host, "/?x=1", "br")
    assert (answer.status, text) == (200, "packed index.html.br")
    assert answer.getheader("Content-Type") == "text/html"


def test_folder_without_a_slash_is_redirected(host: http.client.HTTPConnection) -> None:
    answer, _ = get(host, "/folder", "br")
    assert (answer.status, answer.getheader("Location")) == (301, "/folder/")


def test_variant_that_is_asked_for_by_name_comes_as_it_is(host: http.client.HTTPConnection) -> None:
    answer, text = get(host, "/a.wasm.gz", "gzip")
    assert (answer.getheader("Content-Encoding"), text) == (None, "packed a.wasm.gz")


def test_variant_that_is_older_than_its_file_is_not_sent(host: http.client.HTTPConnection, site: Path) -> None:
    os.utime(site / "a.wasm.br", (0, 0))
    os.utime(site / "a.wasm.gz", (0, 0))
    assert get(host, "/a.wasm", "br, gzip")[1] == CSP


def test_missing_file_is_not_found(host: http.client.HTTPConnection) -> None:
    assert get(host, "/missing.wasm", "br")[0].status == 404


def test_plain_host_sends_files_as_they_are(plain_host: http.client.HTTPConnection) -> None:
    answer, text = get(plain_host, "/a.wasm", "br, gzip")
    assert (answer.getheader("Content-Encoding"), answer.getheader("Vary"), text) == (None, None, CSP)


def test_accepted_codings_leaves_out_what_has_no_weight() -> None:
    assert accepted_codings("BR, gzip;q=0.0, deflate; q=0.2") == {"br", "deflate"}
