"""Which pairs of a suspect and a teacher family have a documented truth, and their controls."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from audit.analysis.errors import InsufficientDataError
from audit.analysis.population.documented import Documented, provider_of
from audit.analysis.population.lineage import Lineage

SAME_BASE = "same base model as a file of the teacher"
SAME_LINE = "of one line with a file of the teacher"
PREFERENCE = "tuned by preferences"
MIXTURE = "mixture of sources"
PLAIN = "none of these documented"
# Parts of names that usually tell of tuning by preferences: a heuristic, for subgroups only.
_PREFERENCE = re.compile(
    "(?<![a-z])(?:cpo|dpo|expo|grpo|ipo|kto|orpo|ppo|rahf|remax|rlaif|rlhf|rrhf|simpo|sppo)(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A suspect and a teacher family; under H1 it was trained on outputs of that family.

    `marks` are the subgroups that the pair is known to be in, PLAIN alone if in none: what is not
    documented has no mark.
    """

    suspect: str
    family: str
    is_h1: bool
    marks: tuple[str, ...] = (PLAIN,)


def labelled_pairs(lineage: Lineage) -> tuple[Pair, ...]:
    """Return every pair whose truth is documented, suspects and families ascending.

    Families are those that a model belongs to. Left out are pairs in which the suspect, or the
    model that it is derived from, is of the family's own provider, and pairs with another family
    of a documented teacher's provider: whether such a mixture holds answers of it is uncertain.

    Marks: SAME_BASE, by the documented bases; SAME_LINE, by the groups of the lineage; PREFERENCE,
    by the nearest of the suspect and the models it was made from of which the lineage file says so
    or says not, or whose name has a part such as "dpo" (a heuristic: a silent name says nothing);
    MIXTURE, by the file or by more than one documented teacher.
    """
    members = _members(lineage)
    return tuple(
        Pair(row.model, family, family in row.teachers, marks or (PLAIN,))
        for row in lineage.rows.values()
        if row.teachers is not None
        for family in _certain(row, row.teachers, lineage, members)
        for marks in [tuple(_marks(row, members[family], lineage))]
    )


def independent_controls(lineage: Lineage, suspect: str, family: str) -> tuple[str, ...]:
    """Return the models, ascending, that are documented to be independent of suspect and family.

    Such a model, and every model that it was made from, is documented as not trained on outputs
    of the family's provider and is not of that provider. It is neither of the suspect's line nor
    of that of a model of the provider. A model made from one of unknown training is not among
    them. Raises InsufficientDataError if the suspect has no row: its line is not known then.
    """
    if suspect not in lineage.groups:
        raise InsufficientDataError(
            f"{suspect} has no line in the lineage, so that no model is known to be independent "
            "of it. Give it a line in the lineage file."
        )
    provider = provider_of(family)
    related = {lineage.groups[suspect]} | {
        lineage.groups[model]
        for model, row in lineage.rows.items()
        if provider_of(row.family) == provider
    }
    return tuple(
        model
        for model, line in lineage.groups.items()
        if line not in related
        and all(_is_free(lineage, one, provider) for one in lineage.descent_of(model))
    )


def _is_free(lineage: Lineage, model: str, provider: str) -> bool:
    """Say whether a model is documented to have nothing of the provider."""
    teachers = lineage.teachers_of(model)
    return (
        teachers is not None
        and provider not in map(provider_of, teachers)
        and provider_of(lineage.family_of(model)) != provider
    )


def _members(lineage: Lineage) -> dict[str, list[str]]:
    found = defaultdict(list)
    for row in lineage.rows.values():
        if row.family:
            found[row.family].append(row.model)
    return dict(sorted(found.items()))


def _certain(
    row: Documented, teachers: frozenset[str], lineage: Lineage, families: Collection[str]
) -> Iterator[str]:
    """Yield the families of which it is certain whether the model was trained on their outputs."""
    own = {provider_of(row.family), provider_of(lineage.family_of(row.derived_from))}
    taught_by = {provider_of(one) for one in teachers}
    for family in families:
        provider = provider_of(family)
        if provider not in own and (family in teachers or provider not in taught_by):
            yield family


def _marks(row: Documented, members: list[str], lineage: Lineage) -> Iterator[str]:
    base = lineage.base_of(row.model)
    if base and base in map(lineage.base_of, members):
        yield SAME_BASE
    if lineage.groups[row.model] in {lineage.groups[one] for one in members}:
        yield SAME_LINE
    if _is_preference_tuned(lineage, row.model):
        yield PREFERENCE
    if row.mixture or (row.teachers and len(row.teachers) > 1):
        yield MIXTURE


def _is_preference_tuned(lineage: Lineage, model: str) -> bool:
    for one in lineage.descent_of(model):
        row = lineage.rows.get(one)
        if row and row.preference_tuned is not None:
            return row.preference_tuned
        if _PREFERENCE.search(one.lower()):
            return True
    return False
