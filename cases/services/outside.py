"""The one door through which addresses outside are asked: briefly, and for brief answers."""

import time
from collections.abc import Mapping

import requests

from audit.analysis.errors import IntegrityError

_CONNECT_S, _READ_S, _ALL_S = 5, 10, 20
# A token with its chain of certificates has a few kilobytes.
MOST_BYTES = 100_000


def fetched(url: str, body: bytes = b"", media_type: str = "", most: int = MOST_BYTES) -> bytes:
    """Return what an address answers over HTTP, if it does so soon and is brief.

    What is given is sent to it (POST); without anything to send it is only read (GET). Raises
    IntegrityError, or requests' own exception.
    """
    deadline = time.monotonic() + _ALL_S
    with requests.request(
        "POST" if body else "GET",
        url,
        data=body or None,
        headers={"Content-Type": media_type} if media_type else None,
        timeout=(_CONNECT_S, _READ_S),
        stream=True,
        allow_redirects=False,
    ) as response:
        if response.status_code != requests.codes.ok:
            raise IntegrityError(f"{url} answered with the status {response.status_code}.")
        answer = b""
        for piece in response.iter_content(4096):
            answer += piece
            if len(answer) > most or time.monotonic() > deadline:
                raise IntegrityError(f"{url} answers at too great a length, or too slowly.")
    return answer


def handed(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Hand something to an address (POST) that is to take it; what it answers is not read.

    Raises IntegrityError where it does not say that it has it, or requests' own exception.
    """
    with requests.post(
        url,
        data=body,
        headers=dict(headers),
        timeout=(_CONNECT_S, _READ_S),
        stream=True,
        allow_redirects=False,
    ) as response:
        if not response.ok or response.is_redirect:
            raise IntegrityError(f"{url} answered with the status {response.status_code}.")
