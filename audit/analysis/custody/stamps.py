"""Time stamps (RFC 3161): the request for one, and what an answer shows. Nothing here is sent."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import (
    Accuracy,
    HashAlgorithm,
    PKIStatus,
    SignedData,
    TimestampRequestBuilder,
    TimeStampResponse,
    TimeStampTokenInfo,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from audit.analysis.custody import der
from audit.analysis.errors import IntegrityError, WrongSettingError

# What the readers of the answer and of its certificates raise for bytes that are neither.
_UNREADABLE = (
    ValueError,
    KeyError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
# Down to the signed data: the answer, its token, the token's content, and what stands in that;
# and from there to what the authority states, which is wrapped twice.
_SIGNED = (0, 1, 1, 0)
_STATED = (*_SIGNED, 2, 1, 0, 0)
# The tags by which the certificates and the time are found there.
_CERTIFICATES = 0xA0
_TIME = 0x18
_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


@dataclass(frozen=True, slots=True)
class Request:
    """The bytes to send to an authority, and the number that its answer must repeat."""

    body: bytes
    nonce: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an authority vouches for: the message was there at `time` (UTC), give or take.

    `authority` is the subject of its certificate (RFC 4514), `policy` the number of its rules,
    `accuracy` None where it states none. `certificates` are PEM: the authority's own, its issuers
    up to the trusted root.
    """

    authority: str
    time: datetime
    serial: int
    policy: str
    accuracy: timedelta | None
    certificates: tuple[str, ...]


def request_for(message: bytes) -> Request:
    """Return a request over the SHA-256 of the message, with a nonce and for the certificate.

    Raises ValueError for an empty message.
    """
    made = (
        TimestampRequestBuilder()
        .data(message)
        .hash_algorithm(HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    if made.nonce is None:
        raise ValueError("The request was made without a nonce.")
    return Request(made.as_bytes(), made.nonce)


def trusted_from(pem: bytes) -> list[x509.Certificate]:
    """Return the certificates of a PEM file; raises WrongSettingError if it holds none."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise WrongSettingError(
            f"The trusted certificates cannot be read: {error}. Give them as PEM."
        ) from error


def checked(
    answer: bytes,
    message: bytes,
    trusted: Sequence[x509.Certificate],
    *,
    nonce: int | None,
) -> Stamp:
    """Return what an answer (DER) says of the message, if a trusted root stands behind it.

    The certificates need to have been valid at the time in the token, not today. With the nonce
    of the request an old answer is refused; give None where the request is no longer at hand.
    Two things are not looked at: lists of revoked certificates, which need the network, and the
    token's own copy of the certificate's digest (RFC 5816), which `openssl ts -verify` compares.
    Raises IntegrityError, in words, for an answer that does not hold, and WrongSettingError for no
    trusted root.
    """
    if not trusted:
        raise WrongSettingError("No root certificate is trusted. Name one at least.")
    try:
        response = decode_timestamp_response(_with_certificates_in_order(answer))
        return _checked(response, message, trusted, nonce)
    except _UNREADABLE as error:
        raise IntegrityError(f"The answer cannot be read as a time stamp: {error}.") from error


def _checked(
    response: TimeStampResponse,
    message: bytes,
    trusted: Sequence[x509.Certificate],
    nonce: int | None,
) -> Stamp:
    _require_granted(response)
    info = response.tst_info
    _require_message(info, message)
    if nonce is not None and info.nonce != nonce:
        raise IntegrityError("The time stamp does not answer this request: its nonce is another.")
    chain = _chain(response.signed_data, trusted)
    _require_signed(response, message, chain[-1])
    return Stamp(
        authority=chain[0].subject.rfc4514_string(),
        time=info.gen_time + _fraction(response.as_bytes()),
        serial=info.serial_number,
        policy=info.policy.dotted_string,
        accuracy=_accuracy(info.accuracy),
        certificates=tuple(one.public_bytes(Encoding.PEM).decode() for one in chain),
    )


def _require_granted(response: TimeStampResponse) -> None:
    if response.status != PKIStatus.GRANTED:
        said = "; ".join(response.status_string) or f"status {response.status}"
        raise IntegrityError(f"The authority granted no time stamp: {said}.")


def _require_message(info: TimeStampTokenInfo, message: bytes) -> None:
    imprint = info.message_imprint
    if imprint.hash_algorithm != _SHA256:
        raise IntegrityError(
            "The time stamp is over another digest than SHA-256: its imprint algorithm is "
            f"{imprint.hash_algorithm.dotted_string}."
        )
    if imprint.message != hashlib.sha256(message).digest():
        raise IntegrityError("The time stamp is not for this message: its imprint is another.")


def _chain(signed: SignedData, trusted: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Return the authority's certificate, its issuers in the token, and the trusted root."""
    carried = [x509.load_der_x509_certificate(one) for one in signed.certificates]
    chain = [_signers(signed, carried)]
    while not (roots := _issuers(chain[-1], trusted)):
        issuers = [one for one in _issuers(chain[-1], carried) if one not in chain]
        if not issuers:
            raise IntegrityError(
                f"The certificate of {chain[0].subject.rfc4514_string()} is not one of the "
                "trusted: no root that was named has issued it."
            )
        chain.append(issuers[0])
    return [*chain, roots[0]]


def _signers(signed: SignedData, carried: Sequence[x509.Certificate]) -> x509.Certificate:
    """Return the certificate of the one who signed."""
    signers = {(one.issuer, one.serial_number) for one in signed.signer_infos}
    found = [one for one in carried if (one.issuer, one.serial_number) in signers]
    if len(signers) != 1 or len(found) != 1:
        raise IntegrityError(
            f"The time stamp carries {len(signers)} signatures and {len(found)} certificates for "
            "them; one of each is needed."
        )
    return found[0]


def _issuers(
    certificate: x509.Certificate, among: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    return [one for one in among if _has_issued(one, certificate)]


def _has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


def _require_signed(response: TimeStampResponse, message: bytes, root: x509.Certificate) -> None:
    try:
        VerifierBuilder(roots=[root]).build().verify_message(response, message)
    except VerificationError as error:
        raise IntegrityError(
            "The signature of the time stamp does not verify: its bytes are not what they were, "
            "or a certificate was not valid at the time that it names, or is not for time stamps."
        ) from error


def _accuracy(given: Accuracy | None) -> timedelta | None:
    if given is None:
        return None
    return timedelta(
        seconds=given.seconds or 0,
        milliseconds=given.millis or 0,
        microseconds=given.micros or 0,
    )


def _fraction(answer: bytes) -> timedelta:
    """Return the part of a second in the time of an answer, which the reader leaves out."""
    for tag, body, end in der.values(answer, *der.within(answer, _STATED)):
        if answer[tag] == _TIME:
            digits = answer[body:end].rstrip(b"Z").partition(b".")[2]
            return timedelta(microseconds=int(digits[:6].ljust(6, b"0")))
    return timedelta()


def _with_certificates_in_order(answer: bytes) -> bytes:
    """Return the answer with the certificates of its token in the order of DER.

    They are a set that nobody signs, and authorities write it in the order of their chain; the
    reader takes only the order of DER (ITU-T X.690, 11.6).
    """
    for tag, body, end in der.values(answer, *der.within(answer, _SIGNED)):
        if answer[tag] == _CERTIFICATES:
            inner = sorted(answer[one:last] for one, _, last in der.values(answer, body, end))
            return answer[:body] + b"".join(inner) + answer[end:]
    return answer
