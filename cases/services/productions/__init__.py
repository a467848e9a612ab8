"""Productions: what a party hands over, numbered, with a load file that review platforms read."""

from cases.services.productions.keeping import (
    ProductionGoneError,
    ask,
    carry_out,
    open_made,
    outdate,
    remove_outdated,
)
from cases.services.productions.profiles import CONCORDANCE, PROFILES
from cases.services.productions.quality import ProductionFailedError

__all__ = [
    "CONCORDANCE",
    "PROFILES",
    "ProductionFailedError",
    "ProductionGoneError",
    "ask",
    "carry_out",
    "open_made",
    "outdate",
    "remove_outdated",
]
