"""What a party asserts beyond the roles of its files: sealed with the plan, never checked by it.

Facts about models, strings that a teacher planted, right answers to prompts, and keys of
watermarks. All of it stands in the plan itself, so that whoever holds the plan can carry it out.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self

from audit.analysis.errors import WrongSettingError
from audit.analysis.text import is_storable

# The list stands in the plan, and so in every results.json of it.
MOST_CANARIES = 2_000
MOST_CHARACTERS = 400_000
MOST_GOLD = 20_000


class Tie(StrEnum):
    """How a file's model is said to hang together with the suspect or a teacher."""

    SECOND_RUN = "second_run"
    VERSION = "version"
    SAME_BASE = "same_base"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is said of the model of one file, by the file's label.

    A SECOND_RUN or VERSION is of the teacher with the label `of`; SAME_BASE is of the suspect and
    leaves `of` empty. `released` is an ISO 8601 date or empty. `names` are those of a teacher and
    of its maker, as answers would spell them. Controls of one `family` hang together: they weigh
    as one in the likelihood ratio and are left out together.
    """

    label: str
    tie: Tie | None = None
    of: str = ""
    released: str = ""
    names: tuple[str, ...] = ()
    family: str = ""

    def __post_init__(self) -> None:
        """Raise WrongSettingError for a tie to nothing, a date that is none or an empty name."""
        if (self.tie in (Tie.SECOND_RUN, Tie.VERSION)) != bool(self.of):
            raise WrongSettingError(
                f"Exhibit {self.label}: a second run or a version is of a teacher, and nothing "
                "else is. Name the teacher with it."
            )
        if self.released:
            self.released_on()
        if not all(name.strip() and is_storable(name) for name in self.names):
            raise WrongSettingError(f"Exhibit {self.label}: one of its names is empty or no text.")
        if self.family != self.family.strip() or not is_storable(self.family):
            raise WrongSettingError(f"Exhibit {self.label}: the name of its family is no text.")

    def released_on(self) -> date | None:
        """Return the date of release; None if there is none."""
        try:
            return date.fromisoformat(self.released) if self.released else None
        except ValueError as error:
            raise WrongSettingError(
                f"Exhibit {self.label}: {self.released} is no date. Write it as in 2024-01-31."
            ) from error

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said but the label."""
        return self == Declaration(self.label)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON value; one without a family has no key for it, as before there was one.

        So a plan that was sealed before keeps its digest.
        """
        value = asdict(self)
        return value if self.family else {key: value[key] for key in value if key != "family"}


@dataclass(frozen=True, slots=True)
class Canary:
    """A string that the teacher says it planted; `identity` is the name it has in the list."""

    identity: str
    text: str


@dataclass(frozen=True, slots=True)
class Gold:
    """The right answer to a prompt, which is named by `text_key`.

    `options` says among how many letters the answer is chosen; None: it is a number.
    """

    prompt: str
    answer: str
    options: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A watermark: the name of its detector's plug-in, and its key in hexadecimal digits."""

    detector: str
    key: str


@dataclass(frozen=True, slots=True)
class Asserted:
    """All that a party asserts beyond roles; empty where it asserts nothing.

    `planted_by` is the label of the teacher that planted the canaries.
    """

    declared: tuple[Declaration, ...] = ()
    canaries: tuple[Canary, ...] = ()
    planted_by: str = ""
    gold: tuple[Gold, ...] = ()
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        """Raise WrongSettingError for what says two things of one file, or is too much."""
        label, times = _most_common(one.label for one in self.declared)
        if times > 1:
            raise WrongSettingError(f"Exhibit {label} is declared {times} times. Declare it once.")
        for one in self.declared:
            self.line_of(one.label)
        if bool(self.canaries) != bool(self.planted_by):
            raise WrongSettingError(
                "Canaries are planted by one teacher. Give the list together with that teacher."
            )
        characters = sum(len(one.identity) + len(one.text) for one in self.canaries)
        if len(self.canaries) > MOST_CANARIES or characters > MOST_CHARACTERS:
            raise WrongSettingError(
                f"The list has {len(self.canaries):,} canaries of {characters:,} characters in "
                f"all. Give at most {MOST_CANARIES:,} of {MOST_CHARACTERS:,} characters: they are "
                "sealed with the plan."
            )
        if len(self.gold) > MOST_GOLD or len({one.options is None for one in self.gold}) > 1:
            raise WrongSettingError(
                f"There are {len(self.gold):,} right answers. Give at most {MOST_GOLD:,}, all of "
                "them letters of a choice or all of them numbers."
            )

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON value; what is empty has no key, so nothing asserted is {}."""
        value = asdict(self) | {"declared": tuple(one.as_dict() for one in self.declared)}
        return {name: one for name, one in value.items() if one}

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Self:
        """Return what `as_dict` wrote."""
        return cls(
            declared=tuple(map(_declaration, value.get("declared", ()))),
            canaries=tuple(Canary(**one) for one in value.get("canaries", ())),
            planted_by=value.get("planted_by", ""),
            gold=tuple(Gold(**one) for one in value.get("gold", ())),
            marks=tuple(Mark(**one) for one in value.get("marks", ())),
        )

    def of(self, label: str) -> Declaration:
        """Return what is said of one file, which may be nothing."""
        found = (one for one in self.declared if one.label == label)
        return next(found, Declaration(label))

    def tied(self, tie: Tie, of: str = "") -> tuple[str, ...]:
        """Return the labels of the files that are so tied to a teacher, or to the suspect."""
        return tuple(one.label for one in self.declared if one.tie is tie and one.of == of)

    def line_of(self, label: str) -> str:
        """Return the label of the teacher that a file is in the end a version of, or its own.

        Raises WrongSettingError for versions that go round in a circle.
        """
        way = [label]
        while self.of(way[-1]).tie is Tie.VERSION:
            if (earlier := self.of(way[-1]).of) in way:
                raise WrongSettingError(
                    f"Exhibit {way[-1]} is declared a version of {earlier}, and {earlier} in the "
                    f"end of {way[-1]}. Declare versions of one teacher, and nothing of that one."
                )
            way.append(earlier)
        return way[-1]

    @property
    def second_runs(self) -> frozenset[str]:
        """The labels of the files that are second runs of a teacher."""
        return frozenset(one.label for one in self.declared if one.tie is Tie.SECOND_RUN)

    def renamed(self, labels: Mapping[str, str]) -> Self:
        """Return the same of files that have other labels; `labels` has all that are used."""
        declared = tuple(
            replace(one, label=labels[one.label], of=labels[one.of] if one.of else "")
            for one in self.declared
        )
        planted_by = labels[self.planted_by] if self.planted_by else ""
        return replace(self, declared=declared, planted_by=planted_by)

    def require_among(
        self, labels: Collection[str], teachers: Collection[str], suspects: Collection[str]
    ) -> None:
        """Raise WrongSettingError if something is said of a file that the plan has no place for.

        `labels` are those of all files of the plan, `teachers` those of candidate teachers.
        """
        said = self.declared
        named = filter(None, [*(one.of for one in said), self.planted_by])
        amiss = [one.label for one in said if _is_tied_amiss(one, teachers, suspects)]
        grouped = [one.label for one in said if one.family]
        problems = {
            "Something is declared of exhibit {}, which the plan does not rest on. Choose it, or "
            "declare nothing of it.": [one.label for one in said if one.label not in labels],
            "Exhibit {} is named as a teacher and is no candidate teacher of the plan. Choose it "
            "as one, or declare nothing of it.": [one for one in named if one not in teachers],
            "Exhibit {} is suspect or candidate teacher and is declared to be tied to one. "
            "Declare ties of controls, and second runs or versions of a teacher.": amiss,
            "A family is declared of exhibit {}, which is no control. Declare families of "
            "controls, and files of one teacher as versions of it.": [
                one for one in grouped if one in (*teachers, *suspects)
            ],
        }
        for sentence, exhibits in problems.items():
            if exhibits:
                raise WrongSettingError(sentence.format(", ".join(exhibits)))


def _is_tied_amiss(one: Declaration, teachers: Collection[str], suspects: Collection[str]) -> bool:
    if one.label in suspects:
        return one.tie is not None
    return one.label in teachers and one.tie in (Tie.SECOND_RUN, Tie.SAME_BASE)


def _declaration(value: dict[str, Any]) -> Declaration:
    tie = Tie(value["tie"]) if value["tie"] else None
    return Declaration(**(value | {"tie": tie, "names": tuple(value["names"])}))


def _most_common(labels: Iterable[str]) -> tuple[str, int]:
    found = Counter(labels).most_common(1)
    return found[0] if found else ("", 0)


NOTHING = Asserted()
