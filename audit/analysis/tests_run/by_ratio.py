"""The likelihood ratio: each signal, each control left out, and whether the material is fit."""

from collections.abc import Iterator

from audit.analysis.plan import Plan
from audit.analysis.tests_run.values import Entry, Figure, Outcome, Row, figures

GROUP = "Likelihood ratio"
_NO_PACK = "The plan names no calibration pack."
_LEFT_OUT = {
    "left_out": "control",
    "families_left_out": "family of controls",
    "files_left_out": "the teacher's file",
}
_DOMAIN = "The material is of the kind that the calibration was made on."


def entries(plan: Plan, values: Row) -> Iterator[Entry]:
    """Yield the ratio of each teacher and all that it is made of, or why there is none."""
    found = values["likelihood"]
    if found is None or found["refused"] is not None:
        hypothesis = (found or values)["hypotheses"]["H2"]
        yield Entry(
            GROUP, GROUP, "", hypothesis, values["matched_prompts"], "prompts", Outcome.NOT_RUN,
            why=found["refused"] if found else _NO_PACK,
        )  # fmt: skip
        return
    for check in found["domain"]["checks"]:
        outcome = Outcome.INSIDE if check["inside"] else Outcome.OUTSIDE
        measured = figures(check, "value", "low", "high")
        yield Entry(
            GROUP, f"Fitness of the material: {check['name']}", "", _DOMAIN,
            found["size"]["prompts"], "prompts", outcome, figures=measured,
        )  # fmt: skip
    for teacher in found["teachers"]:
        yield from _of_teacher(plan, found, teacher)


def _of_teacher(plan: Plan, found: Row, teacher: Row) -> Iterator[Entry]:
    about, seed = teacher["label"], plan.parameters.seed
    hypothesis, prompts = found["hypotheses"]["H2"], found["size"]["prompts"]
    abstains = teacher["abstains"] or ""
    yield Entry(
        GROUP, GROUP, about, hypothesis, prompts, "prompts",
        Outcome.ABSTAINS if abstains else Outcome.REPORTED, seed=seed, why=abstains,
        figures=(
            *figures(teacher, "log10_lr"),
            Figure("log10 of the signals alone, not bounded", teacher["score"]),
            *figures(teacher, "low", "high"),
        ),
    )  # fmt: skip
    for signal in teacher["signals"]:
        yield Entry(
            GROUP, f"Signal: {signal['title']}", about, hypothesis, prompts, "prompts",
            Outcome.REPORTED, figures=figures(signal, "excess", "contribution"),
        )  # fmt: skip
    for kind, name in _LEFT_OUT.items():
        for left in teacher[kind]:
            yield Entry(
                GROUP, f"Without {name} {left['model']}", about, hypothesis, prompts, "prompts",
                Outcome.REPORTED, figures=(Figure("log10 lr", left["log10_lr"]),),
            )  # fmt: skip
