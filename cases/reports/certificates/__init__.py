"""Draft certificates for a person to sign, from the record of a certification.

Template text that counsel edits. A certificate goes to authenticity: it holds what was read,
computed and compared, and nothing of what a finding answers.
"""

from collections.abc import Callable
from typing import Any

from cases.reports.artefacts import Artefact
from cases.reports.certificates.copied import certificate_14, why_not_14
from cases.reports.certificates.generated import certificate_13, why_not_13

__all__ = ["RULES", "certificate_13", "certificate_14", "hindrances"]

# By the number under Rule 902.
RULES: dict[str, Callable[[dict[str, Any]], Artefact]] = {
    "14": certificate_14,
    "13": certificate_13,
}


def hindrances(exhibits: list[dict[str, Any]], findings: list[dict[str, Any]]) -> dict[str, str]:
    """Return for each rule why there is no certificate; an empty text where there is one."""
    return {"14": why_not_14(exhibits), "13": why_not_13(findings)}
