"""What a run compared, answer by answer, for who prints or checks it."""

from collections.abc import Iterator, Sequence

import numpy as np
from django.db.models.functions import Length
from numpy.typing import NDArray

from audit.analysis.errors import IntegrityError
from audit.analysis.results import Compared, rounded
from audit.analysis.transcripts import Role
from audit.models import Run, Source
from audit.services import runs
from audit.services.matching import matching_of
from audit.services.vectors import vectors_of

# So many prompts are looked at together, in every file: memory does not grow with the run.
GROUP = 100
# Record, key of the answer and its length in characters.
_Row = tuple[int, str, int]


def compared(run: Run) -> Iterator[Compared]:
    """Yield every answer of every input, prompt by prompt, in the order of the plan's inputs.

    Raises InsufficientDataError while there is no result, and IntegrityError if answers are gone.
    """
    plan, sources, matched = runs.plan_of(run), runs.sources_of(run), matched_in(run)
    suspect = plan.places(Role.SUSPECT)[0]
    labels = [one.label for one in plan.inputs]
    for start in range(0, len(matched[0]), GROUP):
        part = [keys[start : start + GROUP] for keys in matched]
        rows = [_rows(source, keys) for source, keys in zip(sources, part, strict=True)]
        cosines = _cosines(run, rows, suspect)
        for place in range(len(part[0])):
            for model, label in enumerate(labels):
                record, key, characters = rows[model][place]
                cosine = None if model == suspect else rounded(float(cosines[model, place]))
                yield Compared(start + place + 1, label, record, key, characters, cosine)


def matched_in(run: Run) -> Sequence[Sequence[str]]:
    """Return the keys of the prompts that a result was computed from, one row an input.

    Raises IntegrityError if they are not as many any more, or a file was erased.
    """
    sources = runs.sources_of(run)
    for source in sources:
        if source.state != Source.State.READ:
            raise IntegrityError(
                f"What was read of file {source.sha256} is gone, as after an erasure. What was "
                "compared cannot be listed or computed any more."
            )
    found = matching_of(run, runs.plan_of(run), sources).rows
    then = runs.result_of(run)["matched_prompts"]
    if len(found[0]) != then:
        raise IntegrityError(
            f"{then} prompts were compared, and all files still hold {len(found[0])} of them."
        )
    return found


def _rows(source: Source, prompts: Sequence[str]) -> list[_Row]:
    found = source.exchanges.filter(prompt_key__in=prompts).annotate(characters=Length("answer"))
    known = {
        prompt: (record, answer, characters)
        for prompt, record, answer, characters in found.values_list(
            "prompt_key", "record", "answer_key", "characters"
        )
    }
    return [known[key] for key in prompts]


def _cosines(run: Run, rows: list[list[_Row]], suspect: int) -> NDArray[np.float64]:
    """Return the cosine of each answer with the suspect's, shape (models, prompts)."""
    vectors = np.stack(
        [vectors_of(run.encoder_id, [key for _, key, _ in each], set()) for each in rows]
    ).astype(np.float64)
    cosines: NDArray[np.float64] = np.einsum("mpd,pd->mp", vectors, vectors[suspect])
    return cosines
