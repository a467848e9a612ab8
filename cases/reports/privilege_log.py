"""The privilege log (FRCP 26(b)(5)(A)): a version's frozen document, and how it is printed."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from audit.analysis.digests import canonical_json, sha256_hex
from cases.reports.artefacts import Artefact, Attachment, about, software_of
from cases.reports.blocks import Block, Column, Listing, Paragraph, Section
from cases.reports.names import moment, on_one_line
from cases.reports.tables import files_of

Document = dict[str, Any]
Row = dict[str, str]

FORMAT = "touchstone-privilege-log/1"
ITEMISED, CATEGORICAL = "itemised", "categorical"
KEY = "privilege-log"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

# What stands in each column: its field in the frozen document, its title and its width.
_ITEMISED = (
    ("number", "No.", "9mm"),
    ("date", "Date", "18mm"),
    ("kind", "Type", "20mm"),
    ("author", "Author", "1fr"),
    ("recipients", "Recipients", "1fr"),
    ("custodian", "Custodian", "0.8fr"),
    ("pages", "Bates or range", "0.8fr"),
    ("treatment", "Treatment", "18mm"),
    ("basis", "Basis", "1fr"),
    ("description", "Description", "2fr"),
)
_CATEGORICAL = (
    ("category", "Category", "1.2fr"),
    ("count", "Documents", "19mm"),
    ("dates", "Dates", "38mm"),
    ("authors", "Authors", "1fr"),
    ("recipients", "Recipients", "1fr"),
    ("treatment", "Treatment", "24mm"),
    ("basis", "Basis", "1fr"),
    ("description", "Description", "2fr"),
)
COLUMNS = {ITEMISED: _ITEMISED, CATEGORICAL: _CATEGORICAL}
# By what a row of two versions is the same row.
NAMED_BY = {ITEMISED: "number", CATEGORICAL: "category"}


@dataclass(frozen=True, slots=True)
class Issue:
    """Which version is issued, in which mode, when, by whom, and how it must be handled."""

    number: int
    mode: str
    at: str
    by: str
    designation: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One document that is withheld or redacted, as the log claims it."""

    number: int
    date: str
    kind: str
    author: str
    recipients: str
    custodian: str
    pages: str
    treatment: str
    basis: str
    category: str
    description: str


def log_document(
    matter: str, order: str, software: dict[str, str], issue: Issue, entries: Sequence[Entry]
) -> Document:
    """Return the frozen document of a version; a categorical one names no single document."""
    rows = _items(entries) if issue.mode == ITEMISED else _categories(entries)
    return {
        "format": FORMAT,
        "matter": {"name": matter, "order_502d": order},
        "software": software,
        "number": issue.number,
        "mode": issue.mode,
        "issued_at": issue.at,
        "issued_by": issue.by,
        "designation": issue.designation,
        "documents": len(entries),
        "rows": list(rows),
    }


def _items(entries: Iterable[Entry]) -> Iterator[Row]:
    for one in entries:
        row = asdict(one) | {"number": str(one.number)}
        del row["category"]
        yield row


def _categories(entries: Iterable[Entry]) -> Iterator[Row]:
    ordered = sorted(entries, key=lambda one: (one.category, one.number))
    for category, found in groupby(ordered, key=lambda one: one.category):
        group = list(found)
        yield {
            "category": category or "no category",
            "count": str(len(group)),
            "dates": _dates(group),
            "authors": _several(one.author for one in group),
            "recipients": _several(one.recipients for one in group),
            "treatment": _several(one.treatment for one in group),
            "basis": _several(one.basis for one in group),
            "description": _several(one.description for one in group),
        }


def _dates(group: list[Entry]) -> str:
    days = sorted(one.date for one in group if _DAY.fullmatch(one.date))
    undated = len(group) - len(days)
    said = [days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"] if days else []
    return "; ".join([*said, *([f"{undated} without a day"] if undated else [])])


def _several(values: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(one for one in values if one))


def privilege_log_of(document: Document) -> Artefact:
    """Return a version of the log as it is printed, with its frozen document attached."""
    frozen = canonical_json(document)
    document = json.loads(frozen)
    return Artefact(
        kind="privilege log",
        title=f"Privilege log, version {document['number']}",
        matter=on_one_line(document["matter"]["name"]),
        head=f"Privilege log {document['number']}",
        about=about(
            ("Issued by", f"{document['issued_by']}, {moment(document['issued_at'])}"),
            ("Mode", document["mode"]),
            ("Documents", f"{document['documents']:,}"),
            ("Order under Rule 502(d)", document["matter"]["order_502d"] or "none is named"),
        ),
        issued_at=document["issued_at"],
        software=software_of(document),
        source_sha256=sha256_hex(frozen),
        sections=(Section("log", "Documents withheld or redacted", tuple(_log(document))),),
        designation=document["designation"],
        attachments=(
            Attachment(
                "privilege-log.json",
                frozen.decode(),
                "application/json",
                "This version of the log as canonical JSON (RFC 8785)",
            ),
        ),
    )


def _log(document: Document) -> Iterator[Block]:
    yield Paragraph(
        "Each claim is that of the party who withholds; this log describes the nature of what is "
        "not produced so that others can assess the claim (Rule 26(b)(5)(A) of the Federal Rules "
        "of Civil Procedure)."
    )
    if document["matter"]["order_502d"]:
        yield Paragraph(
            "A disclosure connected with this litigation is governed by the order under Rule "
            f"502(d) of the Federal Rules of Evidence: {document['matter']['order_502d']}."
        )
    columns = COLUMNS[document["mode"]]
    yield Listing(
        KEY,
        tuple(Column(title, width) for _, title, width in columns),
        tuple(tuple(row[field] for field, _, _ in columns) for row in document["rows"]),
        size=7.5,
        wide=True,
    )


def csv_of(artefact: Artefact) -> bytes:
    """Return the table of a version as CSV that no spreadsheet takes for formulas."""
    return files_of(artefact)[f"{KEY}.csv"]
