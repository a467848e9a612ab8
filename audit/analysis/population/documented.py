"""What is documented of one model: a row of the lineage file."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Documented:
    """One model; text is empty and the rest None where nothing is documented.

    `family` is the teacher family that the model itself belongs to, `teachers` the families on
    whose outputs it was trained (empty: on none), `derived_from` the model it was made from, which
    need not have a row, `lineage` a group of related models that the file declares.
    """

    model: str
    family: str = ""
    base_model: str = ""
    teachers: frozenset[str] | None = None
    derived_from: str = ""
    lineage: str = ""
    released: date | None = None
    preference_tuned: bool | None = None
    mixture: bool | None = None


def provider_of(family: str) -> str:
    """Return the provider of a family: what stands before its first dash."""
    return family.partition("-")[0]
