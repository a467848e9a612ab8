"""Load files as review platforms read them, each way of writing one a row of a table.

There is no standard: what calls itself Concordance is a custom in which values cannot be escaped.
Characters that mean something to a load file are therefore replaced in values, and every
replacement is told.
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from audit.analysis.errors import WrongSettingError

# What a document can say of itself, and where its files lie.
FIELDS = (
    "BEGBATES",
    "ENDBATES",
    "BEGATTACH",
    "ENDATTACH",
    "CUSTODIAN",
    "DOCTYPE",
    "TITLE",
    "FILENAME",
    "FILEEXT",
    "FILESIZE",
    "SHA256",
    "DATERECEIVED",
    "AUTHORTYPE",
    "DESIGNATION",
    "CONFIDENTIALITY",
    "REDACTED",
    "NATIVELINK",
    "TEXTLINK",
)
_LINE_ENDS = ("\r\n", "\r", "\n", "\v", "\f", "\x85", "\u2028", "\u2029")

Value = str | int | datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """One way of writing a load file. `codec` is Python's name of the encoding."""

    name: str
    ending: str
    codec: str
    mark: bytes
    delimiter: str
    quote: str
    newline: str
    path_separator: str
    date: str
    fields: tuple[str, ...]
    # What stands in values for characters that the load file means something by.
    instead: tuple[tuple[str, str], ...]

    def row(self, values: Mapping[str, Value]) -> tuple[bytes, list["Replaced"]]:
        """Return the line of a document, and what was replaced in its values."""
        told: list[Replaced] = []
        cells = []
        for name in self.fields:
            cell, replaced = self._cell(self._said(values.get(name, "")))
            told += [Replaced(name, *one) for one in replaced]
            cells.append(cell)
        return self._line(cells), told

    def header(self) -> bytes:
        """Return the first line, with the mark of the encoding before it."""
        return self.mark + self._line(self.fields)

    def _said(self, value: Value) -> str:
        if isinstance(value, datetime):
            return value.astimezone(UTC).strftime(self.date)
        return str(value)

    def _line(self, cells: Sequence[str]) -> bytes:
        quoted = (f"{self.quote}{cell}{self.quote}" for cell in cells)
        return (self.delimiter.join(quoted) + "\r\n").encode(self.codec)

    def _cell(self, value: str) -> tuple[str, list[tuple[str, int, str]]]:
        told: Counter[tuple[str, str]] = Counter()
        for sign, other in self.instead:
            told[sign, other] += value.count(sign)
            value = value.replace(sign, other)
        for end in _LINE_ENDS:
            told[end, self.newline] += value.count(end)
            value = value.replace(end, self.newline)
        for sign in {one for one in value if unicodedata.category(one) == "Cc"}:
            told[sign, " "] += value.count(sign)
            value = value.replace(sign, " ")
        return value, [(sign, many, other) for (sign, other), many in told.items() if many]


@dataclass(frozen=True, slots=True)
class Replaced:
    """Characters of a value that were replaced: which, how often, and by what."""

    field: str
    sign: str
    times: int
    by: str


CONCORDANCE = Profile(
    name="Concordance, UTF-8 with BOM",
    ending="dat",
    codec="utf-8",
    mark=b"\xef\xbb\xbf",
    delimiter="\x14",
    quote="\u00fe",
    newline="\u00ae",
    path_separator="\\",
    date="%Y-%m-%dT%H:%M:%SZ",
    fields=FIELDS,
    instead=(("\x14", " "), ("\u00fe", " "), ("\u00ae", "(R)")),
)
PROFILES = {one.name: one for one in (CONCORDANCE,)}


def profile_of(name: str) -> Profile:
    """Return the profile of a name; raises WrongSettingError for one that is not known."""
    if name not in PROFILES:
        known = "; ".join(PROFILES)
        raise WrongSettingError(f"There is no profile {name!r}. Give one of: {known}.")
    return PROFILES[name]
