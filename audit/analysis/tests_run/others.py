"""The alternatives to H1 and the separate counts, those that could not be made among them."""

from collections.abc import Iterator

from audit.analysis.alternatives import Status, equality, reverse, same_base
from audit.analysis.alternatives.permutations import ROUNDS
from audit.analysis.likenesses import HYPOTHESIS
from audit.analysis.plan import Plan
from audit.analysis.tests_run.values import Entry, Figure, Outcome, Row, at_level, figures

LIKENESSES = "Other measures of likeness, not weighed"
ALTERNATIVES = "Other explanations"
COUNTS = "Counted apart"
_PERMUTED = frozenset({equality.NAME, same_base.NAME})
_MOST_FIGURES = 3
_UNITS = {
    "identity": "answers",
    "canaries": "strings",
    "shared_errors": "prompts",
    "watermarks": "n-grams",
}


def alternatives(plan: Plan, values: Row) -> Iterator[Entry]:
    """Yield every alternative of every teacher; the hypothesis under test is the alternative."""
    labels = {one["model"]: one["label"] for one in values["teachers"]}
    for one in values["alternatives"]:
        not_run = one["status"] == Status.NOT_TESTABLE
        # What was not tested draws nothing, and the reverse direction has no test.
        drawn = not not_run and "statistic" in one and one["name"] != reverse.NAME
        rounds = ROUNDS if one["name"] in _PERMUTED else plan.parameters.bootstrap_rounds
        yield Entry(
            ALTERNATIVES, one["name"], labels.get(one.get("teacher", ""), ""), one["name"],
            values["matched_prompts"], "prompts",
            Outcome.NOT_RUN if not_run else one["status"],
            rounds if drawn else None, plan.parameters.seed if drawn else None,
            one.get("p_value"), figures(one, "statistic") if "statistic" in one else (),
            one["why"] if not_run else "",
        )  # fmt: skip


def likenesses(plan: Plan, values: Row) -> Iterator[Entry]:
    """Yield every measure of likeness that carries no ratio, of every teacher."""
    if not values["likenesses"]:
        yield Entry(
            LIKENESSES, LIKENESSES, "", HYPOTHESIS, values["matched_prompts"], "prompts",
            Outcome.NOT_RUN, why="A model answers none of the prompts.",
        )  # fmt: skip
    for one in values["likenesses"]:
        yield Entry(
            LIKENESSES, one["title"], one["teacher"], HYPOTHESIS, one["of"], "models",
            at_level(plan, one["p_value"]), seed=plan.parameters.seed, p_value=one["p_value"],
            figures=(
                *figures(one, "rank", "of"), Figure("smallest p possible", one["floor"]),
                Figure("excess", one["candidates"][0]["excess"]),
            ),
        )  # fmt: skip


def counts(plan: Plan, values: Row) -> Iterator[Entry]:
    """Yield every separate count."""
    for one in values["counts"]:
        drawn = plan.parameters.seed if one["rounds"] else None
        yield Entry(
            COUNTS, one["title"], one["teacher"], one["hypotheses"]["H2"],
            one["trials"], _UNITS[one["kind"]],
            Outcome.NOT_RUN if one["why"] else at_level(plan, one["p_value"]),
            one["rounds"], drawn, one["p_value"], tuple(_of_suspect(one)), one["why"],
        )  # fmt: skip


def _of_suspect(count: Row) -> Iterator[Figure]:
    """Yield the first numbers of the suspect, or of suspect and teacher."""
    of_suspect = [one for one in count["numbers"] if one["label"] == count["numbers"][0]["label"]]
    for one in of_suspect[:_MOST_FIGURES]:
        yield Figure(one["what"], one["value"] if one["count"] is None else one["count"])
