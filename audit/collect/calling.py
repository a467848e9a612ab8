"""One call: the bytes out and in as they were, and what can be seen of the connection."""

import asyncio
import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import certifi
import httpx

from audit.analysis.digests import sha256_hex
from audit.analysis.errors import WrongSettingError
from audit.analysis.version import VERSION
from audit.collect.clock import Moment
from audit.collect.secrets import (
    Secret,
    bytes_without,
    masked_headers,
    masked_url,
    without,
)
from audit.collect.values import Headers, Reply, Request

# A longer reply is cut here: it is no answer, and a line of a capture must stay readable.
MOST_BYTES = 1024 * 1024
# Bytes are wanted as they are; some servers pack what was not to be packed.
_ALWAYS = (
    ("User-Agent", f"touchstone-collector/{VERSION}"),
    ("Accept", "application/json"),
    ("Accept-Encoding", "identity"),
)
Client = httpx.AsyncClient
_HTTP = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ssl.SSLError, OSError)

_UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.LocalProtocolError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


@dataclass(slots=True)
class Captured:
    """One call as it is kept: nothing in it is secret. `status` is None where no reply came."""

    url: str
    began: Moment
    request_headers: Headers = ()
    request_body: bytes = b""
    status: int | None = None
    headers: Headers = ()
    body: bytes = b""
    ended: Moment | None = None
    error: str = ""
    # Whether a provider may have had the request, and whether another attempt may do better.
    sent: bool = True
    passing: bool = True
    facts: dict[str, Any] = field(default_factory=dict)
    # By SHA-256, the certificates (DER) that the other side showed.
    certificates: dict[str, bytes] = field(default_factory=dict)

    def reply(self) -> Reply | None:
        """Return what came back, for reading."""
        return None if self.status is None else Reply(self.status, self.headers, self.body)


def client(*, timeout_s: float, roots: str = "", connections: int = 100) -> Client:
    """Return a client that follows no redirect and takes nothing from the environment.

    A redirect would carry the key elsewhere; a proxy or a .netrc would change what is on record.
    """
    try:
        trust = ssl.create_default_context(cafile=roots or certifi.where())
    except OSError as error:
        raise WrongSettingError(
            f"COLLECT_ROOTS is {roots}, which holds no certificates that can be read: set it to a"
            " PEM file of root certificates, or leave it out."
        ) from error
    return Client(
        verify=trust,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(timeout_s),
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
    )


def check_url(url: str, *, keyed: bool) -> str:
    """Return a base address without a slash at its end; raises WrongSettingError for a bad one."""
    parts = urlsplit(url)
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise WrongSettingError(
            "The address of an endpoint begins with http:// or https:// and has no user, password,"
            " query or fragment in it: give the base address of the API, and the key by its name."
        )
    if is_link_local(parts.hostname):
        raise WrongSettingError(
            f"The address {url} is one at which machines are told their own secrets, and no model"
            " is: give the address of the API."
        )
    if keyed and parts.scheme == "http" and not _is_here(parts.hostname):
        raise WrongSettingError(
            f"The address {url} would carry the key through the network in the clear: give one"
            " that begins with https://, or leave the key out."
        )
    return url.rstrip("/")


def is_link_local(host: str) -> bool:
    """Tell whether a host is an address of the link itself, where clouds hand out credentials."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_link_local


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def call(
    http: Client, request: Request, secret: Secret | None, *, within_s: float
) -> Captured:
    """Send a request once and return what was seen of it, whatever comes of it."""
    prepared = http.build_request(
        request.method, request.url, headers=[*_ALWAYS, *request.headers], content=request.body
    )
    captured = Captured(masked_url(request.url, secret), Moment.now())
    captured.request_headers = masked_headers(_pairs(prepared.headers.raw), secret)
    captured.request_body = bytes_without(request.body, secret)
    body = bytearray()
    try:
        async with asyncio.timeout(within_s):
            await _exchange(http, prepared, captured, body)
    except TimeoutError:
        captured.error = f"no whole reply came within {within_s:g} s"
    except _HTTP as error:
        captured.error = without(_in_words(error), secret)
        captured.sent = not isinstance(error, _UNSENT)
    captured.ended = Moment.now()
    captured.headers = masked_headers(captured.headers, secret)
    captured.body = bytes_without(bytes(body), secret)
    return captured


async def _exchange(
    http: Client, prepared: httpx.Request, captured: Captured, body: bytearray
) -> None:
    """Send, and fill in what comes as it comes: a stream that is cut leaves what it brought."""
    response = await http.send(prepared, stream=True)
    try:
        captured.status = response.status_code
        captured.headers = _pairs(response.headers.raw)
        captured.facts = _seen(response, captured.certificates)
        captured.facts["headers_ns"] = Moment.now().monotonic_ns - captured.began.monotonic_ns
        async for chunk in response.aiter_raw():
            body += chunk[: MOST_BYTES - len(body)]
            if len(body) >= MOST_BYTES:
                captured.error = f"the reply is longer than {MOST_BYTES:,} bytes and was cut"
                captured.passing = False
                break
    finally:
        await response.aclose()


def _in_words(error: Exception) -> str:
    said = str(error).strip()
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _pairs(raw: list[tuple[bytes, bytes]]) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)


def _seen(response: httpx.Response, certificates: dict[str, bytes]) -> dict[str, Any]:
    """Return what the connection shows: version, addresses at both ends, and TLS."""
    stream = response.extensions["network_stream"]
    return {
        "http": response.extensions["http_version"].decode("ascii"),
        "reason": response.extensions.get("reason_phrase", b"").decode("latin-1"),
        "address": _place(stream.get_extra_info("server_addr")),
        "from": _place(stream.get_extra_info("client_addr")),
        "tls": _tls(stream.get_extra_info("ssl_object"), certificates),
    }


def _place(address: object) -> str:
    if isinstance(address, tuple) and len(address) > 1:
        host, port = str(address[0]), address[1]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return "unknown"


def _tls(shown: Any, certificates: dict[str, bytes]) -> dict[str, Any] | None:
    """Return how the connection is encrypted and by whose certificates; None where it is not."""
    if shown is None:
        return None
    chain, verified = _chain(shown)
    named = {sha256_hex(each): each for each in chain}
    certificates |= named
    cipher = shown.cipher()
    return {
        "version": shown.version(),
        "cipher": cipher[0] if cipher else "unknown",
        "chain": list(named),
        "chain_is": "verified, up to its root" if verified else "the first certificate alone",
    }


def _chain(shown: Any) -> tuple[list[bytes], bool]:
    """Return the certificates (DER) from the server's own to the root, and whether all are there.

    Public from Python 3.13 on. Before that the way there is private, and where it is missing
    only the server's own certificate is had.
    """
    get: Callable[[], Any] | None = getattr(shown, "get_verified_chain", None)
    get = get or getattr(getattr(shown, "_sslobj", None), "get_verified_chain", None)
    if get is None:
        own = shown.getpeercert(binary_form=True)
        return ([own] if own else []), False
    return [_der(each) for each in get() or []], True


def _der(certificate: Any) -> bytes:
    if isinstance(certificate, bytes):
        return certificate
    # Without an argument the private object gives PEM.
    found: bytes = ssl.PEM_cert_to_DER_cert(certificate.public_bytes())
    return found
