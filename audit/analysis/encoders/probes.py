"""Fixed texts on which a faster way must agree with the plain one before it is used."""

import numpy as np

from audit.analysis.encoders.contract import Vectors

# Published with every loosened precision: below this a faster way is refused.
LEAST_AGREEMENT = 0.999

# Short and long, one beyond any limit of tokens, other scripts, code, white space.
TEXTS = (
    "Yes.",
    "The capital sits where two rivers meet, and the old town climbs the hill behind it.",
    "  \tIndented, with \u00e0cc\u00e9nts na\u00efvely kept: \u00c5ngstr\u00f6m.  ",
    "\u6c34\u306f\u767e\u5ea6\u3067\u6cb8\u9a30\u3059\u308b\u3002",
    "\u0412\u043e\u0434\u0430 \u043a\u0438\u043f\u0438\u0442.",
    "def mean(values):\n    if not values:\n        return None\n    return sum(values)\n",
    "1. Wash the rice.\n2. Soak it for half an hour.\n3. Simmer it, covered.\n" * 4,
    "A glacier moves because ice under enough weight behaves like a very slow liquid. " * 80,
)


def agreement(some: Vectors, others: Vectors) -> float:
    """Return the least cosine between the rows of two (n, d) arrays of unit rows."""
    return float(np.min(np.sum(some * others, axis=1)))
