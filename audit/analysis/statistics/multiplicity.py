"""Several teachers tested at once: p-values adjusted for it."""


def holm(p_values: tuple[float, ...]) -> tuple[float, ...]:
    """Return the p-values adjusted by the step-down method of Holm (1979), in the order given."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for step, position in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - step) * p_values[position]))
        adjusted[position] = highest
    return tuple(adjusted)
