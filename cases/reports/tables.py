"""The tables of a document as files: CSV that a spreadsheet can open, JSON that is untouched.

A spreadsheet takes a cell that begins with =, +, - or @ for a formula (CWE-1236, OWASP ASVS 5,
1.2.10). In the CSV such a cell gets an apostrophe in front; README.txt says in which cells.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from audit.analysis.digests import sha256_hex
from cases.reports.artefacts import Artefact
from cases.reports.blocks import Listing, plain, within
from cases.reports.zipped import zipped

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_NUMBER = re.compile(r"[-+\u2212]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?: ?%)?")
_STARTS = frozenset("=+-@\t\r\n\0|")
# What a spreadsheet may drop before it looks for a formula.
_BEFORE = " '\"\u2018\u2019\u201c\u201d\u00a0\u3000\uff07\uff02\ufeff\u200b"
# A spreadsheet that divides at these and not at commas would begin a cell after one.
_DIVIDED = re.compile(r"([;\t\r\n])(?=[\s'\"]*[=+\-@\uff1d\uff0b\uff0d\uff20])")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_MANIFEST = "manifest-sha256.txt"

APOSTROPHE, INSIDE = "apostrophe in front", "apostrophe after a separator inside"
NAMED, MINUS = "character named", "minus sign as a hyphen"


@dataclass(frozen=True, slots=True)
class Table:
    """One table in plain text; `section` is the title of the section that it stands in."""

    key: str
    section: str
    caption: str
    rule: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables_of(artefact: Artefact) -> dict[str, Table]:
    """Return every table of a document by its key; raises ValueError for a key there twice."""
    found: dict[str, Table] = {}
    for section in artefact.sections:
        for one in within(section.blocks):
            if isinstance(one, Listing):
                there = one.key.casefold() in map(str.casefold, found)
                if there or not _KEY.fullmatch(one.key):
                    raise ValueError(f"{one.key!r} is no key of one table.")
                found[one.key] = _table(section.title, one)
    return found


def _table(section: str, one: Listing) -> Table:
    return Table(
        key=one.key,
        section=section,
        caption=plain(one.caption),
        rule=str(one.rule or ""),
        columns=tuple(column.title for column in one.columns),
        rows=tuple(tuple(map(plain, row)) for row in one.rows),
    )


def archive(artefact: Artefact) -> bytes:
    """Return a ZIP of all tables of a document; equal input, equal bytes."""
    return zipped(files_of(artefact))


def files_of(artefact: Artefact) -> dict[str, bytes]:
    """Return each file of the tables of a document by its name, README and manifest with them."""
    tables = tables_of(artefact)
    written = {key: _csv(one) for key, one in tables.items()}
    files = {f"{key}.csv": data for key, (data, _) in written.items()}
    files |= {f"{key}.json": _json(one) for key, one in tables.items()}
    changes = {key: changed for key, (_, changed) in written.items()}
    files["README.txt"] = _readme(artefact, tables, changes).encode()
    names = sorted(files)
    lines = (f"{sha256_hex(files[name])}  {name}\n" for name in names)
    return {_MANIFEST: "".join(lines).encode()} | {name: files[name] for name in names}


def _json(table: Table) -> bytes:
    value = {
        "key": table.key,
        "section": table.section,
        "caption": table.caption,
        "rule": table.rule,
        "columns": table.columns,
        "rows": table.rows,
    }
    # In ASCII, so that half a surrogate pair of a transcript can be written too.
    return (json.dumps(value, indent=1) + "\n").encode("ascii")


Changes = dict[str, dict[int, list[int]]]


def _csv(table: Table) -> tuple[bytes, Changes]:
    """Return a table for spreadsheets, and what was changed: change, column and rows.

    The head is row 1.
    """
    lines: list[str] = []
    changes: Changes = {}
    for number, row in enumerate((table.columns, *table.rows), start=1):
        cells = [harmless(cell) for cell in row]
        lines.append(",".join(_field(text) for text, _ in cells))
        for column, (_, done) in enumerate(cells, start=1):
            for one in done:
                changes.setdefault(one, {}).setdefault(column, []).append(number)
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig"), changes


def _field(text: str) -> str:
    """Return a number as it is and text in quotation marks, so that no other sign divides it."""
    return text if is_number(text) else f'"{text.replace(chr(34), chr(34) * 2)}"'


def is_number(text: str) -> bool:
    """Say whether a cell is a number, also a negative one or a share in per cent."""
    return _NUMBER.fullmatch(text) is not None


def harmless(cell: str) -> tuple[str, tuple[str, ...]]:
    """Return a cell that no spreadsheet takes for a formula, and what was done to it."""
    if is_number(cell):
        text = cell.replace("\u2212", "-")
        return text, (MINUS,) * (text != cell)
    named = _NO_TEXT.sub(lambda found: f"<U+{ord(found.group()):04X}>", cell)
    text = _DIVIDED.sub(r"\1'", named)
    done = (INSIDE,) * (text != named) + (NAMED,) * (named != cell)
    return (f"'{text}", (APOSTROPHE, *done)) if _begins_a_formula(cell) else (text, done)


def _begins_a_formula(cell: str) -> bool:
    bare = cell.lstrip(_BEFORE)
    first = unicodedata.normalize("NFKC", bare[:1])
    return bool(first) and first[0] in _STARTS


def _readme(artefact: Artefact, tables: dict[str, Table], changes: dict[str, Changes]) -> str:
    return "\n".join([*_about(artefact), *_list(tables), "", *_changed(changes), ""])


def _about(artefact: Artefact) -> Iterator[str]:
    yield f"The tables of: {' '.join(artefact.title.split())}"
    yield f"Made by {artefact.software} from the frozen document with SHA-256"
    yield artefact.source_sha256
    yield ""
    yield "Each table is here twice. KEY.json has every cell as it is, untouched. KEY.csv is a"
    yield "copy for spreadsheets, in UTF-8: a spreadsheet takes a cell that begins with = + - @,"
    yield "a tab, a line break or an empty character for a formula, also after spaces and"
    yield "quotation marks and in full width. Such a cell has an apostrophe in front, and one"
    yield "after a semicolon, tab or line break where a cell could begin by mistake. Numbers stay"
    yield "numbers; their minus sign is a hyphen. What no file of text can hold is named, as in"
    yield "<U+0000>. The exhibits themselves are not touched by any of this."
    yield f"{_MANIFEST} has the SHA-256 of each file; check it with: sha256sum -c {_MANIFEST}"
    yield ""
    if artefact.designation:
        yield from (artefact.designation, "")


def _list(tables: dict[str, Table]) -> Iterator[str]:
    for key, one in sorted(tables.items()):
        about = f" ({one.rule})" if one.rule else ""
        yield f"{key}: {' '.join(one.section.split())}, {len(one.rows):,} rows{about}"


def _changed(changes: dict[str, Changes]) -> Iterator[str]:
    if not any(changes.values()):
        yield "No cell was changed in any CSV."
        return
    yield "Changed in the CSV, the head being row 1:"
    for key, done in sorted(changes.items()):
        for change, places in sorted(done.items()):
            for column, rows in sorted(places.items()):
                yield f"{key}.csv, column {column}, rows {_ranges(rows)}: {change}"


def _ranges(rows: list[int]) -> str:
    """Return rows as ranges: 2-5, 7."""
    starts = [one for one in rows if one - 1 not in rows]
    ends = [one for one in rows if one + 1 not in rows]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))
