"""Normalisation of text: the only place that decides when two texts are the same text."""

import unicodedata

from audit.analysis.digests import sha256_hex


def normalise(text: str) -> str:
    """Return the text in Unicode NFC with line ends as LF and outer white space removed."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", unified).strip()


def text_key(text: str) -> str:
    """Return the SHA-256 (hex) of the normalised text: the name under which it is kept."""
    return sha256_hex(normalise(text).encode("utf-8"))
