"""A folder of transcripts into a population: one file a model, and the prompts they share.

Files end in .json, .jsonl or .ndjson, each also with .gz, and are in any format that `ingest`
reads; the name without these endings is the model's. A file that cannot be read to its end gives
nothing. Of several answers of a file to one prompt the first counts. All text is held in memory
once; time is linear in it.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from audit.analysis import ingest
from audit.analysis.errors import InsufficientDataError, UnreadableSourceError
from audit.analysis.population.lineage import Lineage
from audit.analysis.population.values import Kind, Left, Population
from audit.analysis.text import text_key
from audit.analysis.transcripts import Exchange, LeftOut

LEAST_MODELS = 0.9
LEAST_PROMPTS = 0.5
WHOLE = "whole file"
_NAME = re.compile(r"(?P<model>.+?)(?:\.(?:json|jsonl|ndjson)(?:\.gz)?|\.gz)", re.IGNORECASE)
_REPEATED = "Ask each prompt once, or hand in further answers as a file of their own"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Collected:
    """What was read: first answers by model and key of the prompt, and the prompts' texts."""

    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)


def read_population(
    folder: Path,
    lineage: Lineage,
    *,
    on_progress: Progress | None = None,
    least_models: float = LEAST_MODELS,
    least_prompts: float = LEAST_PROMPTS,
) -> Population:
    """Read every transcript file of a folder; what is not taken stands in `left`.

    A prompt is kept if at least the share `least_models` of the models that were read answered it,
    and then a model if it answered at least the share `least_prompts` of the kept prompts.
    `on_progress` is told how many files are done, and of how many.

    Raises UnreadableSourceError if there is no such folder or two files in it are of one model,
    and InsufficientDataError if no prompt is shared or no model has a row in the lineage.
    """
    files, strange = _files(folder)
    found, left = _collected(files, on_progress or _silent)
    _require_readable(folder, found, left)
    keys, rare = _kept_prompts(found, least_models)
    models, poor = _kept_models(found, keys, least_prompts)
    undocumented = tuple(one for one in models if one not in lineage.rows)
    _require_documented(folder, models, undocumented)
    return Population(
        models,
        tuple(found.prompts[key] for key in keys),
        tuple(tuple(map(found.answers[model].get, keys)) for model in models),
        lineage.with_unknown(models),
        undocumented,
        (*strange, *left, *_without_file(files, lineage), *rare, *poor),
    )


def _files(folder: Path) -> tuple[dict[str, Path], list[Left]]:
    """Return the transcript files by model, ascending, and what else is in the folder."""
    if not folder.is_dir():
        raise UnreadableSourceError(
            folder.name, "whole folder", "it is not a folder", "Name a folder of transcript files"
        )
    found: dict[str, Path] = {}
    left = []
    for path in sorted(folder.iterdir()):
        named = _NAME.fullmatch(path.name)
        if not named or not path.is_file() or path.name.startswith("."):
            left.append(_no_transcript(path))
        elif (other := found.setdefault(named["model"], path)) is not path:
            reason = f"{other.name} is of the model {named['model']} too"
            raise UnreadableSourceError(path.name, "its name", reason, "Keep one of the two files")
    return dict(sorted(found.items())), left


def _no_transcript(path: Path) -> Left:
    reason = "it is not a file with the name of a model and an ending of transcripts"
    mend = "If it holds transcripts, name it MODEL.json or MODEL.jsonl, plain or with .gz"
    return Left(Kind.FILE, path.name, "its name", reason, mend)


def _collected(files: Mapping[str, Path], told: Progress) -> tuple[_Collected, list[Left]]:
    """Return the first answers of every file, and the files and records that were not taken."""
    found = _Collected()
    left: list[Left] = []
    for place, (model, path) in enumerate(files.items(), 1):
        left += _collect(found, model, path)
        told(place, len(files))
    return found, left


def _silent(done: int, of: int) -> None:
    """Tell nobody."""


def _collect(found: _Collected, model: str, path: Path) -> list[Left]:
    """Add the first answers of one file; one that cannot be read to its end adds nothing."""
    first: dict[str, Exchange] = {}
    left: dict[str, Left] = {}
    try:
        for record in _records(path):
            gone = record if isinstance(record, LeftOut) else _repeated(record, first)
            if gone:
                _count(left, path.name, gone)
    except UnreadableSourceError as error:
        return [Left(Kind.FILE, path.name, error.place, error.reason, error.mend)]
    found.answers[model] = {key: one.answer for key, one in first.items()}
    for key, one in first.items():
        found.prompts.setdefault(key, one.prompt)
    return list(left.values())


def _records(path: Path) -> Iterator[Exchange | LeftOut]:
    with path.open("rb") as stream:
        yield from ingest.read(stream, name=path.name)


def _repeated(one: Exchange, first: dict[str, Exchange]) -> LeftOut | None:
    """Keep the first exchange of each prompt, and return why another is not taken."""
    if first.setdefault(text_key(one.prompt), one) is one:
        return None
    reason = "its prompt has an answer already, and the first counts"
    return LeftOut(one.record, f"record {one.record}", reason, _REPEATED)


def _count(left: dict[str, Left], file: str, one: LeftOut) -> None:
    """Count a record with those of the same mend: a broken file may have a million of them."""
    first = left.get(one.mend, Left(Kind.RECORD, file, one.place, one.reason, one.mend, 0))
    left[one.mend] = replace(first, count=first.count + 1)


def _without_file(files: Mapping[str, Path], lineage: Lineage) -> list[Left]:
    reason = "no file of the folder is named after it"
    mend = "Put its transcripts there under the name that the lineage file gives it"
    return [
        Left(Kind.MODEL, model, "lineage", reason, mend)
        for model in lineage.rows
        if model not in files
    ]


def _kept_prompts(found: _Collected, least: float) -> tuple[list[str], list[Left]]:
    """Return the keys of the prompts that enough models answered, ascending."""
    models = len(found.answers)
    held = Counter(key for answers in found.answers.values() for key in answers)
    kept = sorted(key for key, count in held.items() if count >= least * models)
    if not kept:
        raise InsufficientDataError(
            f"No prompt was answered by {least:.0%} of the {models} models that could be read; "
            f"the most that answered one are {max(held.values(), default=0)}. Put the same "
            "prompts to every model, and take out the files with other prompts."
        )
    reason = f"of {models} models answered it, and {least:.0%} are needed"
    mend = "Put it to the other models, or do without it"
    return kept, [
        Left(Kind.PROMPT, key, "", f"{held[key]} {reason}", mend)
        for key in sorted(held.keys() - set(kept))
    ]


def _kept_models(
    found: _Collected, keys: Sequence[str], least: float
) -> tuple[tuple[str, ...], list[Left]]:
    """Return the models that answered enough of the kept prompts, in order."""
    shared = {model: len(held.keys() & set(keys)) for model, held in found.answers.items()}
    reason = f"of the {len(keys)} kept prompts have an answer, and {least:.0%} are needed"
    mend = "Put the other prompts to it, or do without it"
    return tuple(one for one, count in shared.items() if count >= least * len(keys)), [
        Left(Kind.MODEL, one, WHOLE, f"{count} {reason}", mend)
        for one, count in shared.items()
        if count < least * len(keys)
    ]


def _require_readable(folder: Path, found: _Collected, left: Sequence[Left]) -> None:
    if not found.answers:
        first = next((f" {one}" for one in left), "")
        raise InsufficientDataError(
            f"{folder.name} holds no transcript file that could be read.{first}"
        )


def _require_documented(
    folder: Path, models: Collection[str], undocumented: Collection[str]
) -> None:
    if len(models) == len(undocumented):
        raise InsufficientDataError(
            f"None of the {len(models)} models in {folder.name} has a line in the lineage file. "
            "Name the files as the lineage file names the models, or take the lineage file that "
            "belongs to the folder."
        )
