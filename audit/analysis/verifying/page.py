"""A verification in words: one page for a person to read."""

from collections.abc import Iterator
from textwrap import fill

from audit.analysis.verifying.outcome import State, Step, Verification

_WIDTH = 96
_MOST_SHOWN = 8
_MARKS = {State.PASS: "pass", State.FAIL: "FAIL", State.NOT_CHECKED: "not checked"}

# What it means that a step did not pass which rests on what the checker brought along.
_WITHOUT = {
    4: "what else passed shows that the bundle agrees with itself, and not who made it.",
    10: "when all this was there rests on the word and the clock of the site.",
    18: "figures were read as programs read a PDF; no print shows that the eye sees the same.",
}


def page_of(verification: Verification, *, remarks: bool = False) -> str:
    """Return the page: the answer first, then every step, then what it does not say."""
    lines = [*_answer(verification), ""]
    for step in verification.steps:
        lines += _step(step, remarks=remarks)
    return "\n".join([*lines, "", *_limits(verification), ""])


def _answer(verification: Verification) -> Iterator[str]:
    failed = verification.failed
    unchecked = [one for one in verification.steps if one.state is State.NOT_CHECKED]
    passed = len(verification.steps) - len(failed) - len(unchecked)
    yield f"{_plain(verification.bundle)}, checked by Touchstone {verification.version}"
    if failed:
        numbers = ", ".join(str(one.number) for one in failed)
        yield f"This bundle does not hold: {len(failed)} steps failed ({numbers})."
    else:
        yield "Nothing that was checked fails."
    yield f"{passed} steps passed, {len(failed)} failed, {len(unchecked)} not checked."


def _step(step: Step, *, remarks: bool) -> Iterator[str]:
    yield f"{step.number:2}  {_MARKS[step.state]:<11}  {step.title}"
    if step.reason:
        yield _indented(f"{step.reason}.")
    for one in step.problems[:_MOST_SHOWN]:
        yield _indented(f"{one.where}: {one.what}")
    rest = len(step.problems) + step.more - _MOST_SHOWN
    if rest > 0:
        yield _indented(f"and {rest} more")
    yield from (_indented(f"But: {limit}.") for limit in step.limits)
    if remarks:
        yield from (_indented(f"({remark})") for remark in step.remarks)


def _indented(text: str) -> str:
    return fill(
        _plain(text),
        _WIDTH,
        initial_indent=" " * 17,
        subsequent_indent=" " * 17,
        break_on_hyphens=False,
    )


def _plain(text: str) -> str:
    """Return a text that moves no cursor and turns no line: whoever made the bundle chose it."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


def _limits(verification: Verification) -> Iterator[str]:
    for number, limit in _WITHOUT.items():
        if verification.steps[number - 1].state is not State.PASS:
            yield fill(f"Step {number} did not pass: {limit}", _WIDTH)
    yield fill(
        "None of this shows that the transcripts are what their parties say they are. Similarity "
        "shows neither the direction of copying nor a breach of any term.",
        _WIDTH,
    )
