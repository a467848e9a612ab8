"""Signatures as pyHanko makes them; each is validated before it is given out."""

import asyncio
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from asn1crypto import tsp, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone
from pkcs11.exceptions import PKCS11Error
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, Signer
from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import TimestampDSSContentSettings
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import DocumentSecurityStore, collect_validation_info
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from cases.reports.signing import keys, revocation, validation
from cases.reports.signing.values import (
    Authority,
    AuthorityFailedError,
    Fetch,
    Key,
    Level,
    Signed,
    SignerFacts,
    SigningError,
)

_DIGEST = "sha256"
# Outside the page: neither PDF/A-3 nor PDF/UA-1 asks for a picture or a tag of it there.
_OUTSIDE = InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)
_TOOLTIP = "Signature of whoever issued this document"
_RETRY = (
    "Nothing was signed. Try again when one answers, or set REPORT_SIGNING_LEVEL to B-B to sign"
    " without a time-stamp."
)


class _Printed(IncrementalPdfFileWriter):
    """Adds to a PDF and leaves its metadata as they were printed, which PDF/A holds together."""

    def _update_meta(self) -> None:
        pass


class _Asked(TimeStamper):
    """Asks an authority by way of whoever called, and refuses what cannot be read."""

    def __init__(self, authority: Authority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._authority = authority

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Return the answer of the authority."""
        answer = self._authority.ask(req.dump())
        try:
            # Read to the end here, where it is known who sent it, and on a copy of its own: one
            # that was looked at is written anew, field by field, each time that it is dumped.
            _ = tsp.TimeStampResp.load(answer, strict=True).native
        except (ValueError, TypeError, KeyError) as error:
            raise AuthorityFailedError(f"its answer cannot be read ({error})") from error
        return tsp.TimeStampResp.load(answer)


@dataclass(frozen=True, slots=True)
class _Work:
    """The signer with every certificate that is known of it, and the level to be reached."""

    signer: Signer
    known: list[x509.Certificate]
    level: Level
    fetch: Fetch

    @property
    def anchor(self) -> x509.Certificate:
        return validation.anchor_of(self.signer.signing_cert, self.known)


def sign(
    pdf: bytes, key: Key, promised: SignerFacts, authorities: Sequence[Authority], fetch: Fetch
) -> Signed:
    """Return the PDF signed as promised, by whichever authority answers first."""
    with keys.opened(key, timezone.now()) as signer, _told():
        _require_promised(keys.facts_of(signer, key, promised.level), promised)
        work = _Work(signer, [*signer.cert_registry], promised.level, fetch)
        if work.level is Level.B_B:
            return _good(_signature(pdf, work, None), work, None)
        return _by_any(authorities, lambda one: _good(_stamped(pdf, work, one), work, one))


def _by_any(authorities: Sequence[Authority], make: Callable[[Authority], Signed]) -> Signed:
    failed = []
    for one in authorities:
        try:
            return make(one)
        except (AuthorityFailedError, OSError) as error:
            failed.append(f"{one.url}: {error}")
    said = "; ".join(failed) or "this site names none"
    raise SigningError(f"No time-stamping authority gave a time-stamp ({said}). {_RETRY}")


def _good(pdf: bytes, work: _Work, by: Authority | None) -> Signed:
    roots = _as_asn1(by.roots) if by else []
    at = validation.require_good(pdf, work.level, work.anchor, work.known, roots)
    return Signed(pdf, work.level, by.url if by else "", at)


def _stamped(pdf: bytes, work: _Work, authority: Authority) -> bytes:
    asked = _Asked(authority)
    signed = _signature(pdf, work, asked)
    return _kept(signed, work, authority, asked) if work.level is Level.B_LTA else signed


def _signature(pdf: bytes, work: _Work, asked: _Asked | None) -> bytes:
    meta = PdfSignatureMetadata(
        field_name="Signature", md_algorithm=_DIGEST, subfilter=SigSeedSubFilter.PADES
    )
    field = SigFieldSpec("Signature", invis_sig_settings=_OUTSIDE, readable_field_name=_TOOLTIP)
    signer = PdfSigner(meta, work.signer, timestamper=asked, new_field_spec=field)
    return _read(signer.sign_pdf(_Printed(io.BytesIO(pdf))))


def _kept(pdf: bytes, work: _Work, authority: Authority, asked: _Asked) -> bytes:
    """Add whether each certificate was revoked, and another stamp over the whole of it."""
    roots = _as_asn1(authority.roots)
    known = [*work.known, *asked.cert_registry]
    answers = revocation.ask(_as_pyca([*known, *_behind(known, roots)]), work.fetch)
    context = ValidationContext(
        trust_roots=[work.anchor, *roots],
        other_certs=known,
        ocsps=answers.ocsps,
        crls=answers.crls,
        revocation_mode="hard-fail",
    )
    writer = _Printed(io.BytesIO(pdf))
    signature = writer.prev.embedded_regular_signatures[-1]
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        signature.pkcs7_content.hex().encode(),
        paths=asyncio.run(collect_validation_info(signature, context)),
        validation_context=context,
    )
    informed = io.BytesIO()
    writer.write(informed)  # type: ignore[no-untyped-call]
    stamper = PdfTimeStamper(
        asked, field_name="Timestamp", invis_settings=_OUTSIDE, readable_field_name="Time-stamp"
    )
    # Whatever shows that the authority was good goes in before its stamp, which covers it too.
    before = TimestampDSSContentSettings(update_before_ts=True, include_vri=False)
    writer = _Printed(informed)
    return _read(stamper.timestamp_pdf(writer, _DIGEST, context, dss_settings=before))


def _behind(
    known: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    """Return the roots that issued one of the certificates."""
    issuers = {one.issuer.dump() for one in known}
    return [one for one in roots if one.subject.dump() in issuers]


def _require_promised(found: SignerFacts, promised: SignerFacts) -> None:
    if found != promised:
        raise SigningError(
            f"The document names the certificate {promised.serial} of {promised.subject}, and the"
            f" one set now is {found.serial} of {found.subject}. Print the document again."
        )


@contextmanager
def _told() -> Iterator[None]:
    """Say in words of our own what goes wrong in the making of a signature."""
    try:
        yield
    except SigningError:
        raise
    except (ValueError, PdfError, PathError, ValidationError, PKCS11Error) as error:
        said = str(error) or type(error).__name__
        raise SigningError(
            f"The document cannot be signed: {said}. Nothing was signed."
        ) from error


def _read(stream: io.BytesIO) -> bytes:
    return stream.getvalue()


def _as_asn1(certificates: Sequence[pyca.Certificate]) -> list[x509.Certificate]:
    return [x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in certificates]


def _as_pyca(certificates: Sequence[x509.Certificate]) -> list[pyca.Certificate]:
    return [pyca.load_der_x509_certificate(one.dump()) for one in certificates]
