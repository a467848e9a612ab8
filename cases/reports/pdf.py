"""The printing press: the only place that knows Typst."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from audit.analysis.digests import canonical_json, sha256_hex
from audit.analysis.errors import TouchstoneError
from cases.reports.pages import pages_of


class PrintingError(TouchstoneError):
    """The report cannot be printed; says what the press said."""


def render(document: dict[str, Any], *, template: Path) -> bytes:
    """Return the PDF of a document, with its canonical JSON attached; equal input, equal bytes.

    All data goes in as JSON, so no text of a transcript is ever read as markup. What is printed is
    made from the bytes that are attached, which do not tell 113.0 from 113.
    """
    import typst

    results = canonical_json(document)
    inputs = {
        "results": results.decode(),
        "sha256": sha256_hex(results),
        "pages": json.dumps(pages_of(json.loads(results)), ensure_ascii=False),
    }
    try:
        return typst.compile(
            template,
            root=template.parent,
            sys_inputs=inputs,
            ignore_system_fonts=True,
            # Archival with tags and attachments, and accessible, both in one file.
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(datetime.fromisoformat(document["issued_at"]).timestamp()),
        )
    except (RuntimeError, OSError) as error:  # TypstError is a RuntimeError
        raise PrintingError(
            f"The report cannot be printed with the template {template.name}: {error}"
        ) from error
