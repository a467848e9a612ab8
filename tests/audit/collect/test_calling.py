"""Real calls to a real process: what is kept of each, whatever becomes of it."""

import _ssl
import asyncio
import ipaddress
import json
import ssl
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from audit.analysis.digests import sha256_hex
from audit.analysis.errors import WrongSettingError
from audit.collect import calling
from audit.collect.calling import Captured
from audit.collect.providers import PROVIDERS
from audit.collect.secrets import Secret
from audit.collect.values import Address, Ask, Provider, Request
from tests.provider import Playing, provider

KEY = Secret("MADE_UP", "sk-0123456789abcdef")
CHAT = PROVIDERS["chat_completions"]
BASES = {"messages": "/v1", "generate_content": "/v1beta", "ollama": ""}


def called(request: Request, within_s: float = 10, **how: str) -> Captured:
    async def one() -> Captured:
        async with calling.client(timeout_s=10, **how) as http:
            return await calling.call(http, request, KEY, within_s=within_s)

    return asyncio.run(one())


def asked(playing: Playing, prompt: str, spoken: Provider = CHAT, **how: float) -> Captured:
    address = Address(playing.url, "suspect-1", KEY)
    return called(spoken.request(Ask(prompt), address), **how)


@pytest.fixture
def playing(tmp_path):
    faults = [
        {"prompt": name, "do": name, "after_s": 3}
        for name in ("429", "500", "cut", "malformed", "silent", "echo")
    ]
    with provider(tmp_path, faults=faults, answers={"Why?": "Because."}) as found:
        yield found


def test_a_call_is_kept_byte_for_byte_with_what_can_be_seen(playing):
    found = asked(playing, "Why?")
    body = json.loads(found.request_body)
    assert body["messages"] == [{"role": "user", "content": "Why?"}]
    assert ("Authorization", "***") in found.request_headers
    assert ("Accept-Encoding", "identity") in found.request_headers
    assert (found.status, found.error) == (200, "")
    assert json.loads(found.body)["choices"][0]["message"]["content"] == "Because."
    assert ("X-Request-Id", "req_0") in found.headers
    assert playing.origin == f"http://{found.facts['address']}"
    assert found.facts["http"] == "HTTP/1.1"
    assert found.facts["tls"] is None
    spent = found.ended.monotonic_ns - found.began.monotonic_ns
    assert 0 < found.facts["headers_ns"] <= spent


@pytest.mark.parametrize("kind", PROVIDERS)
def test_every_api_is_spoken_to_a_process(kind, tmp_path):
    faults = [{"prompt": "No?", "do": "refuse"}]
    with provider(tmp_path, faults=faults, answers={"Why?": "Because."}) as playing:
        address = Address(playing.origin + BASES.get(kind, "/v1"), "suspect-1", KEY)
        spoken = PROVIDERS[kind]
        found = spoken.reading(called(spoken.request(Ask("Why?"), address)).reply())
        assert (found.answer, found.error, found.refusal) == ("Because.", "", "")
        assert (found.model, found.usage.tokens_in, found.usage.tokens_out) == ("suspect-1", 10, 1)
        listing = spoken.models(called(spoken.models_request(address)).reply())
        assert [one.name for one in listing.models] == ["suspect-1"]
        if kind != "ollama":  # whose API has no way to refuse
            refused = spoken.reading(called(spoken.request(Ask("No?"), address)).reply())
            assert (refused.answer, refused.error) == ("", "")
            assert refused.refusal


def test_an_error_keeps_its_status_headers_and_words(playing):
    found = asked(playing, "429")
    assert found.status == 429
    assert ("Retry-After", "3") in found.headers
    assert CHAT.reading(found.reply()).error == "HTTP 429: made up; you sent ***"


def test_a_stream_that_is_cut_leaves_what_it_brought(playing):
    found = asked(playing, "cut")
    assert found.status == 200
    assert found.error.startswith("RemoteProtocolError: ")
    assert found.body.startswith(b'{"id": "chatcmpl-1"')
    assert not found.body.endswith(b"}")


def test_a_reply_that_never_comes_is_an_error(playing):
    found = asked(playing, "silent")
    assert found.status is None
    assert found.reply() is None
    assert found.error.startswith("RemoteProtocolError: ")


def test_malformed_json_is_kept_as_it_came(playing):
    found = asked(playing, "malformed")
    assert found.error == ""
    assert found.body == b'{"choices": [{"message": {"content": "half'
    assert CHAT.reading(found.reply()).error == "HTTP 200: its body is not JSON"


def test_a_key_that_comes_back_is_masked_in_body_and_headers(playing, tmp_path):
    assert CHAT.reading(asked(playing, "echo").reply()).answer == "***"
    with provider(tmp_path, key="another-key") as strict:
        found = asked(strict, "Why?")
    assert found.status == 401
    assert ("X-Seen", "***") in found.headers
    assert KEY.reveal() not in repr(found)
    assert b"Incorrect API key provided: ***." in found.body


def test_nobody_there_is_an_error(tmp_path):
    with provider(tmp_path) as playing:
        pass
    found = asked(playing, "Why?")
    assert found.status is None
    assert found.error.startswith("ConnectError: ")


def test_a_call_has_a_deadline_as_a_whole(tmp_path):
    with provider(tmp_path, latency_s=5) as playing:
        found = asked(playing, "Why?", within_s=0.3)
    assert found.error == "no whole reply came within 0.3 s"
    assert 0.3e9 <= found.ended.monotonic_ns - found.began.monotonic_ns < 2e9


def test_a_reply_that_is_too_long_is_cut(tmp_path):
    with provider(tmp_path, answers={"Why?": "word " * 300_000}) as playing:
        found = asked(playing, "Why?")
    assert len(found.body) == calling.MOST_BYTES
    assert found.error == "the reply is longer than 1,048,576 bytes and was cut"


def certified(subject: str, key: ec.EllipticCurvePrivateKey, issuer: x509.Certificate | None,
              signing: ec.EllipticCurvePrivateKey) -> x509.Certificate:  # fmt: skip
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = datetime.now(UTC)  # noqa: TID251 - certificates of this moment
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
    )
    return made.sign(signing, hashes.SHA256())


@pytest.fixture
def authority(tmp_path) -> tuple[Path, Path, list[bytes]]:
    """A throw-away CA: its root, a PEM file for the server, and both certificates in DER."""
    root_key, own_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = certified("made-up root", root_key, None, root_key)
    own = certified("made-up server", own_key, root, root_key)
    roots, server = tmp_path / "roots.pem", tmp_path / "server.pem"
    roots.write_bytes(root.public_bytes(Encoding.PEM))
    private = own_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    server.write_bytes(own.public_bytes(Encoding.PEM) + private)
    return roots, server, [one.public_bytes(Encoding.DER) for one in (own, root)]


def test_the_chain_of_certificates_is_kept(authority, tmp_path):
    roots, server, chain = authority
    with provider(tmp_path, certificate=str(server)) as playing:
        request = CHAT.request(Ask("Why?"), Address(playing.url, "suspect-1", KEY))
        found = called(request, roots=str(roots))
        stranger = called(request)
    tls = found.facts["tls"]
    assert tls["version"] == "TLSv1.3"
    assert tls["chain"] == [sha256_hex(each) for each in chain]
    assert tls["chain_is"] == "verified, up to its root"
    assert list(found.certificates.values()) == chain
    assert stranger.status is None
    assert "CERTIFICATE_VERIFY_FAILED" in stranger.error


def test_this_python_has_a_way_to_the_whole_chain():
    # Private until Python 3.13: an update that takes it away must not go by unnoticed.
    places = (ssl.SSLObject, _ssl._SSLSocket)
    ways = [place.__name__ for place in places if hasattr(place, "get_verified_chain")]
    assert ways, f"Python {sys.version} hides the verified chain: calls keep one certificate only"


def test_roots_that_cannot_be_read_are_a_wrong_setting(tmp_path):
    (tmp_path / "empty.pem").write_text("nothing")
    for name in ("empty.pem", "nowhere.pem"):
        with pytest.raises(WrongSettingError, match="COLLECT_ROOTS is"):
            calling.client(timeout_s=1, roots=str(tmp_path / name))
