"""Sentences in which a model says that it is the teacher, or of its making."""

from collections.abc import Iterator

from audit.analysis.apart.values import LIMITS, MOST_EXAMPLES, Count, Example, Files
from audit.analysis.counts import identity
from audit.analysis.counts.identity import IdentityCount, ModelClaims, Verdict

HYPOTHESES = {
    "H1": "The suspect says more often than the controls do that it is the teacher, or of its "
    "making.",
    "H2": "The suspect says so as often as the controls do, or less often.",
}
TEST = "Fisher's exact test, one-sided, of the suspect's answers against those of the controls"
_BY_FILE_NAME = (
    "Only the name under which the teacher's file was handed in was looked for: no other name of "
    "the teacher or of its maker was declared."
)


def counts(files: Files) -> Iterator[Count]:
    """Yield the claims of identity for each teacher: they are counted always."""
    names = {one.name: names_of(files, one.label, one.model) for one in files.teachers}
    found = identity.count_claims(
        names,
        files.suspect.exchanges,
        files.heard(),
        teachers={one.name: one.exchanges for one in files.teachers},
        confidence=files.plan.parameters.confidence,
    )
    for one in found:
        yield _count(files, one)


def names_of(files: Files, label: str, model: str) -> tuple[str, ...]:
    """Return the names that are declared of a teacher, and the one it was handed in under.

    The latter is looked for with spaces too where it has hyphens or underscores.
    """
    spoken = model.replace("-", " ").replace("_", " ")
    every = (model, spoken, *files.plan.asserted.of(label).names)
    return tuple(dict.fromkeys(" ".join(one.split()) for one in every))


def _count(files: Files, found: IdentityCount) -> Count:
    teacher = files.named(found.teacher)
    every = (found.suspect, *found.teachers, *found.controls)
    return Count(
        "identity",
        f"Claims to be {teacher.model}, or of its making",
        teacher.label,
        HYPOTHESES,
        test=TEST,
        p_value=found.p_value,
        trials=found.suspect.claiming.of,
        confidence=files.plan.parameters.confidence,
        numbers=(
            *files.numbers("answers that claim it", ((one.model, one.claiming) for one in every)),
            *files.numbers("answers with a name", ((one.model, one.naming) for one in every)),
        ),
        examples=tuple(example for one in every for example in _examples(files, one)),
        notes=tuple(_notes(files, found)),
        limits=(*LIMITS, *found.limits),
    )


def _notes(files: Files, found: IdentityCount) -> Iterator[str]:
    yield f"Names looked for: {'; '.join(found.names)}."
    if not files.plan.asserted.of(files.named(found.teacher).label).names:
        yield _BY_FILE_NAME
    judged = [f"{count} {verdict}" for verdict, count in found.suspect.sentences.items() if count]
    yield (
        f"Sentences of the suspect with a name, as judged by their context: {'; '.join(judged)}."
        if judged
        else "No sentence of the suspect has a name of the teacher."
    )


def _examples(files: Files, found: ModelClaims) -> Iterator[Example]:
    """Yield the first claims of a model; of the suspect also those that do not count, and why."""
    file = files.named(found.model)
    claims = [one for one in found.mentions if one.verdict is Verdict.CLAIM]
    others = [one for one in found.mentions if one.verdict not in (Verdict.CLAIM, Verdict.MENTION)]
    shown = claims[:MOST_EXAMPLES]
    if file is files.suspect:
        shown += others[:MOST_EXAMPLES]
    for one in shown:
        text = file.passage(one.record, one.start, one.end)
        yield Example(file.label, one.record, str(one.verdict), text)
