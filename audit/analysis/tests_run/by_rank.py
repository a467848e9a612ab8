"""The comparison by rank: ranks, leads and excesses under each view, and nearest answers."""

from collections.abc import Iterator

from audit.analysis.plan import Plan
from audit.analysis.tests_run.values import Entry, Figure, Outcome, Row, at_level, figures

GROUP = "Comparison by rank"
_VIEWS = {
    "embedding": "embedding of the answers",
    "embedding_without_layout": "embedding, length and layout taken out",
    "layout": "length and layout alone",
}
_LEAD = "The teacher is no nearer to the suspect than the closest control."
_EXCESS = "A candidate is as near to the suspect as the cohort makes one expect."
_TOO_FEW = "Fewer than two controls would be left."
_SAME = "Suspect and teacher give no answer in the same words."
_NEAREST = "All candidates are equally near to the suspect's answers."


def entries(plan: Plan, values: Row) -> Iterator[Entry]:
    """Yield what was done for each teacher."""
    shares = {one["label"]: one for one in values["nearest_neighbours"]}
    for teacher in values["teachers"]:
        for view, words in _VIEWS.items():
            yield from _of_view(plan, values, teacher, view, words)
        same = teacher["same_answers"]
        yield Entry(
            GROUP, "Answers in the same words", teacher["label"], _SAME, same["of"], "prompts",
            Outcome.REPORTED, figures=(Figure("answers", same["count"]),),
        )  # fmt: skip
        yield Entry(
            GROUP, "Nearest answer among all candidates'", teacher["label"], _NEAREST,
            values["matched_prompts"], "answers", Outcome.REPORTED,
            figures=figures(shares[teacher["label"]], "share", "base_share"),
        )  # fmt: skip


def _of_view(plan: Plan, values: Row, teacher: Row, view: str, words: str) -> Iterator[Entry]:
    found, label = teacher["views"][view], teacher["label"]
    drawn = (plan.parameters.bootstrap_rounds, plan.parameters.seed)
    prompts, candidates = values["matched_prompts"], len(found["candidates"])
    yield Entry(
        GROUP, f"Rank among the controls: {words}", label, values["hypotheses"]["H2"],
        found["of"], "models", at_level(plan, found["p_value_holm"]), None, None,
        found["p_value_holm"], (
            *figures(found, "rank", "of"),
            Figure("p before adjustment", found["p_value"]),
            Figure("smallest p possible", found["floor"]),
        ),
    )  # fmt: skip
    yield Entry(
        GROUP, f"Lead over the closest control: {words}", label, _LEAD, prompts, "prompts",
        Outcome.REPORTED, *drawn, figures=figures(found["lead"], "estimate", "low", "high"),
    )  # fmt: skip
    for part, ranges in found["left_out"].items():
        yield Entry(
            GROUP, f"Without each of the {part}, rank and lead: {words}", label,
            values["hypotheses"]["H2"], found["of"] - 1, "controls",
            Outcome.REPORTED if ranges else Outcome.NOT_RUN, why="" if ranges else _TOO_FEW,
            figures=figures(ranges, *ranges) if ranges else (),
        )  # fmt: skip
    yield Entry(
        GROUP, f"Centred excess of each candidate: {words}", label, _EXCESS, prompts, "prompts",
        Outcome.REPORTED, *drawn, figures=(Figure("candidates", candidates),),
    )  # fmt: skip
