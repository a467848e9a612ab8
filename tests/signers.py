"""A certificate authority made for a test, a signer under it, and where revocation is asked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import typst
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from django.utils import timezone

PASSWORD = "made up for the test"
DAY = timedelta(days=1)
SOURCE = b"""
#set document(title: "A paper", date: datetime(year: 2026, month: 1, day: 2))
= What was found
It says so, see #link("https://example.org")[there].
#pagebreak()
= And more
#pdf.attach("results.json", bytes("{\\"a\\": 1}"), relationship: "data",
  mime-type: "application/json", description: "the figures")
"""


def printed() -> bytes:
    """A small document as the press makes them: PDF/A-3a, PDF/UA-1, with an attachment."""
    return typst.compile(SOURCE, pdf_standards=["a-3a", "ua-1"], timestamp=0)


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass
class Issuer:
    """A root that issues signing certificates, and the list of those that it revoked."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    revoked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        ca = x509.BasicConstraints(ca=True, path_length=None)
        usage = _usage(key_cert_sign=True, crl_sign=True)
        self.root = self.issued("Root of the test", self.key.public_key(), [ca, usage])

    def issued(
        self, subject: str, key: object, extensions: list[x509.ExtensionType], days: int = 30
    ) -> x509.Certificate:
        now = timezone.now()
        built = x509.CertificateBuilder(
            issuer_name=name("Root of the test"),
            subject_name=name(subject),
            public_key=key,
            serial_number=x509.random_serial_number(),
            not_valid_before=now - 2 * DAY,
            not_valid_after=now + days * DAY,
        )
        for one in extensions:
            built = built.add_extension(one, critical=False)
        return built.sign(self.key, hashes.SHA256())

    def signer(self, crl: str = "", days: int = 30, *, for_signing: bool = True) -> "Own":
        key = rsa.generate_private_key(65537, 2048)
        extensions = [_usage(digital_signature=for_signing, key_encipherment=not for_signing)]
        if crl:
            at = x509.DistributionPoint([x509.UniformResourceIdentifier(crl)], None, None, None)
            extensions.append(x509.CRLDistributionPoints([at]))
        own = self.issued("Notary of the test, Ltd", key.public_key(), extensions, days)
        return Own(key, own, self.root)

    def revocations(self) -> bytes:
        now = timezone.now()
        built = x509.CertificateRevocationListBuilder(
            name("Root of the test"), now - DAY, now + DAY
        )
        for serial in self.revoked:
            one = x509.RevokedCertificateBuilder(serial, now - timedelta(hours=2)).build()
            built = built.add_revoked_certificate(one)
        return built.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


@dataclass
class Own:
    """A signer's key with its certificate and that of its issuer."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    root: x509.Certificate

    def keep(self, folder: Path) -> str:
        """Write the PKCS#12 file and return its path."""
        path = folder / "signer.p12"
        sealed = BestAvailableEncryption(PASSWORD.encode())
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"signer", self.key, self.certificate, [self.root], sealed
            )
        )
        return str(path)


def _usage(**wanted: bool) -> x509.KeyUsage:
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
    names += ("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**dict.fromkeys(names, False) | wanted)


@contextmanager
def listing(issuer: Issuer) -> Iterator[str]:
    """Serve the list of revoked certificates at the address that it yields."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(issuer.revocations())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/list.crl"
    finally:
        server.shutdown()
        server.server_close()
