"""The technical report on one finding: what stands in it, in which order."""

import json
from typing import Any

from audit.analysis.digests import canonical_json, sha256_hex
from cases.reports.artefacts import (
    Artefact,
    Attachment,
    about,
    mark_of,
    signature_of,
    software_of,
    stamp_of,
)
from cases.reports.blocks import Facts, digest
from cases.reports.names import moment, on_one_line
from cases.reports.sections.answer import answer, question
from cases.reports.sections.apart import apart
from cases.reports.sections.clauses import clauses
from cases.reports.sections.closing import alternatives, custody, glossary, reproduction
from cases.reports.sections.comparison import comparison
from cases.reports.sections.control import control
from cases.reports.sections.deviations import deviations
from cases.reports.sections.exhibits import exhibits
from cases.reports.sections.expert import expert
from cases.reports.sections.instruction import instruction
from cases.reports.sections.likelihood import likelihood
from cases.reports.sections.limitations import limitations
from cases.reports.sections.method import method
from cases.reports.sections.pairs import matched_pairs
from cases.reports.sections.redactions import redactions
from cases.reports.sections.review import review
from cases.reports.sections.standards import standards
from cases.reports.sections.tests_run import tests_run
from cases.reports.sections.validation import validation

Document = dict[str, Any]

SECTIONS = (
    control,
    question,
    answer,
    redactions,
    instruction,
    clauses,
    likelihood,
    exhibits,
    custody,
    deviations,
    method,
    validation,
    comparison,
    tests_run,
    apart,
    alternatives,
    matched_pairs,
    limitations,
    standards,
    reproduction,
    expert,
    glossary,
    review,
)


def report_of(document: Document) -> Artefact:
    """Return the technical report, with its frozen document attached.

    It is made from the bytes that are attached, which do not tell 113.0 from 113.
    """
    results = canonical_json(document)
    document = json.loads(results)
    sha256, number = sha256_hex(results), document["finding"]["number"]
    found = (make(document) for make in SECTIONS)
    return Artefact(
        kind="report",
        title=f"Report on finding {number}",
        matter=on_one_line(document["matter"]["name"]),
        head=f"Finding {number}",
        about=_about(document, sha256),
        issued_at=document["issued_at"],
        software=software_of(document),
        source_sha256=sha256,
        sections=tuple(one for one in found if one is not None),
        mark=mark_of(document),
        designation=stamp_of(document),
        contents=True,
        attachments=(results_json(results),),
    )


def _about(document: Document, sha256: str) -> Facts:
    finding = document["finding"]
    return about(
        ("Asked by", f"{on_one_line(finding['asked_by'])}, {moment(finding['asked_at'])}"),
        (
            "Issued by",
            f"{on_one_line(document['issued_by'])}, {moment(document['issued_at'])}",
        ),
        ("SHA-256 of results.json", digest(sha256)),
        ("Time-stamp", document["stamped_by"]),
        ("Signature", signature_of(document)),
    )


def results_json(results: bytes) -> Attachment:
    """Return the frozen document as an attachment."""
    return Attachment(
        "results.json",
        results.decode(),
        "application/json",
        "Every fact and number of this report, as canonical JSON (RFC 8785)",
    )
