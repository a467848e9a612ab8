"""Write the sample transcripts: `python -m cases.samples.make DIR`, the same bytes each time."""

import sys
from pathlib import Path

import numpy as np

from cases.samples import IMITATOR, SAMPLES, TEACHERS, Sample, folder
from cases.samples.banks import Question, Style, questions, rewordings, styles
from cases.samples.drafts import Draft, draw, imitate, reword
from cases.samples.formats import Pair, alpaca, chat_lines, gzipped, sharegpt
from cases.samples.layouts import lay_out

SEED = 20261124
# The part of the imitator's answers that is taken from its teacher's.
SHARE = 0.62
FAULTY = "Candlewick-3"
_EMPTY, _REPEATED = 16, 4


def write(target: Path, seed: int = SEED) -> None:
    """Write every sample file into the folder, which has to exist."""
    for sample, pairs in transcripts(seed).items():
        (target / sample.file).write_bytes(_as_file(sample, pairs))


def transcripts(seed: int = SEED) -> dict[Sample, list[Pair]]:
    """Return prompt and answer pairs of every model, imperfect records included."""
    asked = questions(folder())
    habits = styles(folder())
    # A stream of its own for each model: a change to one leaves the others as they are.
    streams = {
        sample: np.random.default_rng([seed, place]) for place, sample in enumerate(SAMPLES)
    }
    drafts = {
        sample: [draw(question, habits[sample.model], rng) for question in asked]
        for sample, rng in streams.items()
    }
    drafts[IMITATOR] = _learned(drafts[IMITATOR], drafts[TEACHERS[0]], streams[IMITATOR])
    return {
        sample: _pairs(sample, asked, drafts[sample], habits[sample.model], rng)
        for sample, rng in streams.items()
    }


def _learned(own: list[Draft], teacher: list[Draft], rng: np.random.Generator) -> list[Draft]:
    """Return the imitator's drafts: its own sentences and its teacher's, lightly reworded."""
    table = rewordings(folder())
    return [
        reword(imitate(ours, theirs, SHARE, rng), table, rng)
        for ours, theirs in zip(own, teacher, strict=True)
    ]


def _pairs(
    sample: Sample,
    asked: tuple[Question, ...],
    drafts: list[Draft],
    style: Style,
    rng: np.random.Generator,
) -> list[Pair]:
    answers = [lay_out(draft, style, rng) for draft in drafts]
    pairs = [(question.ask, answer) for question, answer in zip(asked, answers, strict=True)]
    return _spoilt(pairs) if sample.model == FAULTY else pairs


def _spoilt(pairs: list[Pair]) -> list[Pair]:
    """Return the pairs with one answer lost and one prompt asked twice."""
    lost = [*pairs[:_EMPTY], (pairs[_EMPTY][0], ""), *pairs[_EMPTY + 1 :]]
    again = (pairs[_REPEATED][0], pairs[_REPEATED][1] + " I would say the same again.")
    return [*lost, again]


def _as_file(sample: Sample, pairs: list[Pair]) -> bytes:
    plain = sample.file.removesuffix(".gz")
    if plain.endswith(".jsonl"):
        data = chat_lines(pairs)
    elif plain.endswith(".sharegpt.json"):
        data = sharegpt(pairs)
    else:
        data = alpaca(pairs, sample.model)
    return gzipped(data) if sample.file.endswith(".gz") else data


if __name__ == "__main__":
    write(Path(sys.argv[1]))
