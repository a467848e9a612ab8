"""May a filing be finalised? Answers in sentences, each with the mend; none means yes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cases.rules.words import Problem

# So many of the words that are refused are named one by one.
_MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Basis:
    """What the finding under a filing rests on.

    `outcome` is the code of its answer, empty without a result. `validated` says whether the
    result names the calibration pack whose error rates it prints. `covered` says whether a
    checkpoint over the sealed plan was made before the result.
    """

    outcome: str
    controls: int
    least_controls: int
    validated: bool
    covered: bool
    breaks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rested:
    """An exhibit that the finding rests on, as it stands today."""

    label: str
    withdrawn: bool
    erased: bool


@dataclass(frozen=True, slots=True)
class Review:
    """A review, as far as finalising goes: by whom, of which text, and how it came out."""

    by: str
    kind: str
    revision: int
    approved: bool


@dataclass(frozen=True, slots=True)
class Hands:
    """Who drafted, who wrote of it, who would finalise (empty while nobody asks), who reviewed.

    `may_act` says whether who would finalise may add to the matter.
    """

    drafted_by: str
    written_by: frozenset[str]
    finaliser: str
    revision: int
    reviews: Sequence[Review] = ()
    may_act: bool = True


def problems(
    basis: Basis,
    exhibits: Iterable[Rested],
    hands: Hands,
    refused: Iterable[tuple[str, Problem]] = (),
) -> list[str]:
    """Return one sentence or two for each thing that keeps a filing from being finalised.

    `refused` are words that a report may not use, each with the part of the filing it stands in.
    """
    return [
        *_of_basis(basis),
        *_of_chain(basis),
        *(said for one in exhibits if (said := _of_exhibit(one))),
        *_of_words(refused),
        *_of_reviews(hands),
        *_of_finaliser(hands),
    ]


def _of_basis(basis: Basis) -> Iterator[str]:
    if not basis.outcome:
        yield "The finding has no result. Wait until it is answered, or draft on another finding."
    if basis.controls < basis.least_controls:
        yield (
            f"The finding has {basis.controls or 'no'} controls and its method needs "
            f"{basis.least_controls}. Hand in more models that are independent of suspect and "
            "teacher, and seal another plan."
        )
    if basis.outcome and not basis.validated:
        yield (
            "The result names no validation: its plan asks for no calibration pack, so that no "
            "error rate can be given. Seal another plan that names one."
        )
    if not basis.covered:
        yield (
            "No checkpoint covers the sealed plan from before its result. Seal the plan again, "
            "and draft on the new finding."
        )


def _of_chain(basis: Basis) -> Iterator[str]:
    for one in basis.breaks:
        yield (
            f"The chain of custody is broken: {one} Have whoever runs the site look into it with "
            "check_evidence."
        )


def _of_exhibit(one: Rested) -> str:
    if one.erased:
        return (
            f"Exhibit {one.label} was erased, so that nobody can check the finding. Seal another "
            "plan without it."
        )
    if one.withdrawn:
        return f"Exhibit {one.label} was withdrawn. Seal another plan without it."
    return ""


def _of_words(refused: Iterable[tuple[str, Problem]]) -> Iterator[str]:
    found = list(refused)
    for where, one in found[:_MOST_WORDS]:
        yield f"{where} says \u201c{one.phrase}\u201d. {one.why} Write instead: {one.instead}."
    if len(found) > _MOST_WORDS:
        yield f"{len(found) - _MOST_WORDS} more words are refused. Mend these first."


def _of_reviews(hands: Hands) -> Iterator[str]:
    """Yield what is wanting of reviews; one of an earlier text, or by a writer, is none."""
    if is_approved(hands):
        return
    as_it_is = [one for one in hands.reviews if one.revision == hands.revision]
    if not hands.reviews:
        yield "Nobody has reviewed it. Ask for a review by a person who wrote nothing of it."
    elif not hands.reviews[-1].approved:
        yield "The last review returned it. Mend what it asks for, and ask for another review."
    elif not as_it_is:
        yield "The review is of an earlier text. Ask for another review."
    elif as_it_is[-1].by in hands.written_by:
        yield f"{as_it_is[-1].by} wrote in it and reviewed it. Have another person review it."
    else:
        yield "Its technical review is missing. Have another person review method and numbers."


def is_approved(hands: Hands) -> bool:
    """Say whether a technical review approves the text as it is, and no later one returns it."""
    approved = False
    for one in hands.reviews:
        if one.revision == hands.revision and one.by not in hands.written_by:
            approved = one.approved and (approved or one.kind == "technical")
    return approved


def _of_finaliser(hands: Hands) -> Iterator[str]:
    if hands.finaliser and not hands.may_act:
        yield (
            f"{hands.finaliser} may not act in the matter. Have a person finalise it who may, or "
            "change that on the page People."
        )
    if hands.finaliser and hands.finaliser == hands.drafted_by:
        yield (
            f"{hands.finaliser} drafted this filing. Have another person who may act in the "
            "matter finalise it."
        )
