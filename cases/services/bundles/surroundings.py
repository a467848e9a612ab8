"""What stands around the evidence in a bundle: acts of people, the environment, the verifier."""

import platform
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import cases
from audit.analysis.bundling import layout
from audit.analysis.bundling.bag import Bag
from audit.analysis.bundling.program import program
from audit.analysis.digests import canonical_json
from audit.analysis.version import VERSION
from cases.models import Certification, Hold, Matter
from cases.reports.pdf import TEMPLATE

# By which the verifier finds what prints the reports, and what a plan may ask for.
_ENTRY_POINTS = """\
[touchstone.printers]
printed = cases.reports.printed:printed
press = cases.reports.printed:press

[touchstone.watermark_detectors]
green-words = audit.analysis.counts.watermarks.green_words:GreenWords
"""


def write(matter: Matter, made: Bag) -> None:
    """Write certifications, holds and the environment that wrote the bundle."""
    for path, value in (
        (layout.CERTIFICATIONS, [_certification(one) for one in matter.certifications.all()]),
        (layout.HOLDS, [_hold(one) for one in matter.holds.all()]),
        (layout.ENVIRONMENT, environment()),
    ):
        made.write(path, [canonical_json(value)])


def environment() -> dict[str, Any]:
    """Return what this process runs on: every installed package with its version."""
    packages = {one.metadata["Name"].lower(): one.version for one in distributions()}
    return {
        "touchstone": VERSION,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": dict(sorted(packages.items())),
    }


def verifier() -> bytes:
    """Return the verifier as one file, with what prints the reports."""
    return program(dict(_printers()), _ENTRY_POINTS)


def _printers() -> Iterator[tuple[str, bytes]]:
    root = Path(cases.__file__).parent
    yield "cases/__init__.py", (root / "__init__.py").read_bytes()
    for path in sorted((root / "reports").rglob("*.*")):
        if path.suffix not in {".py", ".json"}:
            continue
        yield f"cases/{path.relative_to(root).as_posix()}", path.read_bytes()
    for path in sorted(TEMPLATE.parent.glob("*.typ")):
        yield f"templates/reports/{path.name}", path.read_bytes()


def _certification(one: Certification) -> dict[str, Any]:
    return {
        "number": one.number,
        "certifier": one.certifier.get_username(),
        "name": one.name,
        "capacity": one.capacity,
        "relation": one.relation,
        "asked_at": one.asked_at.isoformat(),
        "exhibits": [
            {
                "label": each.exhibit.label,
                "recorded": each.recorded,
                "computed": each.computed,
                "bytes": each.size,
                "tool": each.tool,
                "problem": each.problem,
                "at": each.at.isoformat() if each.at else None,
            }
            for each in one.exhibits.select_related("exhibit")
        ],
        "findings": [
            {
                "number": each.finding.number,
                **each.outcome,
                "known_answers": each.known_answers,
                "details": each.details,
                "tool": each.tool,
            }
            for each in one.findings.select_related("finding")
        ],
    }


def _hold(one: Hold) -> dict[str, Any]:
    return {
        "number": one.number,
        "reason": one.reason,
        "issued_at": one.issued_at.isoformat(),
        "issued_by": one.issued_by.get_username(),
        "released_at": one.released_at.isoformat() if one.released_at else None,
        "released_by": one.released_by.get_username() if one.released_by else None,
        "release_reason": one.release_reason,
        "acknowledged": [
            {"person": each.person.get_username(), "at": each.at.isoformat()}
            for each in one.acknowledgements.select_related("person")
        ],
    }
