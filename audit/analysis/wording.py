"""The answer in words: what may be said of the numbers, and what may not."""

from typing import Any

from audit.analysis.plan import Plan
from audit.analysis.sameness import is_one_model
from audit.analysis.statistics.rank import controls_needed
from audit.analysis.transcripts import Role

HYPOTHESES = {
    "H1": "The suspect was trained on outputs of the teacher.",
    "H2": "The suspect was not trained on outputs of the teacher; the teacher stands to the "
    "suspect as any of the controls does.",
}

LAYOUT = {
    "name": "Length and layout of the answers",
    "status": "tested",
    "why": "See the comparison with length and layout taken out, and the one by length and "
    "layout alone. The likelihood ratio reads neither headings, lists nor emphasis.",
}

# From weakest to strongest; the answer of a finding is that of its strongest teacher.
CODES = ("not_shown", "abstains", "limited", "stands_out")


def answer_in_words(
    plan: Plan, teachers: list[dict[str, Any]], matching: dict[str, Any]
) -> dict[str, Any]:
    """Write each teacher's answer beside its numbers and return the answer to the question."""
    for teacher in teachers:
        teacher["code"] = outcome_code(plan, teacher)
        teacher["answer"] = _SENTENCES[teacher["code"]](plan, teacher)
    strongest = max(teachers, key=lambda teacher: CODES.index(teacher["code"]))
    return {
        "code": strongest["code"],
        "answer": " ".join(teacher["answer"] for teacher in teachers),
        "limits": [*_limits(plan, teachers), *_nearness(matching)],
    }


def outcome_code(plan: Plan, teacher: dict[str, Any]) -> str:
    """Return what may be said: each step up needs everything that the step below needs."""
    views = teacher["views"]
    plain, adjusted = views["embedding"], views["embedding_without_layout"]
    if is_one_model(teacher["same_answers"]):
        return "abstains"
    if plain["rank"] > 1:
        return "not_shown"
    if adjusted["rank"] > 1 or min(plain["lead"]["low"], adjusted["lead"]["low"]) <= 0:
        return "abstains"
    alpha = plan.parameters.alpha
    reached = max(plain["p_value_holm"], adjusted["p_value_holm"]) <= alpha
    layout_reaches_it_too = views["layout"]["p_value_holm"] <= alpha
    return "stands_out" if reached and not layout_reaches_it_too else "limited"


def _not_shown(_plan: Plan, teacher: dict[str, Any]) -> str:
    view = teacher["views"]["embedding"]
    return (
        f"The material does not show it for {teacher['model']}: among {view['of']} models that "
        f"could stand in the teacher's place it ranks {view['rank']} in similarity to the "
        f"suspect; {view['closest_control']}, a control, is at least as close "
        f"(p = {view['p_value']:.3f})."
    )


def _abstains(_plan: Plan, teacher: dict[str, Any]) -> str:
    same = teacher["same_answers"]
    if is_one_model(same):
        return (
            f"No answer can be given for {teacher['model']}: it gives the same answer as the "
            f"suspect, word for word, to {same['count']} of {same['of']} prompts, as one model "
            "under two names or one file handed in twice does, and this comparison cannot tell "
            "these from training on outputs."
        )
    return (
        f"No answer can be given for {teacher['model']}: it ranks first in similarity to the "
        "suspect, but its lead over the closest control does not hold up once other prompts or "
        "the length and layout of the answers are allowed for."
    )


def _limited(plan: Plan, teacher: dict[str, Any]) -> str:
    return (
        f"No answer can be given for {teacher['model']} at the level that the plan asks for, "
        f"although it ranks first: {_first(plan, teacher)} The plan asked for "
        f"{plan.parameters.alpha:g}{_layout_too(plan, teacher)}."
    )


def _stands_out(plan: Plan, teacher: dict[str, Any]) -> str:
    return (
        f"Support for H1 over H2 for {teacher['model']}: {_first(plan, teacher)} "
        f"The plan asked for {plan.parameters.alpha:g}."
    )


def _first(plan: Plan, teacher: dict[str, Any]) -> str:
    """Return what both answers in favour of H1 rest on."""
    view = teacher["views"]["embedding"]
    tested = len(plan.places(Role.TEACHER))
    adjusted = f"; {view['p_value_holm']:.3f} adjusted for {tested} candidates" * (tested > 1)
    return (
        f"among {view['of']} models that could stand in the teacher's place it is the most "
        "similar to the suspect, also with length and layout taken out. Under H2 a first rank "
        f"comes up by chance in 1 of {view['of']} cases (p = {view['p_value']:.3f}{adjusted})."
    )


def _layout_too(plan: Plan, teacher: dict[str, Any]) -> str:
    if teacher["views"]["layout"]["p_value_holm"] > plan.parameters.alpha:
        return ""
    return "; length and layout alone reach it as well"


_SENTENCES = {
    "not_shown": _not_shown,
    "abstains": _abstains,
    "limited": _limited,
    "stands_out": _stands_out,
}


def _error_rate(plan: Plan) -> str:
    """Return whose error rate is known, and whose is not."""
    if plan.parameters.pack is None:
        return (
            "The error rate of this comparison on models with documented training has not been "
            "measured for this kind of material; no likelihood ratio is given."
        )
    return (
        "The error rates that are given are those of the likelihood ratio; those of the rank "
        "comparison have not been measured on models with documented training."
    )


def _nearness(matching: dict[str, Any]) -> list[str]:
    """Return what it means that some prompts are matched only by nearness, if any are."""
    if not matching["by_nearness"]:
        return []
    files = [
        f"{one['label']} ({one['by_nearness']})" for one in matching["files"] if one["by_nearness"]
    ]
    sentence = (
        f"{matching['by_nearness']} of {matching['by_text'] + matching['by_nearness']} prompts "
        f"are worded otherwise than the suspect's in some file: {', '.join(files)}. They were "
        f"matched by a cosine of at least {matching['near_prompt']:g} and equal numbers. Prompts "
        "so near can ask different things, and other wording alone can make answers less alike: "
        "a file in which there are many looks less like the suspect than it is."
    )
    return [sentence]


def _limits(plan: Plan, teachers: list[dict[str, Any]]) -> list[str]:
    """Return what the answer does not say, each as a sentence."""
    controls = len(plan.places(Role.CONTROL))
    alpha = plan.parameters.alpha
    tested = len(teachers)
    adjusted = f", adjusted for {tested} candidates," * (tested > 1)
    limits = [
        (
            f"With {controls} controls no p-value below 1/{controls + 1} = "
            f"{1 / (controls + 1):.3f} can come out, however alike the answers are; {alpha:g}"
            f"{adjusted} needs at least {controls_needed(alpha, tested)} controls."
        ),
        (
            "The p-value is right only if under H2 the teacher is exchangeable with the controls: "
            "models of the same time and kind, independent of the suspect and of each other. The "
            "parties assert this; the transcripts cannot show it, and controls that are versions "
            "of one model make the p-value too small."
        ),
        "The intervals say how far the numbers move with other prompts, not with other models.",
        "Similarity shows neither the direction of copying nor a breach of any term.",
        _error_rate(plan),
    ]
    firsts = [one["model"] for one in teachers if one["views"]["layout"]["rank"] == 1]
    if firsts:
        limits.insert(
            0,
            f"Length and layout of the answers alone also rank {', '.join(firsts)} first.",
        )
    return limits
