"""The likelihood ratio for print: its words made printable, and the places of its plot."""

from dataclasses import asdict
from typing import Any

from cases.reports.glyphs import all_printable
from cases.reports.tippett import drawing

Row = dict[str, Any]


def likelihood_page(document: Row) -> Row | None:
    """Return what the template draws of the likelihood ratio; None if the plan asked for none."""
    words = document.get("likelihood")
    if words is None:
        return None
    found = document["result"]["likelihood"]
    plot = asdict(drawing(found)) if found["validation"] else None
    printed: Row = all_printable(words)
    return printed | {"pack_sha256": words["pack_sha256"], "plot": plot}
