"""Signing what is issued, with the key and the authorities that the settings name."""

from dataclasses import asdict
from typing import Any

import requests
from django.conf import settings
from django.utils import timezone

from audit.analysis.errors import TouchstoneError
from cases.reports import signing
from cases.reports.signing import (
    Authority,
    AuthorityFailedError,
    Key,
    KeyFile,
    Level,
    Signed,
    SignerFacts,
    SigningError,
    Token,
)
from cases.services import outside, stamping

# A list of revoked certificates may have some megabytes.
_MOST_BYTES = 20_000_000


def signer_facts() -> SignerFacts | None:
    """Return who signs what is issued from now on, or None where no key is set.

    It belongs into the frozen document, so that the cover says it before there is a signature.
    Raises WrongSettingError if the key cannot be used.
    """
    key = _key()
    return signing.facts_of(key, _level(), timezone.now()) if key else None


def told_of(signer: SignerFacts | None) -> dict[str, Any] | None:
    """Return what a frozen document holds of who signs it; None where nobody does."""
    return asdict(signer) if signer else None


def signed(pdf: bytes, promised: SignerFacts | None) -> bytes:
    """Return the PDF as its cover says that it is: signed, or as it was printed."""
    return sign(pdf, promised).pdf if promised else pdf


def sign(pdf: bytes, promised: SignerFacts) -> Signed:
    """Return the PDF with the signature that its cover promises; raises SigningError otherwise.

    The file begins with the bytes given. Where no authority answers, nothing is signed: a job that
    signs fails in words and can be tried again.
    """
    key = _key()
    if key is None:
        raise SigningError(
            "The document says that it is signed, and no signing key is set any more. Set"
            " REPORT_SIGNING_P12 or REPORT_SIGNING_PKCS11, or print it again."
        )
    urls = [] if promised.level is Level.B_B else settings.TIMESTAMP_URLS
    authorities = [_authority(url) for url in urls]
    return signing.sign(pdf, key, promised, authorities, _fetched)


def _key() -> Key | None:
    if settings.REPORT_SIGNING_P12:
        return KeyFile(settings.REPORT_SIGNING_P12, settings.REPORT_SIGNING_P12_PASSWORD)
    if settings.REPORT_SIGNING_PKCS11:
        return Token(
            settings.REPORT_SIGNING_PKCS11,
            settings.REPORT_SIGNING_PKCS11_TOKEN,
            settings.REPORT_SIGNING_PKCS11_KEY,
            settings.REPORT_SIGNING_PKCS11_PIN,
        )
    return None


def _level() -> Level:
    """Return the level that is set; without one it is B-T where an authority is named."""
    if settings.REPORT_SIGNING_LEVEL:
        return Level(settings.REPORT_SIGNING_LEVEL)
    return Level.B_T if settings.TIMESTAMP_URLS else Level.B_B


def _authority(url: str) -> Authority:
    def ask(request: bytes) -> bytes:
        try:
            return stamping.answer_of(url, request)
        except (TouchstoneError, requests.RequestException) as error:
            raise AuthorityFailedError(str(error)) from error

    return Authority(url, ask, stamping.trusted_by(url))


def _fetched(url: str, body: bytes, media_type: str) -> bytes:
    try:
        return outside.fetched(url, body, media_type, _MOST_BYTES)
    except (TouchstoneError, requests.RequestException) as error:
        raise SigningError(
            f"Whether a certificate was revoked cannot be asked ({error}). Nothing was signed. Try"
            " again later, or set REPORT_SIGNING_LEVEL to B-T."
        ) from error
