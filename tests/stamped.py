"""Time-stamping authorities for the tests: real HTTP servers that answer, or answer badly."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.utils import timezone

from cases.samples.authority import Authority

Answer = Callable[[bytes], bytes]


def authority(name: str) -> Authority:
    """An authority whose certificates were valid from yesterday; its name warns of nothing."""
    return Authority.made(timezone.now() - timedelta(days=1), name)


def stamping(one: Authority) -> Answer:
    return lambda request: one.answer(request, timezone.now())


@contextmanager
def answering(answer: Answer, status: int = 200) -> Iterator[str]:
    """Serve one authority; the address that it yields takes requests."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def trust(settings: object, folder: Path, urls: list[str], *authorities: Authority) -> None:
    """Name authorities in the settings, and their roots as trusted."""
    roots = folder / "roots.pem"
    roots.write_bytes(b"".join(one.root_pem for one in authorities))
    settings.TIMESTAMP_ROOTS, settings.TIMESTAMP_URLS = str(roots), urls
