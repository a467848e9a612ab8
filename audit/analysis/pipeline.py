"""The analysis from sealed plan and matched answers to result: read `analyse` first."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit.analysis import alternatives, assessment, drawing, index, sameness
from audit.analysis.apart import count_apart
from audit.analysis.asserted import Tie
from audit.analysis.comparisons import prompt_similarity, without_layout
from audit.analysis.errors import InsufficientDataError
from audit.analysis.likelihood import likelihood
from audit.analysis.likenesses import other_likenesses
from audit.analysis.plan import Plan
from audit.analysis.results import RESULT_FORMAT, Material, Result, rounded
from audit.analysis.statistics.layout import layout_features, layout_similarity
from audit.analysis.tests_run import ledger
from audit.analysis.transcripts import Role
from audit.analysis.wording import HYPOTHESES, LAYOUT, answer_in_words

Views = dict[str, NDArray[np.float64]]


def analyse(plan: Plan, material: Material) -> Result:
    """Carry a plan out on the matched answers; the same two arguments give the same result.

    Raises InsufficientDataError, which says what is missing, before any number is computed.
    """
    require_enough(plan, material.questions)
    values = _compared(*without_second_runs(plan, material)) | {
        "plan_sha256": plan.digest,
        "alternatives": alternatives_in_words(plan, material),
    }
    return Result(rounded(values | {"tests": ledger(plan, values)}))


def without_second_runs(plan: Plan, material: Material) -> tuple[Plan, Material]:
    """Return plan and material without second runs of teachers: these only show what equality is.

    In the comparison each would be a model that is nearer to the teacher than any other can be.
    """
    left = plan.without_second_runs()
    return left, material.of(plan.places_of(one.label for one in left.inputs))


def _compared(plan: Plan, material: Material) -> dict[str, Any]:
    """Return all that compares suspect, teachers and controls."""
    sameness.require_distinct(plan, material)
    views = similarity_views(material)
    teachers = assessment.assess_teachers(plan, views, sameness.of_teachers(plan, material))
    matching = matching_in_numbers(plan, material)
    return {
        "format": RESULT_FORMAT,
        "hypotheses": HYPOTHESES,
        "matched_prompts": material.questions,
        "matching": matching,
        "outcome": answer_in_words(plan, teachers, matching),
        "teachers": teachers,
        "nearest_neighbours": neighbour_shares(plan, material),
        "similarity": _matrix(plan, views["embedding"]),
        "likelihood": likelihood(plan, material),
        "likenesses": other_likenesses(plan, material),
        "counts": count_apart(plan, material),
        "pairs": drawing.draw_pairs(plan, material),
    }


def alternatives_in_words(plan: Plan, material: Material) -> list[dict[str, Any]]:
    """Return what else would explain each teacher's likeness, tested where it can be."""
    similarity = prompt_similarity(material.vectors)
    answers = alternatives.Answers.of(material.prompts, material.answers)
    names = tuple(one.model for one in plan.inputs)
    suspect, controls = plan.places(Role.SUSPECT)[0], plan.places(Role.CONTROL)
    found = []
    for teacher in plan.places(Role.TEACHER):
        places = alternatives.Places(names, suspect, teacher, controls)
        rng = np.random.default_rng((plan.parameters.seed, teacher, 11))
        declared = declared_of(plan, plan.inputs[teacher].label)
        tested = alternatives.examine(similarity, answers, places, declared, plan.parameters, rng)
        found += [one.as_dict() | {"teacher": names[teacher]} for one in tested]
    return [*found, LAYOUT]


def declared_of(plan: Plan, teacher: str) -> alternatives.Declared:
    """Return what is asserted beside the roles as far as it bears on the teacher of this label."""
    asserted, suspect = plan.asserted, plan.inputs[plan.places(Role.SUSPECT)[0]].label
    return alternatives.Declared(
        rerun_of_teacher=plan.places_of(asserted.tied(Tie.SECOND_RUN, teacher)),
        same_base_as_suspect=plan.places_of(asserted.tied(Tie.SAME_BASE)),
        versions_of_teacher=plan.places_of(asserted.tied(Tie.VERSION, teacher)),
        suspect_released=asserted.of(suspect).released_on(),
        teacher_released=asserted.of(teacher).released_on(),
    )


def matching_in_numbers(plan: Plan, material: Material) -> dict[str, Any]:
    """Return how many prompts are the same text in every file, and how many only nearly so."""
    suspect = material.prompts[plan.places(Role.SUSPECT)[0]]
    worded = [
        [one != asked for one, asked in zip(row, suspect, strict=True)] for row in material.prompts
    ]
    by_nearness = sum(map(any, zip(*worded, strict=True)))
    return {
        "near_prompt": plan.parameters.near_prompt,
        "by_text": material.questions - by_nearness,
        "by_nearness": by_nearness,
        "files": [
            {"label": one.label, "by_nearness": sum(row)}
            for one, row in zip(plan.inputs, worded, strict=True)
            if one.role != Role.SUSPECT
        ],
    }


def require_enough(plan: Plan, matched_prompts: int | None) -> None:
    """Raise InsufficientDataError with all that is missing; return if the plan can be answered.

    None stands for a number of matched prompts that is not known before these are embedded.
    """
    missing = shortfalls(plan, matched_prompts)
    if missing:
        raise InsufficientDataError(" ".join(missing))


def shortfalls(plan: Plan, matched_prompts: int | None) -> tuple[str, ...]:
    """Return one sentence for each thing that the material lacks for this plan."""
    suspects, teachers, controls = (len(plan.places(role)) for role in Role)
    least = plan.parameters
    checks = (
        (
            suspects == 1,
            f"A plan needs exactly one suspect and has {suspects}. Choose one suspect.",
        ),
        (teachers >= 1, "A plan needs a candidate teacher and has none. Add a teacher's file."),
        (
            controls >= least.least_controls,
            (
                f"A plan needs at least {least.least_controls} controls and has {controls}. Add "
                f"{least.least_controls - controls} more, each a file of a model that is asserted "
                "to be independent of suspect and teacher."
            ),
        ),
        (
            matched_prompts is None or matched_prompts >= least.least_prompts,
            (
                f"At least {least.least_prompts} prompts must be the same in every file, and "
                f"{matched_prompts} are. Leave out the file that shares fewest prompts with the "
                "others, or put the same prompts to every model."
            ),
        ),
    )
    return tuple(sentence for enough, sentence in checks if not enough)


def similarity_views(material: Material) -> Views:
    """Return the three similarities that are compared, each of shape (n, m, m)."""
    embedding = prompt_similarity(material.vectors)
    features = np.array(
        [[layout_features(answer) for answer in answers] for answers in material.answers]
    )
    layout = layout_similarity(features)
    return {
        "embedding": embedding,
        "embedding_without_layout": without_layout(embedding, layout),
        "layout": layout,
    }


def neighbour_shares(plan: Plan, material: Material) -> list[dict[str, Any]]:
    """Return for each candidate the share of suspect answers whose nearest answer is its own.

    Nearest among all answers of all candidates to all matched prompts, by cosine (exact search);
    the base share is what each candidate would have if all were equally near.
    """
    suspect = plan.places(Role.SUSPECT)[0]
    places = [place for place in range(len(plan.inputs)) if place != suspect]
    pool = material.vectors[places].reshape(-1, material.vectors.shape[-1])
    nearest = index.nearest(material.vectors[suspect], pool, 1).position[:, 0]
    owners = nearest // material.questions
    return [
        {
            "label": plan.inputs[place].label,
            "model": plan.inputs[place].model,
            "share": float((owners == position).mean()),
            "base_share": 1 / len(places),
        }
        for position, place in enumerate(places)
    ]


def _matrix(plan: Plan, similarity: NDArray[np.float64]) -> dict[str, Any]:
    """Return the mean cosine of every pair of inputs, suspect first, for the heat map."""
    order = [place for role in Role for place in plan.places(role)]
    mean = similarity.mean(axis=0)
    return {
        "labels": [plan.inputs[place].label for place in order],
        "models": [plan.inputs[place].model for place in order],
        "roles": [plan.inputs[place].role.value for place in order],
        "mean_cosine": mean[np.ix_(order, order)].tolist(),
    }
