"""Which PDFs of a bundle print which results: the issued reports, and those of final filings."""

from collections.abc import Iterator
from dataclasses import dataclass

from audit.analysis.bundling import layout
from audit.analysis.verifying.outcome import Found, NotCheckedError
from audit.analysis.verifying.reading import Bundle
from audit.analysis.version import VERSION


@dataclass(frozen=True, slots=True)
class Print:
    """A PDF and the results.json that it was printed from, both as paths.

    One `is_numbered` whose pages bear Bates numbers, which its results do not have.
    """

    what: str
    pdf: str
    results: str
    is_numbered: bool = False


def prints_in(bundle: Bundle) -> list[Print]:
    """Return every print; raises NotCheckedError if there is none."""
    numbers = sorted(map(int, bundle.numbered("reports", "report.pdf")))
    found = [
        Print(
            f"report {one}", layout.report(one, "report.pdf"), layout.report(one, "results.json")
        )
        for one in numbers
    ]
    found += _of_filings(bundle)
    if not found:
        raise NotCheckedError("no report has been issued")
    return found


def _of_filings(bundle: Bundle) -> Iterator[Print]:
    """Yield the technical report of each filing; papers that are missing are another step's."""
    for number in sorted(map(int, bundle.numbered("filings", layout.FILING))):
        told = bundle.json(layout.filing(number, layout.FILING))
        results = [
            one["filename"] for one in told["papers"] if one["sha256"] == told["document_sha256"]
        ]
        reports = [
            one
            for one in told["papers"]
            if (one["kind"], one["media"]) == ("report", "application/pdf")
        ]
        for one, name in zip(reports, results, strict=False):
            pdf, beside = (layout.filing(number, each) for each in (one["filename"], name))
            if bundle.has(pdf) and bundle.has(beside):
                is_numbered = bool(one["bates_first"])
                yield Print(f"the report of filing {number}", pdf, beside, is_numbered)


def prints_of_this_version(bundle: Bundle, found: Found) -> list[Print]:
    """Return the prints that this version made: another may print the same otherwise."""
    ours, others = [], []
    for one in prints_in(bundle):
        version = bundle.json(one.results)["software"]["version"]
        if version == VERSION:
            ours.append(one)
        else:
            others.append(f"{one.what} was printed by {version}")
    if not ours:
        raise NotCheckedError(
            f"{'; '.join(others)}, and this is {VERSION}; the {layout.VERIFIER} of the bundle is "
            "of the version that wrote the bundle"
        )
    for one_said in others:
        found.rest_on(f"{one_said}, and this is {VERSION}; it was left out here")
    return ours
