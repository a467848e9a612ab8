"""Signed PDFs (PAdES baseline): a signature is added behind the printed bytes, never into them.

The signature has no picture. A visible one would stand on a page that is printed before the
signature exists, would have to be tagged, and shows nothing that a reader should rely on: that the
document is signed, and by which certificate, is printed on its cover, and a viewer shows the field
by its name. Its box lies outside the page, which PDF/A-3 and PDF/UA-1 both allow without a tag; a
hidden one, or one of no size in the corner, only the one of the two does.

No lesser signature is made than was promised on the cover: where an authority does not answer, or
revocation cannot be asked, there is no signed file, and the error says why.
"""

from collections.abc import Sequence
from datetime import datetime

from cases.reports.signing.values import (
    Authority,
    AuthorityFailedError,
    Fetch,
    Key,
    KeyFile,
    Level,
    Signed,
    SignerFacts,
    SigningError,
    Token,
)

__all__ = [
    "Authority",
    "AuthorityFailedError",
    "Fetch",
    "Key",
    "KeyFile",
    "Level",
    "Signed",
    "SignerFacts",
    "SigningError",
    "Token",
    "facts_of",
    "sign",
]


def facts_of(key: Key, level: Level, now: datetime) -> SignerFacts:
    """Return who signs with a key, once it can be used.

    Raises WrongSettingError for a key that cannot be opened or whose certificate is not valid now.
    """
    from cases.reports.signing import keys

    with keys.opened(key, now) as signer:
        return keys.facts_of(signer, key, level)


def sign(
    pdf: bytes, key: Key, promised: SignerFacts, authorities: Sequence[Authority], fetch: Fetch
) -> Signed:
    """Return the PDF signed as promised; it begins with the bytes given.

    The authorities are asked in order until one answers. Raises SigningError, and signs nothing,
    if none does or if what was promised cannot be kept.
    """
    from cases.reports.signing import pades

    return pades.sign(pdf, key, promised, authorities, fetch)
