"""Checkpoints (C2SP tlog-checkpoint, version 1): a tree's size and root as a signed note."""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass

from audit.analysis.custody import notes
from audit.analysis.custody.merkle import HASH_BYTES
from audit.analysis.custody.notes import SigningKey, VerifierKey
from audit.analysis.errors import IntegrityError

_TEXT = re.compile(
    r"(?P<origin>[^\n]+)\n"
    r"(?P<size>0|[1-9][0-9]{0,18})\n"
    r"(?P<root>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)\n"
    r"(?P<extensions>(?:[^\n]+\n)*)"
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log of `size` leaves was: `root` is 32 bytes (RFC 6962), `origin` names the log.

    Extension lines are signed and mean nothing here. Raises IntegrityError for values that no
    checkpoint can carry.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lines = (self.origin, *self.extensions)
        if (
            len(self.root) != HASH_BYTES
            or self.size < 0
            or not all(lines)
            or "\n" in "".join(lines)
        ):
            raise IntegrityError(
                f"A checkpoint of {self.origin!r} needs lines that are not empty, a size that is "
                f"not negative and a root of {HASH_BYTES} bytes."
            )

    @property
    def text(self) -> str:
        """The lines that are signed, the last one ended."""
        root = base64.b64encode(self.root).decode()
        return "\n".join((self.origin, str(self.size), root, *self.extensions, ""))


def signed(checkpoint: Checkpoint, key: SigningKey) -> str:
    """Return the checkpoint as a note signed by the key."""
    return notes.signed(checkpoint.text, key)


def opened(text: str, keys: Iterable[VerifierKey]) -> Checkpoint:
    """Return the checkpoint of a note that a known key signed.

    Whose log it is stands in `origin`, which the caller holds against the log that is meant.
    Raises IntegrityError as `notes.opened` does, and if the note is not a checkpoint.
    """
    body, _ = notes.opened(text, keys)
    found = _TEXT.fullmatch(body)
    if found is None:
        raise IntegrityError(
            "The signed note is not a checkpoint: it needs an origin, a size in plain digits and "
            "a root of 32 bytes in base64, a line each, and no empty line."
        )
    return Checkpoint(
        origin=found["origin"],
        size=int(found["size"]),
        root=base64.b64decode(found["root"], validate=True),
        extensions=tuple(found["extensions"].split("\n")[:-1]),
    )
