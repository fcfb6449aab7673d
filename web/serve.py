"""Serve dist/ on this machine, compressed and with the headers that a good host sends."""

from __future__ import annotations

import argparse
import functools
import http.server
import io
import os
import re
import sys
from pathlib import Path
from typing import BinaryIO

DIST = Path(__file__).resolve().parents[1] / "dist"

ISOLATION = {
    # Cross-origin isolation gives the networks shared memory, and therefore threads.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def page_policy(site: Path) -> str:
    """Return the Content-Security-Policy in index.html."""
    html = (site / "index.html").read_text(encoding="utf-8")
    found = re.search(r'http-equiv="Content-Security-Policy"\s+content="([^"]+)"', html)
    if not found:
        raise ValueError("index.html has no Content-Security-Policy.")
    return " ".join(found[1].split())


def page_header(site: Path) -> str:
    """Return the page's policy as a header. Unlike the page's meta element, a header can forbid embedding."""
    return f"{page_policy(site)}; frame-ancestors 'none'"


def worker_policy(site: Path) -> str:
    """Return the page's policy without Trusted Types, because onnxruntime starts its threads from plain URLs."""
    directives = page_policy(site).split(";")
    return ";".join(part for part in directives if "trusted-types" not in part)


CODINGS = {"br": ".br", "gzip": ".gz"}
"""Suffixes of compressed variants by content coding, smallest result first."""


def accepted_codings(header: str) -> set[str]:
    """Return the content codings that an Accept-Encoding header accepts, without those with a weight of 0."""
    parts = (part.partition(";") for part in header.split(","))
    return {coding.strip().lower() for coding, _, q in parts if not re.fullmatch(r"\s*q=0(?:\.0*)?\s*", q)}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves static files with compression, isolation, a strict policy and revalidation."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012  # the base class's own attribute
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".json": "application/json",
        ".webmanifest": "application/manifest+json",
        ".svg": "image/svg+xml",
    }

    coding = ""
    """Content coding of the response."""

    def __init__(self, *args: object, headers: dict[str, str], plain: bool, quiet: bool, **kwargs: object) -> None:
        self.extra_headers = headers
        self.plain = plain
        self.quiet = quiet
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Choose a compressed variant that the browser accepts, then send it like any file."""
        self.coding = ""
        self.coding = "" if self.plain else self._negotiated(Path(self.translate_path(self.path)))
        return super().send_head()

    def _negotiated(self, path: Path) -> str:
        if path.is_dir():
            if not self.path.partition("?")[0].endswith("/"):
                return ""  # a redirect
            path /= "index.html"
        accepted = accepted_codings(self.headers.get("Accept-Encoding", ""))
        for coding, suffix in CODINGS.items():
            variant = path.with_name(path.name + suffix)
            # A variant that is older than its file belongs to another build.
            if coding in accepted and variant.is_file() and variant.stat().st_mtime >= path.stat().st_mtime:
                return coding
        return ""

    def translate_path(self, path: str) -> str:
        """Return the path of the file to send."""
        found = super().translate_path(path)
        if not self.coding:
            return found
        return str(Path(found, "index.html") if Path(found).is_dir() else found) + CODINGS[self.coding]

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """Return the media type of the file, regardless of its compression."""
        return super().guess_type(str(path).removesuffix(CODINGS.get(self.coding, "")))

    def end_headers(self) -> None:
        """Add our headers to every response."""
        if self.coding:
            self.send_header("Content-Encoding", self.coding)
        if not self.plain:
            self.send_header("Vary", "Accept-Encoding")
        policy = "worker" if "/worker/" in self.path or "/runtime/" in self.path else "page"
        for name, value in self.extra_headers.items():
            if not name.startswith("CSP-"):
                self.send_header(name, value)
            elif name == f"CSP-{policy}":
                self.send_header("Content-Security-Policy", value)
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Log the request, unless the server is quiet."""
        if not self.quiet:
            super().log_message(format, *args)


class Server(http.server.ThreadingHTTPServer):
    """A server that ignores browsers that disconnect during a response."""

    daemon_threads = True
    request_queue_size = 128  # a page opens many connections at once, and so do several browsers

    def handle_error(self, request: object, client_address: object) -> None:
        """Report an error, unless the client has disconnected."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on as they came


def make_server(
    site: Path = DIST, port: int = 0, *, host: str = "127.0.0.1", plain: bool = False, quiet: bool = True
) -> Server:
    """Create a server for a built site.

    Args:
        site: Folder of the site.
        port: Port on ``host``; 0 picks a free one.
        host: Address to listen on.
        plain: Send neither our headers nor compressed files, like a simple static host.
        quiet: Do not log requests.

    Returns:
        The server; ``serve_forever`` runs it.

    Raises:
        OSError: The port is taken.
    """
    headers = {}
    if not plain:
        csp = {
            "CSP-page": page_header(site),
            "CSP-worker": worker_policy(site),
        }
        headers = {**ISOLATION, **SECURITY, **csp}
    handler = functools.partial(Handler, directory=str(site), headers=headers, plain=plain, quiet=quiet)
    return Server((host, port), handler)


def main() -> int:
    """Serve until interrupted; return the exit status."""
    parser = argparse.ArgumentParser(prog="build.py serve", description="Serve the built site on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
    parser.add_argument(
        "--plain",
        action="store_true",
        help="send neither extra headers nor compressed files, like a simple static host",
    )
    options = parser.parse_args()
    try:
        server = make_server(port=options.port, plain=options.plain)
    except OSError as error:
        print(f"Port {options.port} cannot be used ({error}). Choose another: --port 8001", file=sys.stderr)
        return 1
    print(f"Onsight is at http://localhost:{server.server_address[1]}/  (stop with Ctrl+C)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
