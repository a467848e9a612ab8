"""Bundles: a whole matter written out as a folder that verifies without this site."""

from cases.services.bundles.keeping import (
    BundleGoneError,
    ask,
    carry_out,
    open_made,
    outdate,
    remove_drafts,
    remove_outdated,
)
from cases.services.bundles.writing import Written, write

__all__ = [
    "BundleGoneError",
    "Written",
    "ask",
    "carry_out",
    "open_made",
    "outdate",
    "remove_drafts",
    "remove_outdated",
    "write",
]
