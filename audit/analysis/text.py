"""Normalisation of text: the only place that decides when two texts are the same text."""

import re
import unicodedata

from audit.analysis.digests import sha256_hex

_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def normalise(text: str) -> str:
    """Return the text in Unicode NFC with line ends as LF and outer white space removed."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", unified).strip()


def text_key(text: str) -> str:
    """Return the SHA-256 (hex) of the normalised text: the name under which it is kept."""
    return sha256_hex(normalise(text).encode("utf-8"))


def is_storable(text: str) -> bool:
    """Tell whether a text can be stored: no NUL in it, and no half of a pair of surrogates."""
    return _NO_TEXT.search(text) is None
