"""Carry a sealed plan out again from the raw files, and hold the outcome against a result."""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from audit.analysis import ingest
from audit.analysis.digests import sha256_of_file
from audit.analysis.encoders import Encoder
from audit.analysis.errors import IntegrityError
from audit.analysis.index import Floats
from audit.analysis.matching import Look, Wordings, match_inputs
from audit.analysis.pipeline import analyse, require_enough
from audit.analysis.plan import Plan
from audit.analysis.results import Material
from audit.analysis.text import normalise, text_key
from audit.analysis.transcripts import Exchange

# Another processor or another batch moves a cosine by this much at the most (measured).
TOLERANCE = 0.002
# Of an answer whose two nearest are equally near, either may come out: 1 in 60 did (measured).
SHARE_TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """One value: where it stands, what was printed, what came out."""

    where: str
    printed: object
    replayed: object

    @property
    def distance(self) -> float | None:
        """How far the two numbers lie apart; None where they are none."""
        if isinstance(self.printed, float | int) and isinstance(self.replayed, float | int):
            return abs(self.printed - self.replayed)
        return None


def replay(plan: Plan, files: Iterable[Path], encoder: Encoder) -> dict[str, Any]:
    """Return the result of the plan computed from the bytes of the files, found by digest.

    Raises IntegrityError if a file of the plan is not among those given or the encoder is not
    the plan's.
    """
    if encoder.identity.digest != plan.encoder_digest:
        raise IntegrityError(
            f"The plan was sealed with encoder {plan.encoder_digest} and "
            f"{encoder.identity.digest} was given."
        )
    by_digest = {sha256_of_file(path): path for path in files}
    missing = [one.label for one in plan.inputs if one.sha256 not in by_digest]
    if missing:
        raise IntegrityError(f"No file given has the digest of exhibit {', '.join(missing)}.")
    rows = [_read(by_digest[one.sha256]) for one in plan.inputs]
    return analyse(plan, _material(plan, rows, encoder)).values


def differences(printed: object, replayed: object) -> Iterator[Difference]:
    """Yield each value that differs by more than its tolerance, with its place."""
    for one in _values(printed, replayed, "result"):
        if not _alike(one.printed, one.replayed, _tolerance(one.where)):
            yield one


def largest_difference(printed: object, replayed: object) -> Difference | None:
    """Return the number that came out farthest from what was printed; None if all are equal."""
    moved = [
        one
        for one in _values(printed, replayed, "result")
        if one.printed != one.replayed and one.distance is not None
    ]
    return max(moved, key=lambda one: one.distance or 0.0) if moved else None


def _values(printed: object, replayed: object, where: str) -> Iterator[Difference]:
    """Yield every value of the two, side by side; lists of two lengths as a whole."""
    if isinstance(printed, dict) and isinstance(replayed, dict):
        for key in sorted(printed.keys() | replayed.keys()):
            yield from _values(printed.get(key), replayed.get(key), f"{where}.{key}")
    elif (
        isinstance(printed, list) and isinstance(replayed, list) and len(printed) == len(replayed)
    ):
        for place, (left, right) in enumerate(zip(printed, replayed, strict=True)):
            yield from _values(left, right, f"{where}[{place}]")
    else:
        yield Difference(where, printed, replayed)


def _tolerance(where: str) -> float:
    """Return how far a value may move: a share counts answers, so it moves by whole answers.

    The ledger of tests repeats shares and other numbers, which are held strictly where they stand.
    """
    repeated = where.startswith("result.tests[")
    return SHARE_TOLERANCE if repeated or where.endswith("].share") else TOLERANCE


def _alike(printed: object, replayed: object, tolerance: float) -> bool:
    if isinstance(printed, float | int) and isinstance(replayed, float | int):
        return abs(printed - replayed) <= tolerance
    return printed == replayed


def _read(path: Path) -> dict[str, Exchange]:
    """Return the first exchange for each prompt of a file, under the key of the prompt."""
    found: dict[str, Exchange] = {}
    with path.open("rb") as stream:
        for record in ingest.open_source(stream, name=path.name).records:
            if isinstance(record, Exchange):
                found.setdefault(text_key(record.prompt), record)
    return found


def _material(plan: Plan, rows: list[dict[str, Exchange]], encoder: Encoder) -> Material:
    matched = match_inputs(plan, [row.keys() for row in rows], _look(rows, encoder)).rows
    require_enough(plan, len(matched[0]))
    found = [[row[key] for key in keys] for row, keys in zip(rows, matched, strict=True)]
    answers = [[normalise(one.answer) for one in row] for row in found]
    return Material(
        prompts=tuple(tuple(normalise(one.prompt) for one in row) for row in found),
        records=tuple(tuple(one.record for one in row) for row in found),
        answers=tuple(tuple(row) for row in answers),
        vectors=np.stack([encoder.encode(row) for row in answers]),
    )


def _look(rows: list[dict[str, Exchange]], encoder: Encoder) -> Look:
    """Return what encodes prompts by their keys, each once however often it is looked up."""
    every = ChainMap(*rows)
    known: dict[str, Floats] = {}

    def look(keys: Sequence[str]) -> Wordings:
        texts = {key: normalise(every[key].prompt) for key in keys}
        new = [key for key in keys if key not in known]
        if new:
            vectors = encoder.encode([texts[key] for key in new])
            known.update(zip(new, vectors, strict=True))
        return Wordings(tuple(texts.values()), np.stack([known[key] for key in keys]))

    return look
