"""The final filings of a bundle: their papers as they were printed. Drafts stay out of it."""

import json
from dataclasses import dataclass, field
from typing import Any

from audit.analysis.bundling import layout
from audit.analysis.bundling.bag import Bag
from audit.analysis.digests import canonical_json, chunks_of
from audit.services.sources import store
from cases.models import Filing, FilingPaper, Finding


@dataclass(slots=True)
class Written:
    """How many filings were written, and the paths of their papers."""

    filings: int = 0
    paths: list[str] = field(default_factory=list)


def write(finding: Finding, made: Bag) -> Written:
    """Write every final filing on a finding."""
    written = Written()
    for filing in finding.filings.filter(state=Filing.State.FINAL).order_by("number"):
        papers = list(filing.papers.all())
        for paper in papers:
            path = layout.filing(filing.number, paper.filename)
            with store().open(paper.sha256) as stream:
                made.write(path, chunks_of(stream))
            written.paths.append(path)
        path = layout.filing(filing.number, layout.FILING)
        made.write(path, [canonical_json(_told(filing, finding, papers))])
        written.filings += 1
    return written


def _told(filing: Filing, finding: Finding, papers: list[FilingPaper]) -> dict[str, Any]:
    """Return what is said of a filing: itself as it was frozen, and a row for each paper."""
    frozen = json.loads(b"".join(store().raw(filing.document_sha256)))
    return {
        "finding": finding.number,
        "document_sha256": filing.document_sha256,
        "filing": frozen["filing"],
        "papers": [
            {
                "filename": one.filename,
                "kind": one.kind,
                "media": one.media,
                "sha256": one.sha256,
                "size": one.size,
                "pages": one.pages,
                "bates_first": one.bates_first,
                "signed": one.signed,
            }
            for one in papers
        ],
    }
