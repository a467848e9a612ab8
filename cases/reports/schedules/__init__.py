"""Schedules under Rule 1006: what a finding's numbers rest on, each cell with its pointer."""

import json
from collections.abc import Iterable
from typing import Any

from audit.analysis.digests import canonical_json, sha256_hex
from audit.analysis.results import Compared
from cases.reports.artefacts import Artefact, Attachment, about, mark_of, software_of
from cases.reports.blocks import digest
from cases.reports.names import on_one_line
from cases.reports.pointers import Pointers
from cases.reports.schedules.common import made_by, notice
from cases.reports.schedules.means import schedule_3
from cases.reports.schedules.records import ALL_ROWS, PRINTED, schedule_1, schedule_2, written
from cases.reports.schedules.tests import schedule_4

__all__ = ["ALL_ROWS", "PRINTED", "schedules_of"]


def schedules_of(document: dict[str, Any], rows: Iterable[Compared]) -> Artefact:
    """Return the schedules of a finding; `rows` come prompt by prompt and are read once."""
    pointers = Pointers()
    table, printed, many = written(pointers.seen(rows))
    results = canonical_json(document)
    # As in the report: made from the bytes, which do not tell 113.0 from 113.
    document, frozen = json.loads(results), sha256_hex(results)
    number = document["finding"]["number"]
    return Artefact(
        kind="schedules",
        title=f"Schedules to finding {number} under Rule 1006",
        matter=on_one_line(document["matter"]["name"]),
        head=f"Schedules to finding {number}",
        about=about(
            ("Summary made by", made_by(document)),
            ("SHA-256 of results.json", digest(frozen)),
            ("SHA-256 of the result", digest(document["result_sha256"])),
            (f"SHA-256 of {ALL_ROWS}", digest(sha256_hex(table.encode()))),
        ),
        issued_at=document["issued_at"],
        software=software_of(document),
        source_sha256=frozen,
        sections=(
            schedule_1(document),
            schedule_2(document, printed, many),
            schedule_3(document, pointers),
            schedule_4(document),
            notice(),
        ),
        mark=mark_of(document),
        designation=document["designation"],
        attachments=(
            Attachment(ALL_ROWS, table, "text/csv", "Schedule 2: every record that was compared"),
        ),
    )
