"""Signed notes (C2SP signed-note, version 1): text that one or more Ed25519 keys have signed."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.analysis.digests import sha256_hex
from audit.analysis.errors import IntegrityError, WrongSettingError

# The type of a signature of a plain text by Ed25519.
_ED25519 = b"\x01"
_KEY_BYTES = 32
_ID_BYTES = 4
_NAME = re.compile(r"[^\s+]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
# A note with more is refused, so that nobody is kept busy with it.
_MOST_SIGNATURES = 100


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a named key; `public` is its 32 bytes (RFC 8032).

    Raises WrongSettingError if the name is empty or holds a space or a plus sign, or for another
    length of the key.
    """

    name: str
    public: bytes

    def __post_init__(self) -> None:
        _require_key(self.name, self.public)

    @property
    def id(self) -> bytes:
        """The 4 bytes by which a signature names its key; too few to tell keys apart for sure."""
        named = self.name.encode() + b"\n" + _ED25519 + self.public
        return bytes.fromhex(sha256_hex(named))[:_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(_ED25519 + self.public)}"

    def has_signed(self, data: bytes, signature: bytes) -> bool:
        """Say whether the signature (64 bytes) is this key's over the bytes as they are."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, data)
        except InvalidSignature:
            return False
        return True

    @classmethod
    def parsed(cls, text: str) -> Self:
        """Return the key of `name+id+key`; raises WrongSettingError if that is none."""
        name, _, rest = text.partition("+")
        data = _unbase64(rest.partition("+")[2])
        if data is None or data[:1] != _ED25519:
            raise WrongSettingError(
                f"{text!r} is not a verifier key for Ed25519. It reads name+id+key, the key in "
                "base64."
            )
        key = cls(name, data[1:])
        if str(key) != text:
            raise WrongSettingError(
                f"The verifier key {text!r} does not carry its own id, {key.id.hex()}. Copy it "
                "again from whoever signs with it."
            )
        return key


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The secret half of a named key; `seed` is its 32 secret bytes (RFC 8032)."""

    name: str
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        _require_key(self.name, self.seed)

    @property
    def verifier(self) -> VerifierKey:
        """The public half, to be given to whoever should check."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return VerifierKey(self.name, private.public_key().public_bytes_raw())

    def sign(self, data: bytes) -> bytes:
        """Return the signature (64 bytes) over the bytes as they are, which are no note's."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(data)


@dataclass(frozen=True, slots=True)
class Signature:
    """One line beneath a note: the name and the 4-byte id of its key, and the signature."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends its last line, and the signatures beneath it; none of them checked."""

    text: str
    signatures: tuple[Signature, ...]


def signed(text: str, *keys: SigningKey) -> str:
    """Return the note of the text with one signature by each key, in their order.

    Raises IntegrityError for a text that no note can carry: it ends with a line feed, holds no
    other control character and no half of a surrogate pair. Raises ValueError for no key.
    """
    if not keys:
        raise ValueError("A note needs a key that signs it.")
    _require_text(text)
    lines = [_line(key, text.encode()) for key in keys]
    return f"{text}\n{''.join(lines)}"


def parsed(note: str) -> Note:
    """Return text and signatures of a note, unchecked; raises IntegrityError if it is none."""
    _require_text(note)
    text, gap, lines = note.rpartition("\n\n")
    if not gap:
        raise IntegrityError("No blank line parts the text of the note from its signatures.")
    found = lines[:-1].split("\n")
    if len(found) > _MOST_SIGNATURES:
        raise IntegrityError(
            f"The note carries {len(found)} signatures; at most {_MOST_SIGNATURES} are read."
        )
    return Note(
        f"{text}\n", tuple(_signature(number, line) for number, line in enumerate(found, 1))
    )


def opened(note: str, keys: Iterable[VerifierKey]) -> tuple[str, list[VerifierKey]]:
    """Return the text of a note and those of the known keys that signed it, in their order.

    Signatures by other keys are passed over. Raises IntegrityError if the note is malformed, if
    one signature by a known key does not verify, or if none of the known keys signed.
    """
    read = parsed(note)
    known = list(keys)
    signers = [key for key in known if _has_signed(key, read)]
    if not signers:
        names = ", ".join(sorted({one.name for one in read.signatures}))
        raise IntegrityError(
            f"None of the {len(known)} known keys signed the note; it names {names} as signing."
        )
    return read.text, signers


def _has_signed(key: VerifierKey, note: Note) -> bool:
    """Say whether the key signed; raises IntegrityError for a signature of it that is not."""
    own = [one for one in note.signatures if (one.name, one.key_id) == (key.name, key.id)]
    public = Ed25519PublicKey.from_public_bytes(key.public)
    for one in own:
        try:
            public.verify(one.value, note.text.encode())
        except InvalidSignature as error:
            raise IntegrityError(
                f"The signature by {key.name}+{key.id.hex()} is not of this note: the text or the "
                "signature is not what it was."
            ) from error
    return bool(own)


def _line(key: SigningKey, text: bytes) -> str:
    value = Ed25519PrivateKey.from_private_bytes(key.seed).sign(text)
    return f"— {key.name} {_base64(key.verifier.id + value)}\n"


def _signature(number: int, line: str) -> Signature:
    match = _LINE.fullmatch(line)
    data = _unbase64(match[2]) if match else None
    if match is None or data is None or len(data) <= _ID_BYTES:
        raise IntegrityError(f"Line {number} beneath the note is not a signature.")
    return Signature(match[1], data[:_ID_BYTES], data[_ID_BYTES:])


def _require_text(text: str) -> None:
    if not text.endswith("\n"):
        raise IntegrityError("The note does not end with a line feed.")
    if found := _CONTROL.search(text):
        raise IntegrityError(
            f"The note holds the control character {ord(found[0]):#04x} at character "
            f"{found.start() + 1}."
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise IntegrityError(
            f"The note holds half a surrogate pair at character {error.start + 1}."
        ) from error


def _require_key(name: str, key: bytes) -> None:
    if not _NAME.fullmatch(name) or not name.isprintable():
        raise WrongSettingError(
            f"The name of a key is {name!r}. Give one without spaces and plus signs."
        )
    if len(key) != _KEY_BYTES:
        raise WrongSettingError(f"Key {name} is {len(key)} bytes long. Give {_KEY_BYTES}.")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes | None:
    """Return the bytes of a text as base64 writes them, and None of any other text."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    # Bits that base64 leaves over would let two texts stand for the same bytes.
    return data if _base64(data) == text else None
