"""The alternatives to H1, "the suspect was trained on outputs of the teacher", one a module.

Each is tested where the material can carry a test, and else is left open in plain words. None of
the tests speaks of H1 itself: an alternative that falls leaves H1 among those that stand.
"""

import numpy as np

from audit.analysis.alternatives.convergence import examine_convergence
from audit.analysis.alternatives.derivative import examine_derivative
from audit.analysis.alternatives.equality import examine_equality
from audit.analysis.alternatives.reverse import examine_reverse
from audit.analysis.alternatives.same_base import examine_same_base
from audit.analysis.alternatives.third_source import examine_third_source
from audit.analysis.alternatives.values import (
    Alternative,
    Answers,
    Declared,
    Evidence,
    Floats,
    Places,
    Status,
)
from audit.analysis.plan import Parameters

__all__ = ["Alternative", "Answers", "Declared", "Places", "Status", "examine"]


def examine(
    similarity: Floats,
    answers: Answers,
    places: Places,
    declared: Declared,
    parameters: Parameters,
    rng: np.random.Generator,
) -> tuple[Alternative, ...]:
    """Return the six alternatives for one teacher; each draws from a stream of its own.

    `similarity` is any signal per prompt and pair of models, float64 (n, m, m), symmetric, larger
    is nearer; what stands at a model that gave no answer is not read. Raises ValueError for shapes
    that do not fit and WrongSettingError for models declared to be two things at once.
    """
    evidence = Evidence(similarity, answers, places, declared, parameters)
    streams = rng.spawn(5)
    return (
        examine_equality(evidence, streams[0]),
        examine_derivative(evidence, streams[1]),
        examine_same_base(evidence, streams[2]),
        examine_third_source(evidence, streams[3]),
        examine_reverse(evidence),
        examine_convergence(evidence, streams[4]),
    )
