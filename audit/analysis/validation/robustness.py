"""What happens to the likelihood ratio when the material is tampered with, diluted or mixed up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.errors import InsufficientDataError
from audit.analysis.fusion import domain
from audit.analysis.fusion.features import features_of, standings_by
from audit.analysis.fusion.pack import Pack
from audit.analysis.signals.cohort import Cohort, deal, measure
from audit.analysis.trials.dose import mix, shuffle_prompts
from audit.analysis.trials.laundering import EDITS
from audit.analysis.trials.sizes import nested_controls, nested_prompts
from audit.analysis.validation.material import Judged

PROMPTS = 200
CONTROLS = 20
SUSPECTS = 8
DOSES = (0.0, 0.05, 0.2, 0.5, 1.0)
Row = tuple[str | None, ...]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Small:
    """A small case cut out of a population: the suspect first, then the teacher's files."""

    cohort: Cohort
    teacher: tuple[int, ...]
    controls: tuple[int, ...]

    def with_suspect(self, answers: Row) -> "Small":
        """Return the case with other answers of the suspect."""
        rows = (answers, *self.cohort.answers[1:])
        return replace(self, cohort=replace(self.cohort, answers=rows))

    def is_usual(self, pack: Pack) -> bool:
        """Say whether the suspect's answers have the traits that the pack's population has."""
        return domain.has_usual_traits(pack.domain, self.cohort, 0)

    def score(self, pack: Pack) -> float:
        """Return the bounded log10 LR."""
        count = len(self.cohort.prompts)
        family = len(self.teacher) > 1
        fit = pack.fit_for(count, len(self.controls), family=family)
        if fit is None:
            raise InsufficientDataError(
                f"The pack needs more than the {count} prompts or the {len(self.controls)} "
                "controls that the population has for these trials."
            )
        similar = measure(self.cohort, deal(count, 1, 0), names=pack.signals).similarities()
        groups, weights = self.cohort.groups, self.cohort.weights
        standing = standings_by(similar, groups, weights, self.controls)
        found = features_of(standing, pack.signals, 0, self.teacher, self.controls)
        return fit.bounds.clip(float(fit.fusion.log_lr(found[None, :])[0] / LN10)).log10_lr


def robustness(judged: Judged, pack: Pack, *, seed: int, say: Say) -> dict[str, Any]:
    """Return the log10 LRs of small cases before and after each edit, dose and mix-up.

    Each case has at most 200 prompts and 20 controls. The pack has seen these models if it was
    made from this population: what counts is the change, not the level.
    """
    rng = np.random.default_rng(seed)
    taught = list(_chosen(judged, rng, under_h1=True))
    free = list(_chosen(judged, rng, under_h1=False))
    return {
        "prompts": min(PROMPTS, len(judged.cohort.prompts)),
        "controls": CONTROLS,
        "laundering": _laundering(taught, pack, rng, say),
        "mixed_up": _mixed_up(taught, pack, rng, say),
        "dose": _dose(free, pack, rng, say),
        "swapped": _swapped(taught, pack, say),
    }


def _laundering(
    cases: Sequence[Small], pack: Pack, rng: np.random.Generator, say: Say
) -> dict[str, Any]:
    found: dict[str, Any] = {"unchanged": [one.score(pack) for one in cases]}
    for name, edit in EDITS.items():
        say(f"laundering: {name}")
        found[name] = [
            one.with_suspect(
                tuple(text and edit(text, rng) for text in one.cohort.answers[0])
            ).score(pack)
            for one in cases
        ]
    return found


def _mixed_up(
    cases: Sequence[Small], pack: Pack, rng: np.random.Generator, say: Say
) -> dict[str, list[Any]]:
    """Return the scores, and which of them a case would not be told.

    Habits that do not hang on the prompt outlast it; that the answers are none to these prompts
    is found by the domain of the calibration.
    """
    say("answers given to wrong prompts")
    moved = [one.with_suspect(shuffle_prompts(one.cohort.answers[0], rng)) for one in cases]
    return {
        "score": [one.score(pack) for one in moved],
        "withheld": [not one.is_usual(pack) for one in moved],
    }


def _dose(
    cases: Sequence[Small], pack: Pack, rng: np.random.Generator, say: Say
) -> dict[str, list[float]]:
    """Return LRs of models without the teacher when so much of their answers is the teacher's."""
    found = {}
    for share in DOSES:
        say(f"dose: {share:.0%}")
        streams = rng.spawn(len(cases))
        found[f"{share:g}"] = [
            one.with_suspect(
                mix(one.cohort.answers[0], one.cohort.answers[one.teacher[0]], share, stream)
            ).score(pack)
            for one, stream in zip(cases, streams, strict=True)
        ]
    return found


def _swapped(cases: Sequence[Small], pack: Pack, say: Say) -> list[float]:
    """Return LRs with a control put in the suspect's place and the suspect in the control's."""
    say("suspect and control swapped")
    found = []
    for one in cases:
        rows = list(one.cohort.answers)
        other = one.controls[0]
        rows[0], rows[other] = rows[other], rows[0]
        cohort = replace(one.cohort, answers=tuple(rows))
        found.append(replace(one, cohort=cohort).score(pack))
    return found


def _chosen(judged: Judged, rng: np.random.Generator, *, under_h1: bool) -> Iterator[Small]:
    """Return one case for each of up to eight independent suspects, in random order."""
    seen: set[int] = set()
    for place in rng.permutation(len(judged.pairs)):
        source = int(judged.sources[place])
        if judged.pairs[place].is_h1 == under_h1 and source not in seen:
            seen.add(source)
            yield _cut(judged, int(place), rng)
        if len(seen) == SUSPECTS:
            return


def _cut(judged: Judged, place: int, rng: np.random.Generator) -> Small:
    controls = judged.controls[place]
    drawn = _drawn(judged.cohort.groups[controls], controls, rng)
    teacher = judged.members[place]
    models = [int(judged.suspects[place]), *map(int, teacher), *map(int, drawn)]
    asked = len(judged.cohort.prompts)
    (prompts,) = nested_prompts(asked, (min(PROMPTS, asked),), rng)
    cohort = Cohort(
        tuple(judged.cohort.prompts[one] for one in prompts),
        tuple(tuple(judged.cohort.answers[row][one] for one in prompts) for row in models),
        np.unique(judged.cohort.groups[models], return_inverse=True)[1],
    )
    first = 1 + len(teacher)
    return Small(cohort, tuple(range(1, first)), tuple(range(first, len(models))))


def _drawn(
    groups: NDArray[np.intp], controls: NDArray[np.intp], rng: np.random.Generator
) -> NDArray[np.intp]:
    count = min(CONTROLS, len(controls))
    (chosen,) = nested_controls(groups.tolist(), (count,), rng)
    return np.asarray(controls[chosen], np.intp)
