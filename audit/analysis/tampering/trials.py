"""What a trial is, and which there are."""

from collections.abc import Callable
from dataclasses import dataclass

from audit.analysis.tampering.draft import Draft


@dataclass(frozen=True, slots=True)
class Trial:
    """One tampering: what it does, and what the place is that must be named when it is found.

    `names` is a regular expression.

    With `plain` the lists of files are left as they were; else they are made anew after it. What
    is the site's `own` word is tried by others only: the site may say otherwise of itself, and
    whoever has its key makes checkpoints and proofs again as they were.
    """

    name: str
    act: Callable[[Draft], None]
    names: str
    plain: bool = False
    own: bool = False
