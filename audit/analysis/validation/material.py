"""A population as a cohort with pairs of documented truth, and their features."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audit.analysis.errors import InsufficientDataError
from audit.analysis.fusion.features import Square, Standing, features_of, standings_by
from audit.analysis.fusion.training import Trials
from audit.analysis.population.labels import Pair, labelled_pairs
from audit.analysis.population.lineage import Lineage
from audit.analysis.population.values import Population
from audit.analysis.signals.cohort import Cohort

Spreads = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a likelihood ratio is asked of: so many controls, one file of the teacher or all."""

    controls: int
    family: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """The pairs of a population whose truth is documented, as places in its cohort.

    `members[i]` are the places of the teacher's files for pair i and `controls[i]` those of the
    models that stand for the rest: of neither the suspect's line nor the teacher's.
    """

    cohort: Cohort
    models: tuple[str, ...]
    pairs: tuple[Pair, ...]
    suspects: NDArray[np.intp]
    members: tuple[NDArray[np.intp], ...]
    controls: tuple[NDArray[np.intp], ...]

    @property
    def truth(self) -> NDArray[np.bool_]:
        """Which pairs are under H1, (pairs,)."""
        return np.array([one.is_h1 for one in self.pairs])

    @property
    def sources(self) -> NDArray[np.intp]:
        """The line of related models that each pair's suspect belongs to, (pairs,)."""
        return np.asarray(self.cohort.groups[self.suspects], np.intp)

    def excesses(self, standing: Standing) -> NDArray[np.float64]:
        """Return the excess of all pairs under one signal, (pairs,)."""
        seats = zip(self.suspects, self.members, self.controls, strict=True)
        return np.array([standing.excess(int(one), *others) for one, *others in seats])

    def trials(self, standing: Mapping[str, Standing], names: tuple[str, ...]) -> Trials:
        """Return the features of all pairs, (pairs, names), with truth and sources."""
        rows = [
            features_of(standing, names, suspect, teacher, controls)
            for suspect, teacher, controls in zip(
                self.suspects, self.members, self.controls, strict=True
            )
        ]
        return Trials(np.array(rows), self.truth, self.sources)

    def small_trials(
        self,
        similarities: Mapping[str, Square],
        kind: Kind,
        rng: np.random.Generator,
    ) -> tuple[Trials, dict[str, Spreads]]:
        """Return the features of all pairs as cases of a kind, and the spreads (pairs,) of each.

        Each case is drawn: one model of each of so many lines as its controls and, unless the
        teacher's whole family is asked for, one of its files.
        """
        names = tuple(similarities)
        rows, spreads = [], []
        for place, suspect in enumerate(self.suspects):
            members = self.members[place]
            teacher = members if kind.family else rng.choice(members, 1)
            models = np.array([suspect, *teacher, *self._drawn(place, kind.controls, rng)])
            cut = {name: one[np.ix_(models, models)] for name, one in similarities.items()}
            places = np.arange(len(models))
            first = 1 + len(teacher)
            standing = standings_by(cut, places, np.ones(len(models)), places[first:])
            rows.append(features_of(standing, names, 0, places[1:first], places[first:]))
            spreads.append([standing[name].spread for name in names])
        found = Trials(np.array(rows), self.truth, self.sources)
        return found, dict(zip(names, np.array(spreads).T, strict=True))

    @property
    def least_lines(self) -> int:
        """The fewest lines of controls that any pair has."""
        return min(len(np.unique(self.cohort.groups[one])) for one in self.controls)

    def _drawn(self, place: int, count: int, rng: np.random.Generator) -> list[np.intp]:
        controls = self.controls[place]
        lines = self.cohort.groups[controls]
        chosen = rng.permutation(np.unique(lines))[:count]
        return [rng.choice(controls[lines == line]) for line in chosen]


def judge(population: Population, lineage: Lineage) -> Judged:
    """Return the pairs of documented truth whose suspect and teacher are in the population.

    Raises InsufficientDataError if there is none.
    """
    place = {model: index for index, model in enumerate(population.models)}
    cohort = Cohort(population.prompts, population.answers, _groups(population.models, lineage))
    rows = []
    for pair in labelled_pairs(lineage):
        members = _members(pair, place, lineage)
        if pair.suspect in place and len(members):
            suspect = place[pair.suspect]
            rows.append((pair, suspect, members, _controls(cohort, suspect, members)))
    kept = [row for row in rows if len(row[3])]
    if not kept:
        raise InsufficientDataError(
            "No pair of a suspect and a teacher with a documented truth is in the population: "
            "name the models of its files in the lineage file, with their families and teachers."
        )
    pairs, suspects, teachers, controls = zip(*kept, strict=True)
    return Judged(cohort, population.models, pairs, np.array(suspects), teachers, controls)


def _groups(models: tuple[str, ...], lineage: Lineage) -> NDArray[np.intp]:
    """Return a number from 0 up for each model's line; an undocumented model is its own."""
    known = [lineage.groups.get(model, f"?{model}") for model in models]
    numbers = {one: index for index, one in enumerate(dict.fromkeys(known))}
    return np.array([numbers[one] for one in known], np.intp)


def _members(pair: Pair, place: Mapping[str, int], lineage: Lineage) -> NDArray[np.intp]:
    found = [
        index
        for model, index in place.items()
        if lineage.family_of(model) == pair.family and model != pair.suspect
    ]
    return np.array(found, np.intp)


def _controls(cohort: Cohort, suspect: int, members: NDArray[np.intp]) -> NDArray[np.intp]:
    related = cohort.groups[[suspect, *members]]
    return np.flatnonzero(~np.isin(cohort.groups, related))
