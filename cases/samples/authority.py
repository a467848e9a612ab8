"""A time-stamping authority of our own making, for the tests and the demonstration only.

Whoever runs it sets its clock: its stamps prove nothing to anybody, and its certificates say so.
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from audit.analysis.errors import WrongSettingError

WARNING = "UNTRUSTED TEST AUTHORITY"
# Under the arc that anybody may use (ITU-T X.667): no authority's policy.
POLICY = "2.25.285064139826741829107583950213047961842"
_NOT_ONE = "The test authority's file is not a key and its two certificates. Make it again."
_YEARS = timedelta(days=3653)


@dataclass(frozen=True, slots=True)
class Authority:
    """A key with its certificate, and the root that issued it and whose own key is forgotten."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate
    root: x509.Certificate

    @classmethod
    def made(cls, since: datetime, warning: str = WARNING) -> Self:
        """Return a new authority whose certificates are valid for ten years from `since`.

        Its names begin with the warning; tests give another to see what a trusted one comes to.
        """
        root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        name = _name("root", warning)
        root = _certificate(name, root_key, name, since)
        root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        own = _certificate(_name("time stamps", warning), key, name, since)
        own = own.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
        return cls(key, own.sign(root_key, hashes.SHA256()), root.sign(root_key, hashes.SHA256()))

    @property
    def root_pem(self) -> bytes:
        """The root certificate, to be named as trusted where its stamps should pass."""
        return self.root.public_bytes(Encoding.PEM)

    def as_pem(self) -> bytes:
        """Return the secret key and both certificates, from which `from_pem` makes it again."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + self.certificate.public_bytes(Encoding.PEM) + self.root_pem

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        """Return the authority that `as_pem` wrote; raises WrongSettingError for anything else."""
        try:
            key = load_pem_private_key(pem, password=None)
            certificate, root = x509.load_pem_x509_certificates(pem)
        except ValueError as error:
            raise WrongSettingError(f"{_NOT_ONE} {error}") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != (
            certificate.public_key()
        ):
            raise WrongSettingError(_NOT_ONE)
        return cls(key, certificate, root)

    def answer(self, request: bytes, at: datetime) -> bytes:
        """Return the answer (DER) to a request: a stamp that names the time `at`.

        Raises ValueError if the request cannot be read.
        """
        asked = tsp.TimeStampReq.load(request, strict=True)
        token = cms.ContentInfo(
            {"content_type": "signed_data", "content": self._signed(_info(asked, at))}
        )
        made = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})
        return bytes(made.dump())

    def _signed(self, info: tsp.TSTInfo) -> cms.SignedData:
        """Return the token's content with its signature (RFC 5652, RFC 5816)."""
        own = self.certificate.public_bytes(Encoding.DER)
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": ["tst_info"]},
                {"type": "message_digest", "values": [_sha256(info.dump())]},
                {
                    "type": "signing_certificate_v2",
                    "values": [{"certs": [{"cert_hash": _sha256(own)}]}],
                },
            ]
        )
        return cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": "sha256"}],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": cms.ParsableOctetString(info.dump()),
                },
                "certificates": [asn1_x509.Certificate.load(own)],
                "signer_infos": [self._signer(attributes)],
            }
        )

    def _signer(self, attributes: cms.CMSAttributes) -> cms.SignerInfo:
        own = asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))
        sid = cms.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number})
        return cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier({"issuer_and_serial_number": sid}),
                "digest_algorithm": {"algorithm": "sha256"},
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signature": self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
            }
        )


def _info(asked: tsp.TimeStampReq, at: datetime) -> tsp.TSTInfo:
    """Return what is stated: whole seconds of UTC, right to a second."""
    return tsp.TSTInfo(
        {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": asked["message_imprint"],
            "serial_number": x509.random_serial_number(),
            "gen_time": at.replace(microsecond=0),
            "accuracy": {"seconds": 1},
            "nonce": asked["nonce"],
        }
    )


def kept_in(folder: Path, now: datetime) -> bytes:
    """Return the authority's file of a folder, made if need be and readable by its owner alone."""
    path = folder / "test_authority.pem"
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            # Valid from yesterday: its stamps name whole seconds.
            file.write(Authority.made(now - timedelta(days=1)).as_pem())
        # A link never replaces: of two processes the first one's authority stands.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()


def _name(part: str, warning: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, warning),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{warning} ({part})"),
        ]
    )


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    since: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + _YEARS)
    )


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
