"""What was signed, validated as a stranger would before it is given out."""

import io
from collections.abc import Sequence
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from cases.reports.signing.values import Level, SigningError

# One of the two is enough to sign with.
_FIT = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)
_ASKED = {"revocation_mode": "hard-fail"}
Certificates = Sequence[x509.Certificate]


def anchor_of(certificate: x509.Certificate, known: Certificates) -> x509.Certificate:
    """Return the last certificate that can be reached: a root, where it is known.

    Whether to trust it is for whoever reads the document to say.
    """
    seen = {certificate.sha256}
    while (issuer := _issuer(certificate, known)) is not None and issuer.sha256 not in seen:
        certificate = issuer
        seen.add(certificate.sha256)
    return certificate


def _issuer(certificate: x509.Certificate, known: Certificates) -> x509.Certificate | None:
    return next((one for one in known if one.subject == certificate.issuer), None)


def require_good(
    pdf: bytes, level: Level, anchor: x509.Certificate, known: Certificates, roots: Certificates
) -> str:
    """Return when the signature was stamped; raises SigningError if a reader would refuse it."""
    reader = PdfFileReader(io.BytesIO(pdf))
    signature = reader.embedded_regular_signatures[-1]
    told: dict[str, Any] = {"other_certs": [*known], "allow_fetching": False}

    def context(*trusted: x509.Certificate) -> ValidationContext:
        here = told | {"trust_roots": [*trusted]}
        if level is Level.B_LTA:
            return DocumentSecurityStore.read_dss(reader).as_validation_context(here | _ASKED)
        return ValidationContext(**here)

    status = validate_pdf_signature(signature, context(anchor), context(*roots), None, _FIT)
    if not status.bottom_line:
        raise SigningError(f"The signature that was made does not hold: {status.summary()}.")
    _require_covered(signature, level)
    if level is Level.B_LTA:
        _require_kept(reader, context(*roots))
    stamp = status.timestamp_validity
    if (stamp is None) != (level is Level.B_B):
        raise SigningError(f"The signature that was made is not of level {level}.")
    return stamp.timestamp.isoformat() if stamp else ""


def _require_kept(reader: PdfFileReader, context: ValidationContext) -> None:
    """Refuse a file whose last stamp, over all that shows that it was good, does not hold."""
    found = validate_pdf_timestamp(reader.embedded_timestamp_signatures[-1], context)
    if not (found.valid and found.intact and found.trusted):
        raise SigningError(f"The stamp over the signed document fails: {found.summary()}.")


def _require_covered(signature: EmbeddedPdfSignature, level: Level) -> None:
    """Refuse a file in which more than what keeps the signature came after it."""
    whole = signature.coverage is SignatureCoverageLevel.ENTIRE_FILE
    found = signature.diff_result
    kept = getattr(found, "modification_level", None) is ModificationLevel.LTA_UPDATES
    if not (kept if level is Level.B_LTA else whole):
        raise SigningError("The signature that was made does not cover the whole document.")
