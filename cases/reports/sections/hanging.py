"""On what the numbers of a case hang, each with its own figures and what would turn it round."""

import math
from collections.abc import Iterator
from typing import Any

from audit.analysis.sameness import is_one_model
from audit.analysis.statistics.rank import controls_needed
from cases.reports.blocks import Text
from cases.reports.figures import decimals
from cases.reports.names import on_one_line
from cases.reports.ratios import logarithm

Row = dict[str, Any]
# On what, how it is in this case, and what would change it.
Cells = tuple[Text, Text, Text]

# Between LR = 1/2 and 2 no ratio is given.
_NEUTRAL = math.log10(2)
# A trait so near to an edge of its usual range, as a share of the range, is named.
_NEAR = 0.1
_MOST_NAMED = 3


def rows(document: Row) -> Iterator[Cells]:
    """Yield what the numbers hang on: the material, then each teacher, then the calibration."""
    result = document["result"]
    yield _controls(document)
    yield _prompts(document)
    yield from _plans(document)
    for one in result["teachers"]:
        yield _rank(one)
    words, found = document.get("likelihood"), result.get("likelihood")
    if words is not None and found is not None:
        yield from _of_ratio(words, found)


def _of_ratio(words: Row, found: Row) -> Iterator[Cells]:
    for said, one in zip(words["ratios"], found["teachers"], strict=True):
        yield _ratio(said, one, found["domain"])
        if one["log10_lr"] is not None:
            yield _signal(one)
        if len(one.get("files", ["only"])) == 1:
            yield _one_file(one)
    if found["domain"] is not None:
        yield _domain(words, found["domain"]["checks"])
    yield _population(found)


def _controls(document: Row) -> Cells:
    plan, teachers = document["plan"], document["result"]["teachers"]
    first = teachers[0]["views"]["embedding"]
    held, alpha = first["of"] - 1, plan["parameters"]["alpha"]
    needed = controls_needed(alpha, len(teachers))
    declared = {
        one["label"]: one.get("family") for one in plan.get("asserted", {}).get("declared", ())
    }
    labels = [one["label"] for one in plan["inputs"] if one["role"] == "control"]
    families = {declared.get(one) or ("", one) for one in labels}
    here = f"{held} controls; as far as is declared, of {len(families)} families."
    if held >= needed:
        turn = f"They suffice for the level {alpha:g}. Others could stand nearer to the suspect."
    else:
        turn = (
            f"No p-value below {decimals(first['floor'])} can come out before adjustment; the "
            f"level {alpha:g} needs {needed} controls, {needed - held} more than there are."
        )
    return "The controls", here, turn


def _prompts(document: Row) -> Cells:
    result = document["result"]
    taken = sum(one["taken"] for one in document["exhibits"] if one["role"] == "suspect")
    matched = result["matched_prompts"]
    here = f"{matched:,} prompts stand in every exhibit; of the suspect {taken:,} were taken."
    turn = "Other prompts of the same kind move each number within its interval."
    if more := _larger(result.get("likelihood")):
        turn += f" {more}"
    return "The prompts", here, turn


def _larger(found: Row | None) -> str:
    """Return what the calibration shows of the next larger number of prompts."""
    if found is None or found["validation"] is None:
        return ""
    sizes, used = found["validation"]["by_size"], found["size"]["calibrated_at"]
    now = [one for one in sizes if one["prompts"] == used]
    more = [one for one in sizes if one["prompts"] > used]
    if not (now and more):
        return ""
    return (
        f"On the reference pairs the cost Cllr is {decimals(now[0]['cllr'])} with "
        f"{used:,} prompts and {decimals(more[0]['cllr'])} with {more[0]['prompts']:,}."
    )


def _plans(document: Row) -> Iterator[Cells]:
    """Yield the choice of plan, where there was one."""
    sealed = sum(one["act"] == "planned" for one in document["custody"])
    if sealed > 1:
        yield (
            "The choice of plan",
            f"{sealed} plans were sealed in this matter.",
            "Of several plans some put a teacher first by chance; another plan may not.",
        )


def _rank(teacher: Row) -> Cells:
    view, layout = teacher["views"]["embedding"], teacher["views"]["layout"]
    lead = view["lead"]
    here = (
        f"Rank {view['rank']} of {view['of']}; lead over {on_one_line(view['closest_control'])} "
        f"{decimals(lead['estimate'])} [{decimals(lead['low'])}, {decimals(lead['high'])}]."
    )
    if without := view.get("left_out", {}).get("controls"):
        here += (
            f" Without one control in turn: {_ranks(without)}, lead "
            f"{decimals(without['least_lead'])} to {decimals(without['most_lead'])}."
        )
    turn = _same_words(teacher["same_answers"]) or _turn_of_rank(view, without)
    if layout["rank"] == 1:
        turn += " Length and layout alone put it first too, and could be all there is to it."
    return f"The rank of {_called(teacher)}", here, turn


def _same_words(same: Row) -> str:
    if not is_one_model(same):
        return ""
    return (
        f"Suspect and teacher have the same words in {same['count']} of {same['of']} answers, as "
        "one model under two names has; other answers of either would have to be handed in."
    )


def _ranks(without: Row) -> str:
    best, worst = without["best_rank"], without["worst_rank"]
    return f"rank {best} to {worst}" if best < worst else f"rank {best} throughout"


def _turn_of_rank(view: Row, without: Row | None) -> str:
    closest = on_one_line(view["closest_control"])
    ranks = without or {"best_rank": view["rank"], "worst_rank": view["rank"]}
    if view["rank"] > 1:
        first = ranks["best_rank"] == 1
        alters = "one left out puts it first" if first else "no single one left out alters that"
        return f"A control, {closest}, stands nearer to the suspect; {alters}."
    if ranks["worst_rank"] > 1:
        return "Leaving out one control takes the first rank away."
    if view["lead"]["low"] <= 0:
        return f"With other prompts {closest} could stand before it."
    return f"A further control that stands nearer than {closest} does by more than the lead."


def _ratio(said: Row, teacher: Row, domain: Row | None) -> Cells:
    what = f"The ratio for {_called(teacher)}"
    if teacher["log10_lr"] is None:
        here = f"None is given; log10 of the signals alone {logarithm(teacher['score'])}."
        return what, here, _turn_of_none(teacher, domain)
    interval = dict(tuple(one) for one in said["facts"])["95 % interval over prompts"]
    without = ", ".join(_without(teacher))
    here = f"{said['headline']}; over prompts {interval}; log10 before bounds {without}."
    return what, here, _turn(teacher)


def _without(teacher: Row) -> Iterator[str]:
    """Yield from where to where the signals go without each part of the material."""
    parts = {
        "control": [one["log10_lr"] for one in teacher["left_out"]],
        "family of controls": list(teacher.get("family_range", {}).values()),
        "file of the teacher": [one["log10_lr"] for one in teacher.get("files_left_out", ())],
    }
    for part, ends in parts.items():
        if ends:
            yield f"without each {part} {logarithm(min(ends))} to {logarithm(max(ends))}"


def _turn_of_none(teacher: Row, domain: Row | None) -> str:
    """Return what kept a ratio from being given, and so what would let one be given."""
    bound = teacher["bound"]
    held = min(max(teacher["score"], bound["lower"]), bound["upper"])
    if domain is not None and not domain["inside"]:
        return "Material of the kind that was calibrated on; which traits are not, stands below."
    if abs(held) < _NEUTRAL:
        return "A ratio beyond 1/2 or 2, with more prompts, controls or files of the teacher."
    if teacher["low"] < 0 < teacher["high"]:
        ends = f"log10 {logarithm(teacher['low'])} to {logarithm(teacher['high'])}"
        return f"More prompts, until the interval ({ends}) no longer holds LR = 1."
    return on_one_line(teacher["abstains"], 600)


def _turn(teacher: Row) -> str:
    """Return whether some single part of the material takes the ratio away."""
    side = math.copysign(1, teacher["log10_lr"])
    kinds = ("left_out", "families_left_out", "files_left_out")
    parts = [one for kind in kinds for one in teacher.get(kind, ())]
    worst = min(parts, key=lambda one: float(side * one["log10_lr"]))
    least, name = side * worst["log10_lr"], on_one_line(worst["model"])
    if least < 0:
        said = f"Without {name} it would speak for the other hypothesis"
    elif least < _NEUTRAL:
        said = f"Without {name} it would lie between 1/2 and 2, and none would be given"
    else:
        return f"No single control, family or file takes it to between 1/2 and 2.{_bound(teacher)}"
    return f"{said} (log10 {logarithm(worst['log10_lr'])})."


def _bound(teacher: Row) -> str:
    hit = teacher["bound"]["hit"]
    return f" It stands at the {hit} bound of what the validation supports." if hit else ""


def _signal(teacher: Row) -> Cells:
    largest = max(teacher["signals"], key=lambda one: abs(float(one["contribution"])))
    part, score = logarithm(largest["contribution"]), logarithm(teacher["score"])
    return (
        f"One signal for {_called(teacher)}",
        f"{largest['title']} gives {part} of a log10 of {score} before any bound.",
        (
            "Another cause of likeness in this one trait, such as a usage of the time, would take "
            "that part away."
        ),
    )


def _one_file(teacher: Row) -> Cells:
    return (
        f"One file of {_called(teacher)}",
        "One file stands for the teacher; it may be another version than one that was used.",
        (
            "Files of further versions, declared as such, are weighed as one family, for which "
            "other error rates hold."
        ),
    )


def _domain(words: Row, checks: list[Row]) -> Cells:
    outside = [place for place, one in enumerate(checks) if not one["inside"]]
    if outside:
        names = "; ".join(_trait(words["checks"][place]) for place in outside)
        return (
            "The kind of material",
            (
                f"Outside of what was calibrated on by {len(outside)} of {len(checks)} traits: "
                f"{names}."
            ),
            "Material whose traits lie in these ranges, or a calibration on material as this is.",
        )
    nearest = sorted(range(len(checks)), key=lambda place: _margin(checks[place]))
    near = [one for one in nearest if _margin(checks[one]) <= _NEAR][:_MOST_NAMED] or nearest[:1]
    names = "; ".join(_trait(words["checks"][place]) for place in near)
    return (
        "The kind of material",
        f"Inside by all of {len(checks)} traits. Nearest to an edge: {names}.",
        "With a trait outside of its range no ratio would be given.",
    )


def _trait(one: Row) -> str:
    return f"{one['name']}, {one['value']}, usual {one['usual']}"


def _margin(check: Row) -> float:
    """Return how far a trait is from an edge that it could cross, as a share of its range.

    No trait is below nought, and no share above one.
    """
    width = check["high"] - check["low"]
    below = math.inf if check["low"] <= 0 else check["value"] - check["low"]
    above = math.inf if check["high"] == 1 else check["high"] - check["value"]
    return float(min(below, above) / width) if width > 0 else 0.0


def _population(found: Row) -> Cells:
    known = found["pack"]["population"]
    return (
        "The reference population",
        (
            f"{known['h1_sources']:,} independent lines of suspects under H1 and "
            f"{known['h2_sources']:,} under H2, teachers of {known['teacher_families']:,} "
            "families."
        ),
        (
            "More documented models could show errors not seen yet, or allow a larger ratio; "
            "models unlike these may behave otherwise."
        ),
    )


def _called(teacher: Row) -> str:
    return on_one_line(f"{teacher['label']}, {teacher['model']}")
