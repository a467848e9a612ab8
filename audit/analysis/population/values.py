"""A population, a part of it, and what was left out of it."""

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass, replace
from enum import StrEnum
from functools import cached_property

from audit.analysis.digests import digest_of, sha256_hex
from audit.analysis.errors import WrongSettingError
from audit.analysis.population.lineage import Lineage

Row = tuple[str | None, ...]


class Kind(StrEnum):
    """What was left out."""

    FILE = "file"
    MODEL = "model"
    PROMPT = "prompt"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Left:
    """Something that was not taken, why, and what would mend it.

    `name` is that of the file, the model or, for a record, its file; of a prompt it is the key of
    its text. `count` records have the same mend; place and reason are those of the first.
    """

    kind: Kind
    name: str
    place: str
    reason: str
    mend: str
    count: int = 1

    def __str__(self) -> str:
        more = f" (and {self.count - 1} more)" if self.count > 1 else ""
        return f"{self.kind} {self.name}, {self.place}: {self.reason}{more}. {self.mend}."


@dataclass(frozen=True)
class Population:
    """m models' first answers to n prompts: `answers` has m rows of n, None where one is missing.

    Models are in order of name and prompts in order of the key of their text. `lineage` has a row
    for every model; `undocumented` are the models that had none, whose row is empty: they are
    background, and never truth. `left` is what was not taken when the files were read.
    """

    models: tuple[str, ...]
    prompts: tuple[str, ...]
    answers: tuple[Row, ...]
    lineage: Lineage
    undocumented: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()

    @cached_property
    def digest(self) -> str:
        """The SHA-256 over prompts, models with their answers, and lineage, as canonical JSON.

        It depends on no folder, format or order of files; the texts count as they stand.
        """
        texts = [_digest_of_row(row) for row in self.answers]
        return digest_of(
            {
                "prompts": _digest_of_row(self.prompts),
                "models": [list(one) for one in zip(self.models, texts, strict=True)],
                "lineage": [_plain(astuple(row)) for row in self.lineage.rows.values()],
            }
        )


def subset(
    population: Population,
    models: Collection[str] | None = None,
    prompts: Iterable[int] | None = None,
) -> Population:
    """Return the population of some models, by name, and some prompts, by place from 0.

    None stands for all; the order stays that of the population. The lineage stays whole, since a
    model may be made from one that is not among them. Raises WrongSettingError for a model or a
    place that the population does not have.
    """
    names = set(population.models if models is None else models)
    places = set(range(len(population.prompts)) if prompts is None else map(int, prompts))
    _require_known(names, population.models, "models")
    _require_known(places, range(len(population.prompts)), "places of prompts")
    kept = sorted(places)
    rows = zip(population.models, population.answers, strict=True)
    return replace(
        population,
        models=tuple(one for one in population.models if one in names),
        prompts=tuple(population.prompts[place] for place in kept),
        answers=tuple(tuple(row[place] for place in kept) for one, row in rows if one in names),
        undocumented=tuple(one for one in population.undocumented if one in names),
    )


def _require_known(asked: set[str] | set[int], known: Collection[str | int], what: str) -> None:
    strange = sorted(asked.difference(known))
    if strange:
        raise WrongSettingError(
            f"The population has no such {what}: {', '.join(map(str, strange[:5]))}. "
            f"It has {len(known)}."
        )


def _digest_of_row(texts: Iterable[str | None]) -> str:
    return digest_of([None if one is None else sha256_hex(one.encode()) for one in texts])


def _plain(cells: tuple[object, ...]) -> list[object]:
    """Return the cells of a row as JSON values."""
    return [
        sorted(one) if isinstance(one, frozenset) else one if one is None else str(one)
        for one in cells
    ]
