"""The log-LRs of pairs whose truth is known, and what they must be before anything is said."""

import math

import numpy as np
from numpy.typing import NDArray

from audit.analysis.errors import InsufficientDataError

LogLRs = NDArray[np.float64]
LN10 = math.log(10)


def require_log_lrs(h1: LogLRs, h2: LogLRs) -> None:
    """Raise InsufficientDataError unless both have log-LRs, in one dimension and finite.

    An infinite likelihood ratio claims what no finite number of pairs can show.
    """
    for name, log_lrs in (("H1", h1), ("H2", h2)):
        if log_lrs.ndim != 1 or not log_lrs.size:
            raise InsufficientDataError(
                f"There is no list of likelihood ratios under {name}, and without it nothing can "
                f"be measured. Add pairs for which {name} is documented."
            )
        if not np.isfinite(log_lrs).all():
            raise InsufficientDataError(
                f"A likelihood ratio under {name} is zero, infinite or not a number. Bound it, or "
                "give 1 where there is no answer."
            )
