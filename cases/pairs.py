"""The matched pairs of a finding, fetched and compared a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self, overload

from django.http import Http404

from audit.analysis.comparisons import Passage, shared_passages
from audit.analysis.errors import InsufficientDataError
from audit.analysis.plan import Plan
from audit.analysis.transcripts import Role
from audit.models import Exchange, Source
from audit.services import runs
from audit.services.matching import matching_of
from cases.models import Finding
from cases.reports.passages import pieces

# A longer answer is cut on the page, which says so; the exhibit holds it whole.
MOST_SHOWN = 4000


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text, and whether the other text shares it."""

    text: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One answer of a pair, cut into segments."""

    record: int
    segments: tuple[Segment, ...]
    characters: int

    @property
    def is_cut(self) -> bool:
        """Whether the answer is longer than what is shown of it."""
        return self.characters > MOST_SHOWN


@dataclass(frozen=True, slots=True)
class Pair:
    """One prompt with the two answers to it; `teacher_prompt` is empty if it is the same text."""

    prompt: str
    teacher_prompt: str
    suspect: Side
    teacher: Side
    passages: int


@dataclass(frozen=True)
class PairList(Sequence[Pair]):
    """The pairs of suspect and one teacher in the order of the prompts, fetched by slices."""

    finding: Finding
    plan: Plan
    teacher: int

    @classmethod
    def of(cls, finding: Finding, label: str) -> Self:
        """Return the pairs with the teacher of this label, or with the first teacher for ''."""
        plan = runs.plan_of(finding.run)
        teachers = plan.places(Role.TEACHER)
        for place in teachers:
            if label in ("", plan.inputs[place].label):
                return cls(finding, plan, place)
        raise Http404("No such teacher in this finding.")

    @cached_property
    def sources(self) -> list[Source]:
        """The sources of the run, in the order of the plan."""
        return runs.sources_of(self.finding.run)

    @cached_property
    def keys(self) -> list[tuple[str, str]]:
        """The keys of the matched prompts: the suspect's and the teacher's."""
        try:
            rows = matching_of(self.finding.run, self.plan, self.sources).rows
        except InsufficientDataError as error:
            raise Http404(str(error)) from error
        suspect = self.plan.places(Role.SUSPECT)[0]
        return list(zip(rows[suspect], rows[self.teacher], strict=True))

    @property
    def teachers(self) -> list[tuple[str, str]]:
        """Label and model of each teacher of the plan."""
        inputs = [self.plan.inputs[place] for place in self.plan.places(Role.TEACHER)]
        return [(one.label, one.model) for one in inputs]

    @property
    def label(self) -> str:
        """The label of the teacher whose pairs these are."""
        return self.plan.inputs[self.teacher].label

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, wanted: int) -> Pair: ...
    @overload
    def __getitem__(self, wanted: slice) -> list[Pair]: ...
    def __getitem__(self, wanted: int | slice) -> Pair | list[Pair]:
        if isinstance(wanted, int):
            return self._fetch([self.keys[wanted]])[0]
        return self._fetch(self.keys[wanted])

    def _fetch(self, keys: list[tuple[str, str]]) -> list[Pair]:
        suspects = self._answers(self.plan.places(Role.SUSPECT)[0], [key for key, _ in keys])
        teachers = self._answers(self.teacher, [key for _, key in keys])
        return [self._pair(suspects[left], teachers[right]) for left, right in keys]

    def _answers(self, place: int, keys: list[str]) -> dict[str, Exchange]:
        found = self.sources[place].exchanges.filter(prompt_key__in=keys)
        return {row.prompt_key: row for row in found}

    def _pair(self, suspect: Exchange, teacher: Exchange) -> Pair:
        left, right = suspect.answer[:MOST_SHOWN], teacher.answer[:MOST_SHOWN]
        least = self.plan.parameters.least_shared_words
        otherwise = "" if teacher.prompt == suspect.prompt else teacher.prompt
        asked = f"{suspect.prompt}\n{otherwise}".rstrip("\n")
        shared = shared_passages(left, right, prompt=asked, least_words=least)
        return Pair(
            prompt=suspect.prompt[:MOST_SHOWN],
            teacher_prompt=otherwise[:MOST_SHOWN],
            suspect=_side(suspect, left, [(one.left_start, one.left_end) for one in shared]),
            teacher=_side(teacher, right, _right_spans(shared)),
            passages=len(shared),
        )


def _right_spans(shared: tuple[Passage, ...]) -> list[tuple[int, int]]:
    return [(one.right_start, one.right_end) for one in shared]


def _side(row: Exchange, shown: str, spans: list[tuple[int, int]]) -> Side:
    cut = pieces(shown, len(shown), spans)
    segments = tuple(Segment(text, shared) for text, shared in cut if text)
    return Side(row.record, segments, len(row.answer))
