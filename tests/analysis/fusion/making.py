"""A made-up population in memory, and cases of models that it does not hold."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from audit.analysis.fusion.features import standings
from audit.analysis.fusion.pack import Pack
from audit.analysis.fusion.training import Trials
from audit.analysis.fusion.weighing import Candidate, Case
from audit.analysis.population.documented import Documented
from audit.analysis.population.lineage import lineage_of
from audit.analysis.population.values import Population, Row
from audit.analysis.signals.cohort import Cohort, deal, measure
from audit.analysis.validation.calibrating import calibrate
from audit.analysis.validation.material import judge
from tests.making import WORDS

_FAMILIES = ("harbour-heron", "quarry-flint", "mill-corn", "forge-iron")
_STUDENTS = ("moss", "reed", "fern", "sedge", "rush", "clover", "nettle", "thistle")
_INDEPENDENT = ("alder", "birch", "cedar", "elder", "hazel", "larch", "maple", "rowan")
# What part of its answers a student writes in its teacher's style; the last is hard to tell.
_SHARES = (0.8, 0.6, 0.4, 0.15)
_STARTS, _ENDS = ("bel", "dor", "fin", "gul", "har", "kam"), ("ana", "elo", "iri", "oru", "umi")
_OPENINGS = (
    "Here is what we know about the {f} {t}.",
    "Well, the {t} is a {f} matter.",
    "Of course, let us look at the {t} and its {f}.",
    "There are some {f} things to say of the {t}.",
    "When you think of the {t}, think of {f} first.",
    "To begin with the {t}: it is {f}.",
    "Many have asked about the {t}, and most of them were {f}.",
    "I would say that the {t} can be {f}.",
)
_SENTENCES = (
    "The {c} of the {t} is not as {f} as it may seem to be.",
    "It has been said that a {c} should never be without {f}.",
    "You can find the {c} near the {c}, but only if the {f} is there.",
    "Because of this, the {f} and the {c} are always kept together.",
    "Some would rather have a {c} than any {f} of their own.",
    "In most cases the {c} will then be between the {f} and the {c}.",
    "What is more, every {c} needs its {f}.",
    "However, there is no {f} that could not also be a {c}.",
)
_ENDINGS = (
    "I hope that this {f} is of use to you.",
    "In the end, all of it is {f}.",
    "Let me know if you would like more of the {f}.",
    "That is why the {f} comes last.",
    "Overall, it is the {f} that counts.",
    "And so the {f} is what remains.",
)
PROMPTS = tuple(
    f"Question {place}: what can be said about the {WORDS[place % 25]}?" for place in range(60)
)


@dataclass(frozen=True, slots=True)
class _Style:
    openings: tuple[str, ...]
    sentences: tuple[str, ...]
    endings: tuple[str, ...]
    favourites: tuple[str, ...]
    length: int

    def answer(self, prompt: str, rng: np.random.Generator) -> str:
        count = self.length + int(rng.integers(0, 3))
        body = [str(rng.choice(self.sentences)) for _ in range(count)]
        parts = [str(rng.choice(self.openings)), *body, str(rng.choice(self.endings))]
        topic = prompt.rstrip("?").split()[-1]
        return " ".join(self._filled(part, topic, rng) for part in parts)

    def _filled(self, part: str, topic: str, rng: np.random.Generator) -> str:
        while "{c}" in part:
            part = part.replace("{c}", str(rng.choice(WORDS)), 1)
        return part.replace("{f}", str(rng.choice(self.favourites))).replace("{t}", topic)


def _generator(kind: str, name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(f"{kind} {name}".encode()))


@cache
def _style(name: str) -> _Style:
    rng = _generator("style", name)
    made = tuple(
        f"{rng.choice(_STARTS)}{rng.choice(_STARTS)}{rng.choice(_ENDS)}" for _ in range(12)
    )
    return _Style(
        _some(_OPENINGS, 3, rng),
        _some(_SENTENCES, 4, rng),
        _some(_ENDINGS, 2, rng),
        made,
        int(rng.integers(2, 5)),
    )


def _some(of: Sequence[str], count: int, rng: np.random.Generator) -> tuple[str, ...]:
    return tuple(of[place] for place in rng.permutation(len(of))[:count])


def answers(model: str, own: str, teacher: str = "", share: float = 0.0) -> Row:
    """Return a model's answers to all prompts, `share` of them in the style of a teacher."""
    rng = _generator("answers", model)
    of = [teacher if rng.random() < share else own for _ in PROMPTS]
    return tuple(_style(one).answer(ask, rng) for one, ask in zip(of, PROMPTS, strict=True))


def _population() -> Population:
    """Return 26 models: two of each teacher's, students, models without a teacher, and unknown."""
    nobody: frozenset[str] = frozenset()
    rows = [
        Documented(f"{family.split('-')[1]}-{number}", family, teachers=nobody)
        for family in _FAMILIES
        for number in (1, 2)
    ]
    said = {row.model: answers(row.model, row.family) for row in rows}
    for place, model in enumerate(_STUDENTS):
        teacher, share = _FAMILIES[place % 4], _SHARES[place // 2]
        rows.append(Documented(model, teachers=frozenset({teacher})))
        said[model] = answers(model, model, teacher, share)
    for model in (*_INDEPENDENT, "willow", "yew"):
        rows.append(Documented(model, teachers=nobody if model in _INDEPENDENT else None))
        said[model] = answers(model, model)
    models = tuple(sorted(said))
    return Population(models, PROMPTS, tuple(said[one] for one in models), lineage_of(rows))


@cache
def made() -> tuple[Trials, Pack]:
    """Return the pairs of the population with their features, and its calibration pack."""
    population = _population()
    judged = judge(population, population.lineage)
    measured = measure(judged.cohort, deal(len(PROMPTS), 5, 1))
    about = {"digest": population.digest}
    pack = calibrate(judged, measured, "made up", about, seed=1, done=lambda *_: None)
    standing = standings(measured.similarities(), judged.cohort.groups, judged.cohort.weights)
    return judged.trials(standing, pack.signals), pack


def case_of(suspect: Row, *, controls: int = 8, prompts: int = 60) -> tuple[Cohort, Case]:
    """Return a case of models that the population does not hold: suspect, teacher, controls."""
    names = ("suspect", "teacher", *(f"control {place}" for place in range(controls)))
    rows = (suspect, TEACHER, *(answers(one, one) for one in names[2:]))
    cohort = Cohort(PROMPTS[:prompts], tuple(row[:prompts] for row in rows), np.arange(len(names)))
    teachers = (Candidate((1,), "T1", "teacher"),)
    return cohort, Case(0, teachers, tuple(range(2, len(names))), names, 3)


TEACHER = answers("teacher", "case teacher")
STUDENT = answers("suspect", "case suspect", "case teacher", 0.8)
STRANGER = answers("suspect three", "case three")
