"""Sample transcripts, made by this project: they demonstrate the audit and validate nothing."""

from dataclasses import dataclass
from pathlib import Path

from audit.analysis.transcripts import Role


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample file, the role it plays in the demonstration, and its invented model."""

    file: str
    role: Role
    model: str


# The imitator learned from Quarry-2 by construction; the honest suspect learned from nobody.
IMITATOR = Sample("suspect-larkspur-7.json", Role.SUSPECT, "Larkspur-7")
HONEST = Sample("suspect-wicket-9.jsonl", Role.SUSPECT, "Wicket-9")
TEACHERS = (
    Sample("teacher-quarry-2.jsonl", Role.TEACHER, "Quarry-2"),
    Sample("teacher-saltmarsh-5.json.gz", Role.TEACHER, "Saltmarsh-5"),
)
CONTROLS = (
    Sample("control-bellwether-4.sharegpt.json", Role.CONTROL, "Bellwether-4"),
    Sample("control-thornbury-1.jsonl.gz", Role.CONTROL, "Thornbury-1"),
    Sample("control-candlewick-3.json", Role.CONTROL, "Candlewick-3"),
    Sample("control-drumlin-6.jsonl", Role.CONTROL, "Drumlin-6"),
    Sample("control-heronsgate-2.sharegpt.json.gz", Role.CONTROL, "Heronsgate-2"),
    Sample("control-osier-8.sharegpt.json", Role.CONTROL, "Osier-8"),
)
SAMPLES = (IMITATOR, HONEST, *TEACHERS, *CONTROLS)


def folder() -> Path:
    """Return the folder of the sample files, wherever the package is installed."""
    return Path(__file__).resolve().parent
