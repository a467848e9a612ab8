"""The rank of one model among models that could have stood in its place."""

from dataclasses import dataclass

from audit.analysis.errors import InsufficientDataError


@dataclass(frozen=True, slots=True)
class RankTest:
    """A rank of 1 is the highest score; no p-value below `floor` can come of `controls`."""

    rank: int
    controls: int
    p_value: float
    floor: float


def rank_test(teacher: float, controls: tuple[float, ...]) -> RankTest:
    """Return the one-sided rank p-value (1 + #{control >= teacher}) / (1 + k).

    The Monte Carlo test of Barnard (1963) with the add-one of Phipson and Smyth (2010): exact when
    the teacher and the k controls are exchangeable under the null hypothesis. A tie counts
    against the teacher.
    """
    if not controls:
        raise InsufficientDataError("A rank needs at least one control model, and there is none.")
    at_least = sum(score >= teacher for score in controls)
    whole = 1 + len(controls)
    return RankTest(1 + at_least, len(controls), (1 + at_least) / whole, 1 / whole)


def controls_needed(alpha: float, tests: int = 1) -> int:
    """Return how many controls a rank test needs before its floor is at or below alpha.

    The floor of several tests is that of the adjusted p-value of Holm (1979).
    """
    needed = max(1, int(tests / alpha) - 2)
    while tests * (1 / (1 + needed)) > alpha:
        needed += 1
    return needed
