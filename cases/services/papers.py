"""What a party asserts beyond roles, read from files; models are named as on the command line."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from audit.analysis.apart.watermarks import detector_of
from audit.analysis.asserted import Asserted, Canary, Declaration, Gold, Mark, Tie
from audit.analysis.counts.canaries import read_canaries, require_fit
from audit.analysis.counts.shared_errors import read_gold
from audit.analysis.errors import UnreadableSourceError, WrongSettingError
from cases.services.desk import Given

_KEYS = frozenset(
    {"second_run_of", "version_of", "same_base_as_suspect", "released", "names", "family"}
)
_MEND = (
    "Write an object with a key for each model, such as "
    '{"heron-2": {"version_of": "saltmarsh-5"}}; the keys within are ' + ", ".join(sorted(_KEYS))
)


@dataclass(frozen=True, slots=True)
class Papers:
    """The files as given: `canaries` is [MODEL=]FILE, each of `watermarks` DETECTOR=KEYFILE."""

    declared: Path | None = None
    canaries: str = ""
    gold: Path | None = None
    watermarks: Sequence[str] = ()

    def read(self, given: Sequence[Given]) -> Asserted:
        """Return what is asserted of the models given, which stand in for the exhibits' labels.

        Raises UnreadableSourceError or WrongSettingError at the first thing that cannot be taken.
        """
        declared = tuple(_declarations(self.declared)) if self.declared else ()
        runs = {one.label for one in declared if one.tie is Tie.SECOND_RUN}
        teachers = [one.model for one in given if one.role == "teacher" and one.model not in runs]
        planted_by, path = _canary_list(self.canaries, teachers)
        asserted = Asserted(
            declared,
            _canaries(path) if path else (),
            planted_by,
            _gold(self.gold) if self.gold else (),
            tuple(map(_mark, self.watermarks)),
        )
        suspects = [one.model for one in given if one.role == "suspect"]
        asserted.require_among([one.model for one in given], teachers, suspects)
        _require_one_each(asserted, given)
        return asserted


def _require_one_each(asserted: Asserted, given: Sequence[Given]) -> None:
    """Refuse to say something of a name that two files go by."""
    times = Counter(one.model for one in given)
    said = [asserted.planted_by, *(one.label for one in asserted.declared)]
    said += [one.of for one in asserted.declared]
    twice = [name for name in said if times[name] > 1]
    if twice:
        raise WrongSettingError(
            f"{twice[0]} is the name of {times[twice[0]]} files, and something is declared of it. "
            "Give each file a name of its own: NAME=FILE."
        )


def _declarations(path: Path) -> Iterator[Declaration]:
    try:
        with _open(path) as stream:
            value = json.load(stream)
    except (ValueError, RecursionError) as error:
        raise _refused(path, "whole file", f"it is not JSON ({error})") from error
    if not isinstance(value, dict):
        raise _refused(path, "whole file", "it is not a JSON object")
    for model, said in value.items():
        if not isinstance(said, dict) or said.keys() - _KEYS:
            raise _refused(path, model, "what is said of it has another form or another key")
        try:
            yield _declaration(model, said)
        except WrongSettingError as error:
            raise WrongSettingError(f"{path.name}: {error}") from error


def _declaration(model: str, said: dict[str, Any]) -> Declaration:
    ties = [
        (tie, str(said[key]) if tie is not Tie.SAME_BASE else "")
        for key, tie in (
            ("second_run_of", Tie.SECOND_RUN),
            ("version_of", Tie.VERSION),
            ("same_base_as_suspect", Tie.SAME_BASE),
        )
        if said.get(key)
    ]
    if len(ties) > 1:
        raise WrongSettingError(f"{model} is declared to be two things at once. Declare one.")
    tie, of = ties[0] if ties else (None, "")
    names = said.get("names", [])
    if not isinstance(names, list):
        raise WrongSettingError(f'{model}: "names" is no list. Write ["one", "other"].')
    released, family = str(said.get("released", "")), str(said.get("family", ""))
    return Declaration(model, tie, of, released, tuple(map(str, names)), family)


def _canary_list(text: str, teachers: list[str]) -> tuple[str, Path | None]:
    """Return which teacher planted the list, and its path; neither for no list."""
    if not text:
        return "", None
    model, separator, path = text.partition("=")
    if separator and not Path(text).exists():
        return model, Path(path)
    if len(teachers) != 1:
        raise WrongSettingError(
            f"There are {len(teachers)} candidate teachers. Say which of them planted the list: "
            "--canaries MODEL=FILE."
        )
    return teachers[0], Path(text)


def _canaries(path: Path) -> tuple[Canary, ...]:
    with _open(path) as stream:
        found = read_canaries(stream, name=path.name)
    require_fit(found, name=path.name)
    return found


def _gold(path: Path) -> tuple[Gold, ...]:
    with _open(path) as stream:
        return read_gold(stream, name=path.name)


def _mark(text: str) -> Mark:
    """Return the watermark of DETECTOR=KEYFILE, once its detector takes the key."""
    detector, _, path = text.partition("=")
    with _open(Path(path)) as stream:
        mark = Mark(detector, stream.read().hex())
    detector_of(mark)
    return mark


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UnreadableSourceError(
            str(path),
            "whole file",
            f"it cannot be read ({error.strerror})",
            "Give a file that can be",
        ) from error


def _refused(path: Path, place: str, reason: str) -> UnreadableSourceError:
    return UnreadableSourceError(path.name, place, reason, _MEND)
