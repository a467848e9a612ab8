"""What signing takes and gives, without what makes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography import x509

from audit.analysis.errors import TouchstoneError

# Asks an address: with bytes to send and their media type, or without for a plain GET.
Fetch = Callable[[str, bytes, str], bytes]


class SigningError(TouchstoneError):
    """A PDF was not signed; says why and what to do."""


class AuthorityFailedError(SigningError):
    """A time-stamping authority gave no time-stamp; says which and why."""


class Level(StrEnum):
    """The baseline levels of PAdES (ETSI EN 319 142-1) that are made here.

    B-B is the signature alone. In B-T an authority vouches that it was there at a time. In B-LTA
    whatever shows that the certificates were good then is kept in the file under another stamp.
    """

    B_B = "B-B"
    B_T = "B-T"
    B_LTA = "B-LTA"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key with its certificates in a file (PKCS#12)."""

    path: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """A key that never leaves a device (PKCS#11): its driver and the labels on it."""

    module: str
    token: str
    key: str
    pin: str = field(repr=False)


Key = KeyFile | Token


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamping authority: its address, how to ask it, and the roots that it may rest on.

    `ask` takes and returns DER (RFC 3161); it raises AuthorityFailedError.
    """

    url: str
    ask: Callable[[bytes], bytes]
    roots: Sequence[x509.Certificate]


@dataclass(frozen=True, slots=True)
class SignerFacts:
    """Who will sign and how, as the cover says it before there is a signature.

    `serial` is hexadecimal, `sha256` the digest of the certificate in DER, the times are ISO 8601.
    `kept` says in words where the key is.
    """

    subject: str
    issuer: str
    serial: str
    sha256: str
    valid_from: str
    valid_until: str
    kept: str
    level: Level


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed PDF; `authority` and `stamped_at` are empty where no time-stamp was wanted."""

    pdf: bytes
    level: Level
    authority: str
    stamped_at: str
