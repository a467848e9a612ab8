"""Whether certificates were revoked, asked at the addresses that they name (OCSP, else a CRL)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from cases.reports.signing.values import Fetch

_OCSP = "application/ocsp-request"


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered, in DER; whether it says anything good is for the validator to find."""

    ocsps: tuple[bytes, ...]
    crls: tuple[bytes, ...]


def ask(certificates: Sequence[x509.Certificate], fetch: Fetch) -> Answers:
    """Ask of each certificate that names an address."""
    ocsps, crls = [], []
    for one in dict.fromkeys(certificates):
        issuer = _issuer(one, certificates)
        url = next(_responders(one), "")
        if url and issuer is not None:
            ocsps.append(fetch(url, _question(one, issuer), _OCSP))
        elif url := next(_lists(one), ""):
            crls.append(_as_der(fetch(url, b"", "")))
    return Answers(tuple(ocsps), tuple(crls))


def is_asked_somewhere(certificate: x509.Certificate) -> bool:
    """Say whether a certificate names where its revocation can be asked."""
    return any((*_responders(certificate), *_lists(certificate)))


def _issuer(
    certificate: x509.Certificate, among: Sequence[x509.Certificate]
) -> x509.Certificate | None:
    return next((one for one in among if one.subject == certificate.issuer), None)


def _question(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    # SHA-1 only names the certificate here, and many responders know nothing else (RFC 5019).
    built = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1())  # noqa: S303
    return built.build().public_bytes(Encoding.DER)


def _as_der(found: bytes) -> bytes:
    """Return a list in DER, as some hand it out in PEM."""
    if not found.startswith(b"-----"):
        return found
    return x509.load_pem_x509_crl(found).public_bytes(Encoding.DER)


def _responders(certificate: x509.Certificate) -> Iterator[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    except x509.ExtensionNotFound:
        return
    for one in found.value:
        if one.access_method == Access.OCSP:
            yield from _addresses([one.access_location])


def _lists(certificate: x509.Certificate) -> Iterator[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
    except x509.ExtensionNotFound:
        return
    for one in found.value:
        yield from _addresses(one.full_name or [])


def _addresses(names: Sequence[x509.GeneralName]) -> Iterator[str]:
    for one in names:
        if isinstance(one, x509.UniformResourceIdentifier) and one.value.startswith("http"):
            yield one.value
