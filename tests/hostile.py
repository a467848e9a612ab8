"""A server that sends whatever bytes it is given, on a thread, to hold a collector against."""

import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

Sent = Callable[[], Iterable[bytes]]


def whole(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """Return the bytes of a response with its length."""
    length = f"Content-Length: {len(body)}"
    lines = [f"HTTP/1.1 {status}", *headers, "Connection: close", length, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


@contextmanager
def sending(sent: Sent) -> Iterator[str]:
    """Answer each connection's first request with these bytes; yield the base address."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            length = 0
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            self.rfile.read(length)
            with suppress(OSError):  # whoever has had enough hangs up
                for part in sent():
                    self.wfile.write(part)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
