"""The verifier: numbered steps over a bundle, each passed, failed, or not checked for a reason.

It needs no Django, no database and no network. A step whose packages are not installed is not
checked and says which are missing.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from importlib import import_module
from pathlib import Path
from typing import cast

from audit.analysis.bundling import layout
from audit.analysis.errors import TouchstoneError, UnreadableSourceError
from audit.analysis.verifying.outcome import Found, NotCheckedError, State, Step, Verification
from audit.analysis.verifying.reading import Bundle, Trust
from audit.analysis.version import VERSION

__all__ = ["STEPS", "Effort", "Trust", "verify"]

Check = Callable[[Bundle, Found], None]

_PACKAGE = "audit.analysis.verifying"


class Effort(IntEnum):
    """How much work a step is: to look, to compute again, to print again, to encode again."""

    LOOKING = 0
    COMPUTING = 1
    PRINTING = 2
    ENCODING = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """One step: its title, where its check is, and how much work it is."""

    title: str
    module: str
    check: str
    effort: Effort = Effort.LOOKING


STEPS = (
    Kind("The bag is complete: nothing is missing, nothing was added", "bag", "complete"),
    Kind("Every file has the digest of its manifest", "bag", "digests"),
    Kind("The site signed this list of files", "signed", "signed_list"),
    Kind("The signing key is one that you know", "signed", "known_key"),
    Kind("There is as much of everything as the matter had", "signed", "counts"),
    Kind("The ledger is one unbroken chain", "chain", "chain"),
    Kind("Signed checkpoints cover the ledger as it is here", "chain", "signed_checkpoints"),
    Kind("Each checkpoint continues the one before it", "chain", "proofs"),
    Kind("Time-stamps hold for their checkpoints at their own time", "stamped", "time_stamps"),
    Kind("The time-stamping authorities are ones that you know", "stamped", "known_authorities"),
    Kind("Every exhibit is what was received", "exhibits", "as_received"),
    Kind("Every exhibit's exchanges are those that were sealed", "exhibits", "trees"),
    Kind("Every plan was sealed before its result", "findings", "plans"),
    Kind("Every run is here, with whatever came of it", "findings", "results"),
    Kind("Reports and filings are as they were issued, on sealed results", "filings", "as_issued"),
    Kind("Every PDF carries its results.json and prints its digest", "reports", "attached"),
    Kind("Every figure in the PDFs is that of results.json", "reports", "figures"),
    Kind("The PDFs print again from results.json", "reports", "printed_again", Effort.PRINTING),
    Kind("What was made from what is stated and signed", "statement", "statement"),
    Kind("The description for machines is complete", "statement", "crate"),
    Kind("Every watch is here with every run, failed ones too", "watches", "watches"),
    Kind("Every capture is what was asked, stamped and held", "captures", "captures"),
    Kind("The native files give these exchanges again", "again", "read_again", Effort.COMPUTING),
    Kind(
        "The statistics come out again from native files",
        "again",
        "statistics",
        Effort.COMPUTING,
    ),
    Kind(
        "Looks and series of watches come out again from what was answered",
        "looks",
        "computed_again",
        Effort.COMPUTING,
    ),
    Kind("The encoder makes these vectors again", "again", "encoded", Effort.ENCODING),
)


def verify(root: Path, trust: Trust, effort: Effort = Effort.ENCODING) -> Verification:
    """Return what came of every step that is no more work than that.

    Raises UnreadableSourceError if the folder is no bundle at all.
    """
    if not (root / layout.DECLARATION).is_file() and not (root / layout.INDEX).is_file():
        raise UnreadableSourceError(
            str(root), "whole folder", "this is no bundle", "Give the folder that holds bagit.txt"
        )
    bundle = Bundle(root, trust)
    return Verification(root.name, VERSION, tuple(_steps(bundle, effort)))


def _steps(bundle: Bundle, effort: Effort) -> Iterator[Step]:
    for number, kind in enumerate(STEPS, start=1):
        if kind.effort > effort:
            reason = "you asked for less work than this is"
            yield Step(number, kind.title, State.NOT_CHECKED, reason, (), 0, (), (), 0.0)
        else:
            yield _carried_out(number, kind, bundle)


def _carried_out(number: int, kind: Kind, bundle: Bundle) -> Step:
    """Carry one step out; what cannot be read is a problem of the file, never passed over."""
    found, start, reason = Found(), time.monotonic(), ""
    try:
        _check_of(kind)(bundle, found)
    except NotCheckedError as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001 - whatever a file has its reader raise fails the step
        said = str(error) if isinstance(error, TouchstoneError) else f"cannot be read ({error!r})"
        found.wrong(found.at or bundle.root.name, said)
    state = State.NOT_CHECKED if reason else State.PASS
    if found.problems:
        state = State.FAIL
    return Step(
        number,
        kind.title,
        state,
        reason,
        tuple(found.problems),
        found.more,
        tuple(found.remarks),
        tuple(found.limits),
        round(time.monotonic() - start, 3),
    )


def _check_of(kind: Kind) -> Check:
    """Return the check of a step; raises NotCheckedError if it needs what is not installed."""
    try:
        return cast("Check", getattr(import_module(f"{_PACKAGE}.{kind.module}"), kind.check))
    except ModuleNotFoundError as error:
        raise NotCheckedError(f"it needs {error.name}, which is not installed") from error
