"""The likelihood ratio of a case as a JSON value, and what speaks against it."""

from collections.abc import Sequence
from typing import Any

from audit.analysis.calibration import curves
from audit.analysis.fusion.domain import Check
from audit.analysis.fusion.pack import Fit, Pack

HYPOTHESES = {
    "H1": "The suspect was trained on outputs of the teacher.",
    "H2": "The suspect was not trained on outputs of the teacher, and is a model as those of the "
    "calibration's reference population are.",
}
_MOST_NAMED = 3


def refused(pack: Pack, prompts: int, controls: int, reason: str) -> dict[str, Any]:
    """Return the value for material that cannot carry a likelihood ratio."""
    return _head(pack) | {
        "size": {"prompts": prompts, "controls": controls, "calibrated_at": None},
        "refused": reason,
        "domain": None,
        "teachers": [],
        "validation": None,
    }


def weighed(
    pack: Pack,
    fit: Fit,
    prompts: int,
    controls: int,
    checks: Sequence[Check],
    teachers: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return the value for a case with its teachers, domain and the figures of validation."""
    return _head(pack) | {
        "size": {
            "prompts": prompts,
            "controls": controls,
            "calibrated_at": fit.prompts,
            "calibrated_controls": fit.controls,
        },
        "refused": None,
        "domain": _domain(checks),
        "teachers": teachers,
        "validation": validation_of(pack, fit, controls),
    }


def validation_of(pack: Pack, fit: Fit, controls: int) -> dict[str, Any]:
    """Return the error rates that go with a fit, its Tippett curve, and power by prompts."""
    h1, h2 = fit.log_lrs
    tippett = curves.tippett(h1, h2)
    rates: dict[str, Any] = fit.figures["rates"]
    return rates | {
        "tippett": {
            "log10_lr": list(tippett.log10_lr),
            "h1": list(tippett.h1),
            "h2": list(tippett.h2),
        },
        "by_size": power_of(pack, controls, family=fit.family),
    }


def power_of(pack: Pack, controls: int, *, family: bool = False) -> list[dict[str, float]]:
    """Return by rising number of prompts what reference pairs show with so many controls.

    `family`: with all files of a teacher's family, else with one file.
    With fewer than the calibration goes down to it is what they show with its fewest.
    """
    fits = pack.fits_of(family=family)
    held = max(controls, min(one.controls for one in fits))
    best = [
        pack.fit_for(count, held, family=family) for count in sorted({one.prompts for one in fits})
    ]
    return [_power(one) for one in best if one]


def against(
    teacher: dict[str, Any], nearer: Sequence[tuple[str, int]], outside: Sequence[str]
) -> list[str]:
    """Return the strongest facts against H1, or against trusting the number, each a sentence."""
    signals = teacher["signals"]
    facts = [
        f"{model}, a control, is nearer to the suspect than the teacher is by {count} of "
        f"{len(signals)} signals."
        for model, count in nearer[:_MOST_NAMED]
    ]
    lowering = [one["title"] for one in signals if one["contribution"] < 0]
    if lowering:
        facts.append(f"These signals lower the ratio: {', '.join(lowering)}.")
    facts += _without(teacher)
    if teacher["bound"]["hit"] == "upper":
        facts.append(
            f"The signals alone would give a larger ratio (log10 {teacher['score']:.1f}); the "
            f"validation data support no more than {10 ** teacher['bound']['upper']:.2g}."
        )
    facts += [f"Outside of what the calibration has seen: {one}." for one in outside]
    return [*facts, *_ALWAYS]


def _without(teacher: dict[str, Any]) -> list[str]:
    """Return the parts of the material that a ratio above 1 hangs on: without one it is below."""
    parts = {
        "left_out": "controls",
        "families_left_out": "families of controls",
        "files_left_out": "files of the teacher",
    }
    return [
        f"Without one of the {part} ({low['model']}) the ratio falls below 1."
        for kind, part in parts.items()
        if teacher[kind]
        and (low := min(teacher[kind], key=lambda one: float(one["log10_lr"])))["log10_lr"] < 0
        and teacher["score"] > 0
    ]


_ALWAYS = (
    (
        "A common third source, such as public answers of another model, makes two models alike "
        "although neither learned from the other."
    ),
    (
        "Teachers that write as most models do are near to every suspect, and part of the ratio "
        "of such a teacher is just that."
    ),
)


def _head(pack: Pack) -> dict[str, Any]:
    population = {
        key: pack.population[key]
        for key in (
            "models",
            "prompts",
            "h1_pairs",
            "h2_pairs",
            "h1_sources",
            "h2_sources",
            "teacher_families",
        )
    }
    return {
        "hypotheses": HYPOTHESES,
        "pack": {"digest": pack.digest, "name": pack.name, "population": population},
    }


def _domain(checks: Sequence[Check]) -> dict[str, Any]:
    outside = [one.name for one in checks if not one.inside]
    words = (
        f"Outside of the calibration's domain: {'; '.join(outside)}."
        if outside
        else f"Inside the calibration's domain by all of {len(checks)} checks."
    )
    return {
        "inside": not outside,
        "checks": [one.as_dict() for one in checks],
        "words": words,
    }


def _power(fit: Fit) -> dict[str, float]:
    rates = fit.figures["rates"]
    return {
        "prompts": fit.prompts,
        "controls": fit.controls,
        "auc": rates["auc"],
        "cllr": rates["cllr"],
        "true_positive_rate": rates["true_positives_at_1_percent"]["value"],
        "misleading": rates["misleading"]["h2_above_1"]["value"],
    }
