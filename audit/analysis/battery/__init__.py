"""The battery: prompts to put to models where the transcripts at hand do not suffice.

BATTERY.md says why each kind is there, how to put the prompts, and what has not been measured.
"""

from audit.analysis.battery.choosing import choose, lacking, missing
from audit.analysis.battery.export import add_arguments, as_csv, export, write
from audit.analysis.battery.prompts import (
    LANGUAGES,
    VERSION,
    BatteryPrompt,
    Kind,
    Length,
    digest,
    load,
)

__all__ = [
    "LANGUAGES",
    "VERSION",
    "BatteryPrompt",
    "Kind",
    "Length",
    "add_arguments",
    "as_csv",
    "choose",
    "digest",
    "export",
    "lacking",
    "load",
    "missing",
    "write",
]
