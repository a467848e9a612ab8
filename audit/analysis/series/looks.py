"""Looking again and again without crying wolf: levels to spend, and a detector of change.

A test at level 0.05 that is repeated daily alarms every few weeks although nothing happens. Two
ways out stand here: a level that is spent over an open number of looks, for statements, and a
detector whose false alarms are rare per look, for setting off an audit.
"""

import math
from dataclasses import dataclass, replace


def spent_at(look: int, alpha: float) -> float:
    """Return the level of one look, counted from 1, of an open number of looks.

    The levels alpha / (k (k + 1)) add up to alpha however many looks there are, so the chance of
    any false statement among all is at most alpha whatever the dependence (Bonferroni; spending
    over looks whose number nobody fixed: Lan and DeMets 1983). Raises ValueError for look < 1.
    """
    if look < 1:
        raise ValueError(f"Looks are counted from 1, not {look}.")
    return alpha / (look * (look + 1))


def e_value(p_value: float) -> float:
    """Return the e-value of a p-value in (0, 1]: (1 - p + p ln p) / (p ln(p)^2).

    The calibrator that mixes kappa p^(kappa - 1) evenly over kappa (Vovk and Wang 2021, eq. 2).
    Its mean is 1 for a uniform p. At p = 1 it is 1/2, its limit.
    """
    if not 0 < p_value <= 1:
        raise ValueError(f"A p-value lies above 0 and up to 1, not at {p_value}.")
    if p_value == 1:
        return 0.5
    log = math.log(p_value)
    return (1 - p_value + p_value * log) / (p_value * log * log)


@dataclass(frozen=True, slots=True)
class Detector:
    """A detector of change that begins anew with each look (Shin, Ramdas and Rinaldo 2024).

    `level` is one over the least number of looks that pass, in the mean, before a false alarm.
    `looks` and `statistic` are its state: M = (M before + 1) times the e-value of the look, of
    which each look needs answers of its own.
    """

    level: float
    looks: int = 0
    statistic: float = 0.0

    def look(self, p_value: float) -> "Detector":
        """Return the detector after one more look."""
        statistic = (self.statistic + 1) * e_value(p_value)
        return replace(self, looks=self.looks + 1, statistic=statistic)

    @property
    def alarms(self) -> bool:
        """Say whether a change is to be looked into."""
        return self.statistic >= 1 / self.level
