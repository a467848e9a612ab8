"""What rows say of designations, redacted versions and privilege logs, as the ledger tells it."""

from typing import Any

from cases.models import Designation, Matter, Redaction
from cases.rules.designations import in_words

Said = dict[tuple[str, str], dict[str, Any]]


def designations(matter: Matter) -> Said:
    """Return every designation of the exhibits of a matter."""
    rows = Designation.objects.filter(exhibit__matter=matter).select_related("exhibit", "by")
    return {
        ("designation", f"{one.number} of exhibit {one.exhibit.label}"): {
            "mark": in_words(one.mark),
            "reason": one.reason or None,
            "at": [one.at],
            "by": one.by.get_username(),
        }
        for one in rows.iterator()
    }


def redactions(matter: Matter) -> Said:
    """Return every redacted version of the reports of a matter."""
    rows = Redaction.objects.filter(finding__matter=matter).select_related("finding", "made_by")
    return {
        ("redacted version", f"{one.number} of finding {one.finding.number}"): {
            "origin": one.origin_sha256,
            "origin_results": one.origin_results_sha256,
            "pdf": one.pdf_sha256,
            "results": one.results_sha256,
            "passages": len(one.grounds),
            "by": one.made_by.get_username(),
        }
        for one in rows.iterator()
    }


def privilege_logs(matter: Matter) -> Said:
    """Return every issued version of the privilege log of a matter."""
    return {
        ("privilege log", str(one.number)): {
            "pdf": one.pdf_sha256,
            "csv": one.csv_sha256,
            "json": one.json_sha256,
            "entries": one.entries,
            "by": one.issued_by.get_username(),
        }
        for one in matter.privilege_logs.select_related("issued_by").iterator()
    }
