"""Strings that a teacher planted, as the plan lists them."""

from collections.abc import Iterator

from audit.analysis.apart.values import LIMITS, MOST_EXAMPLES, Count, Example, Files
from audit.analysis.counts import canaries
from audit.analysis.counts.canaries import CanaryCount, Hit, ModelHits

HYPOTHESES = {
    "H1": "The suspect gives back planted strings more often than the controls do.",
    "H2": "The suspect gives them back as often as the controls do, or less often.",
}
TEST = "Fisher's exact test, one-sided, of the strings that the suspect gives back word for word"
_TITLE = "Planted strings that come back"
_NONE = "The plan names no planted string."
# Characters that are shown before and after a planted string.
_AROUND = 60
_MOST_VOID = 20


def counts(files: Files) -> Iterator[Count]:
    """Yield the count of planted strings, or that the plan names none."""
    asserted = files.plan.asserted
    if not asserted.canaries:
        yield Count("canaries", _TITLE, "", HYPOTHESES, why=_NONE)
        return
    every = (files.suspect, *files.teachers, *files.controls)
    found = canaries.count_canaries(
        asserted.canaries,
        ((one.record, one.answer) for one in files.suspect.exchanges),
        {
            one.name: tuple((each.record, each.answer) for each in one.exchanges)
            for one in files.controls
        },
        prompts=((one.record, one.prompt) for file in every for one in file.exchanges),
        confidence=files.plan.parameters.confidence,
    )
    yield _count(files, found)


def _count(files: Files, found: CanaryCount) -> Count:
    every = (found.suspect, *found.controls)
    return Count(
        "canaries",
        _TITLE,
        files.plan.asserted.planted_by,
        HYPOTHESES,
        test=TEST,
        p_value=found.p_value,
        trials=found.suspect.exact.of,
        confidence=files.plan.parameters.confidence,
        numbers=(
            *files.numbers(
                "strings, word for word, that no control gives back",
                [(found.suspect.model, found.counted)],
            ),
            *files.numbers("strings, word for word", ((one.model, one.exact) for one in every)),
            *files.numbers("strings, only nearly", ((one.model, one.near) for one in every)),
        ),
        examples=tuple(example for one in every for example in _examples(files, one)),
        notes=tuple(_notes(found)),
        limits=(*LIMITS, *found.limits),
    )


def _notes(found: CanaryCount) -> Iterator[str]:
    void = len(found.void)
    yield f"The list has {found.canaries} strings; {void} of them are void."
    for one in found.void[:_MOST_VOID]:
        yield f"Void, {one.identity}: {one.reason}"
    if void > _MOST_VOID:
        yield f"And {void - _MOST_VOID} more are void."


def _examples(files: Files, found: ModelHits) -> Iterator[Example]:
    """Yield the first passages of a model that hold a planted string, the exact ones first."""
    file = files.named(found.model)
    for hit in sorted(found.hits, key=_nearness)[:MOST_EXAMPLES]:
        text = file.passage(hit.record, max(0, hit.start - _AROUND), hit.end + _AROUND)
        how = "word for word" if not hit.edits else f"{hit.edits} characters otherwise"
        yield Example(file.label, hit.record, f"{hit.identity}, {how}", text)


def _nearness(hit: Hit) -> int:
    return hit.edits
