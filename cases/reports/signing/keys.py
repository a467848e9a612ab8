"""The signing key: opened from a file or on a token, and who it says that it belongs to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

from asn1crypto import keys, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from pkcs11 import Session
from pkcs11.exceptions import PKCS11Error
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign import Signer, SimpleSigner
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko_certvalidator.registry import SimpleCertificateStore

from audit.analysis.errors import WrongSettingError
from cases.reports.signing.revocation import is_asked_somewhere
from cases.reports.signing.values import Key, KeyFile, Level, SignerFacts, Token

_LEAST_RSA_BITS = 2048


@contextmanager
def opened(key: Key, now: datetime) -> Iterator[Signer]:
    """Open a key for the length of a block; raises WrongSettingError if it cannot be used."""
    with nullcontext(_from_file(key)) if isinstance(key, KeyFile) else _on_token(key) as signer:
        _require_fit(certificate_of(signer), now)
        yield signer


def certificate_of(signer: Signer) -> pyca.Certificate:
    """Return the certificate of the signing key."""
    found = signer.signing_cert
    if found is None:
        raise WrongSettingError("The signing key has no certificate beside it. Add it.")
    return pyca.load_der_x509_certificate(found.dump())


def facts_of(signer: Signer, key: Key, level: Level) -> SignerFacts:
    """Return who signs, as the certificate says it."""
    certificate = certificate_of(signer)
    if level is Level.B_LTA and not is_asked_somewhere(certificate):
        raise WrongSettingError(
            "The signing certificate names no address where its revocation can be asked: set"
            " REPORT_SIGNING_LEVEL to B-T, or use a certificate that does."
        )
    return SignerFacts(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        serial=f"{certificate.serial_number:x}",
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
        valid_from=certificate.not_valid_before_utc.isoformat(),
        valid_until=certificate.not_valid_after_utc.isoformat(),
        kept="a file" if isinstance(key, KeyFile) else "a token that it never leaves",
        level=level,
    )


def _from_file(key: KeyFile) -> SimpleSigner:
    try:
        data = Path(key.path).read_bytes()
        found = pkcs12.load_pkcs12(data, key.password.encode() or None)
    except (OSError, ValueError) as error:
        raise WrongSettingError(
            f"The signing key {key.path} cannot be opened ({error}): set REPORT_SIGNING_P12 to a"
            " PKCS#12 file and REPORT_SIGNING_P12_PASSWORD to its password."
        ) from error
    if found.key is None or found.cert is None:
        raise WrongSettingError(
            f"{key.path} does not hold both a key and its certificate: set REPORT_SIGNING_P12 to"
            " a PKCS#12 file that does."
        )
    secret = found.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    own = [found.cert, *found.additional_certs]
    certificates = [_as_asn1(one.certificate) for one in own]
    return SimpleSigner(
        signing_cert=certificates[0],
        signing_key=keys.PrivateKeyInfo.load(secret),
        cert_registry=_store(certificates),
    )


def _store(certificates: Sequence[x509.Certificate]) -> SimpleCertificateStore:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(certificates)
    return store


def _as_asn1(certificate: pyca.Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


@contextmanager
def _on_token(key: Token) -> Iterator[Signer]:
    """Give the signer on a token, with whatever certificates lie beside its own."""
    try:
        session = open_pkcs11_session(
            key.module, token_criteria=TokenCriteria(label=key.token), user_pin=key.pin
        )
    except (PKCS11Error, RuntimeError) as error:
        raise _refused(key, error) from error
    try:
        yield _among(session, key)
    finally:
        session.close()


def _among(session: Session, key: Token) -> PKCS11Signer:
    signer = PKCS11Signer(session, key.key, key_label=key.key, other_certs_to_pull=None)
    try:
        # Read now: a label that is wrong is found here.
        _ = signer.signing_cert
    except PKCS11Error as error:
        raise _refused(key, error) from error
    return signer


def _refused(key: Token, error: Exception) -> WrongSettingError:
    said = str(error) or type(error).__name__
    return WrongSettingError(
        f"The key {key.key!r} on the token {key.token!r} cannot be used ({said}): set"
        " REPORT_SIGNING_PKCS11 to the token's driver, REPORT_SIGNING_PKCS11_TOKEN and"
        " REPORT_SIGNING_PKCS11_KEY to the labels, and REPORT_SIGNING_PKCS11_PIN to the PIN."
    )


def _require_fit(certificate: pyca.Certificate, now: datetime) -> None:
    """Refuse a certificate that is not valid, or whose key nobody should rely on for signing."""
    said = _unfit(certificate, now)
    if said:
        name = certificate.subject.rfc4514_string()
        raise WrongSettingError(
            f"The signing certificate of {name} {said}: set REPORT_SIGNING_P12 or"
            " REPORT_SIGNING_PKCS11_KEY to another, or leave them out to sign nothing."
        )


def _unfit(certificate: pyca.Certificate, now: datetime) -> str:
    if now < certificate.not_valid_before_utc:
        return f"is valid only from {certificate.not_valid_before_utc:%Y-%m-%d}"
    if now > certificate.not_valid_after_utc:
        return f"was valid until {certificate.not_valid_after_utc:%Y-%m-%d}"
    return _weak(certificate.public_key()) or _misused(certificate)


def _weak(key: object) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        return "" if key.key_size >= _LEAST_RSA_BITS else f"has only {key.key_size} bits"
    # Readers of PDFs know no other kinds.
    return "" if isinstance(key, ec.EllipticCurvePublicKey) else "is neither RSA nor ECDSA"


def _misused(certificate: pyca.Certificate) -> str:
    try:
        usage = certificate.extensions.get_extension_for_class(pyca.KeyUsage).value
    except pyca.ExtensionNotFound:
        return ""
    fit = usage.digital_signature or usage.content_commitment
    return "" if fit else "is not for signing (its key usage)"
