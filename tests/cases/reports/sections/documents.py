"""Documents for the tests of sections, and ways to read what a section says."""

from functools import cache
from typing import Any

from audit.analysis.digests import sha256_hex
from cases.reports.blocks import Bullets, Facts, Listing, Section, plain, texts, within
from tests.cases.likelihood import likelihood_for
from tests.cases.reports.specimen import Specimen, document_of
from tests.cases.reports.test_printed_likelihood import with_likelihood

Row = dict[str, Any]

HOSTILE = '#eval("1") *b* <script>alert(1)</script> {{ 7*7 }} \u202eevil \x1b[31m section 3'
TEACHERS = [{"label": "B", "model": "model 1"}, {"label": "C", "model": "model 2"}]
REVIEW = {"by": "carol", "at": "2026-11-25T09:00:00+00:00", "kind": "technical"}
FILING: Row = {
    "number": 2,
    "status": "draft",
    "drafted_by": "alice",
    "drafted_at": "2026-11-25T08:00:00+00:00",
    "reviews": [
        REVIEW | {"outcome": "approved"},
        REVIEW | {"by": "dave", "kind": "administrative", "outcome": "approved"},
    ],
    "finalised_by": "",
    "finalised_at": "",
    "texts": {
        "scope": "Both candidates.",
        "assumptions": f"  The controls are independent.\n\n{HOSTILE}",
        "remarks": "The files came late.",
    },
    "expert": {
        "name": "N. N.",
        "qualifications": "Statistician.",
        "publications": "",
        "testimony": "",
        "compensation": "400 an hour",
    },
    "clauses": [
        {
            "instrument": "Terms of use",
            "version": "2025-01",
            "effective_from": "2025-01-10",
            "effective_to": "",
            "captured_at": "2026-02-01T10:00:00+00:00",
            "source": "an archive",
            "sha256": sha256_hex(b"clause"),
            "text": f"You may not.\n{HOSTILE}",
            "gaps": "No capture in 2024.",
        }
    ],
    "elements": [
        {"claim": "Contract", "element": "The act", "kind": "element", "evidence": "section 3"},
        {"claim": "Contract", "element": "Assent", "kind": "element", "evidence": ""},
        {"claim": "Contract", "element": "Other means", "kind": "defence", "evidence": ""},
    ],
}
NOTHING: Row = FILING | {
    "reviews": [],
    "texts": {"scope": "", "assumptions": "", "remarks": ""},
    "expert": dict.fromkeys(FILING["expert"], ""),
    "clauses": [],
    "elements": [],
}


@cache
def _made() -> Row:
    return document_of(Specimen(teachers=2))


def without_ratio() -> Row:
    """The document of a plan that asked for no ratio."""
    return dict(_made())


def with_ratio(**changes: Any) -> Row:
    """The same with a ratio for its first teacher, some values of that changed."""
    found = likelihood_for(TEACHERS)
    found["teachers"][0] |= changes
    return with_likelihood(_made(), found)


def entry(number: int, act: str, **facts: Any) -> Row:
    return {
        "matter": 1,
        "number": number,
        "at": f"2026-11-24T08:{number:02}:00+00:00",
        "actor": "alice",
        "way": "page",
        "act": act,
        "facts": facts,
        "previous": sha256_hex(b"before"),
        "seal": sha256_hex(b"%d" % number),
    }


def said(section: Section) -> str:
    return " ".join(" ".join(one.text for one in texts(section)).split())


def quotes(section: Section) -> list[str]:
    return [one.text for one in texts(section) if one.style == "quote"]


def references(section: Section) -> set[str]:
    return {one.to for one in texts(section) if one.style == "section"}


def table(section: Section, key: str) -> list[tuple[str, ...]]:
    (found,) = [
        one for one in within(section.blocks) if isinstance(one, Listing) and one.key == key
    ]
    return [tuple(map(plain, row)) for row in found.rows]


def facts(section: Section) -> dict[str, str]:
    found = [one for one in within(section.blocks) if isinstance(one, Facts)]
    return {name: plain(value) for one in found for name, value in one.rows}


def bullets(section: Section) -> list[str]:
    found = [one for one in within(section.blocks) if isinstance(one, Bullets)]
    return [plain(item) for one in found for item in one.items]
