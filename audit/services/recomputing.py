"""A result computed again from the stored native files, for whoever certifies that it comes out.

Every native file is read anew and must give the answers that were compared, each at its record;
some of the answers are encoded anew and must give the stored vectors; then the plan is carried
out again.
"""

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from audit.analysis import ingest
from audit.analysis.encoders import Encoder
from audit.analysis.encoders.probes import LEAST_AGREEMENT, agreement
from audit.analysis.errors import IntegrityError
from audit.analysis.replay import differences, largest_difference
from audit.analysis.text import text_key
from audit.analysis.transcripts import Exchange as ReadExchange
from audit.analysis.version import VERSION
from audit.models import Exchange, Run, Source
from audit.services import runs
from audit.services.compared import matched_in
from audit.services.sources import store
from audit.services.vectors import GROUP, vectors_of

TOOL = (
    f"Touchstone {VERSION}, Python {platform.python_version()}, numpy {version('numpy')}, "
    f"scipy {version('scipy')}, faiss-cpu {version('faiss-cpu')}"
)
# So many of the answers are encoded again: those with the lowest digests, which nobody chose.
ENCODED = 64
# Of one record: its number, and the keys of its prompt and answer.
_Records = dict[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What came out again: `difference` is that of the number that moved farthest, at `where`.

    `beyond` counts the values that differ by more than the tolerance of a replay.
    """

    digest: str
    difference: float
    where: str
    beyond: int
    answers: int
    encoded: int
    least_cosine: float
    environment: dict[str, Any]


def recompute(run: Run, encoder: Encoder, said: Callable[[Source], None]) -> Recomputed:
    """Compute a run's result again; `said` is shown each source once its bytes have been read.

    Raises IntegrityError for bytes, texts or vectors that are missing or not what they were.
    """
    answers: set[str] = set()
    for source, prompts in zip(runs.sources_of(run), matched_in(run), strict=True):
        stored = _stored(source, prompts)
        _require_same(source, stored)
        answers.update(answer for _, answer in stored.values())
        said(source)
    encoded = sorted(answers)[:ENCODED]
    least = _encode_again(run, encoder, encoded)
    computed = runs.compute(run)
    recorded = runs.result_of(run)
    farthest = largest_difference(recorded, computed.values)
    return Recomputed(
        digest=computed.digest,
        difference=(farthest.distance or 0.0) if farthest else 0.0,
        where=farthest.where if farthest else "",
        beyond=sum(1 for _ in differences(recorded, computed.values)),
        answers=len(answers),
        encoded=len(encoded),
        least_cosine=least,
        environment=computed.environment,
    )


def _stored(source: Source, prompts: Sequence[str]) -> _Records:
    """Return record and answer of each prompt as stored, each text being that of its key."""
    found: _Records = {}
    for start in range(0, len(prompts), GROUP):
        for row in source.exchanges.filter(prompt_key__in=prompts[start : start + GROUP]):
            if (text_key(row.prompt), text_key(row.answer)) != (row.prompt_key, row.answer_key):
                raise IntegrityError(_at(source, row.record, "its text was changed"))
            found[row.prompt_key] = (row.record, row.answer_key)
    return found


def _require_same(source: Source, stored: _Records) -> None:
    """Raise IntegrityError unless the native file gives each of these answers at its record."""
    left = dict(stored)
    with store().open(source.sha256) as stream:
        for one in ingest.open_source(stream, name=f"file {source.sha256}").records:
            if not isinstance(one, ReadExchange):
                continue
            # The first answer to a prompt is the one that is taken.
            due = left.pop(text_key(one.prompt), None)
            if due and due != (one.record, text_key(one.answer)):
                raise IntegrityError(_at(source, due[0], "the file holds another answer"))
    if left:
        record = min(record for record, _ in left.values())
        raise IntegrityError(_at(source, record, "the file does not hold its answer"))


def _at(source: Source, record: int, wrong: str) -> str:
    """Return what is wrong at a record of a file, whose name may be that of another matter."""
    return f"File {source.sha256}, record {record}: {wrong}."


def _encode_again(run: Run, encoder: Encoder, keys: Sequence[str]) -> float:
    """Return the least cosine of the stored vectors of these answers with new ones."""
    # One exchange of each text: the same text has the same vector wherever it stands.
    rows = Exchange.objects.filter(answer_key__in=keys, source__in=runs.sources_of(run))
    texts = dict(rows.values_list("answer_key", "answer"))
    again = encoder.encode([texts[key] for key in keys])
    least = agreement(vectors_of(run.encoder_id, keys, set()), again)
    if least < LEAST_AGREEMENT:
        raise IntegrityError(
            f"A stored vector has a cosine of only {least:.4f} with what the encoder makes of the "
            f"same answer now; {LEAST_AGREEMENT} is the least that is let pass."
        )
    return least
