"""How a likelihood ratio is written: a plain number of two digits first, its log10 beside it."""

from decimal import Decimal

# Beyond this many powers of ten a plain number is longer than it is clear.
_MOST_POWERS = 6


def plain(log10_lr: float) -> str:
    """Return the ratio of a log10 as a plain number of two significant digits."""
    if log10_lr > _MOST_POWERS:
        return f"over {10**_MOST_POWERS:,}"
    if log10_lr < -_MOST_POWERS:
        return f"under 1/{10**_MOST_POWERS:,}"
    return significant(10.0**log10_lr, 2)


def named(log10_lr: float) -> str:
    """Return a ratio with its name, as in "LR = 12"."""
    equals = "= " * (abs(log10_lr) <= _MOST_POWERS)
    return f"LR {equals}{plain(log10_lr)}"


def significant(value: float, digits: int) -> str:
    """Return a number to so many significant digits, written out, with a true minus sign."""
    return f"{Decimal(f'{value:.{digits - 1}e}'):,f}".replace("-", "\u2212")


def logarithm(log10_lr: float) -> str:
    """Return a log10 to two decimals, with a true minus sign."""
    return f"{log10_lr:.2f}".replace("-0.00", "0.00").replace("-", "\u2212")


def with_log10(log10_lr: float) -> str:
    """Return a ratio with its log10, as in "12 (log10 1.08)"."""
    return f"{plain(log10_lr)} (log10 {logarithm(log10_lr)})"


def between(low: float, high: float) -> str:
    """Return a range of ratios with its log10, from two log10s."""
    return f"{plain(low)} to {plain(high)} (log10 {logarithm(low)} to {logarithm(high)})"


def held(low: float, high: float, bound: tuple[float, float]) -> str:
    """Return a range as far as the bounds go; what lies beyond is given as a log10 alone.

    A plain number that the validation does not support would be quoted as if it did.
    """
    least, most = (min(max(one, bound[0]), bound[1]) for one in (low, high))
    written = between(least, most) if least < most else with_log10(least)
    if (least, most) == (low, high):
        return written
    beyond = logarithm(low) + f" to {logarithm(high)}" * (low < high)
    return f"{written}, held to the bounds; before these log10 {beyond}"


def in_words(log10_lr: float) -> str:
    """Return what a ratio says of the findings, in the direction in which it is above 1."""
    one, other = ("H1", "H2") if log10_lr >= 0 else ("H2", "H1")
    return (
        f"These findings are about {plain(abs(log10_lr))} times more probable if {one} is true "
        f"than if {other} is."
    )
