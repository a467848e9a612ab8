"""Limits, each against the numbers of the result that it follows from."""

from copy import deepcopy
from typing import Any

import pytest

from cases.reports.sections.limitations import limitations
from tests.cases.likelihood import likelihood_for
from tests.cases.reports.sections.documents import (
    TEACHERS,
    bullets,
    entry,
    table,
    with_ratio,
    without_ratio,
)
from tests.cases.reports.test_printed_likelihood import with_likelihood

Row = dict[str, Any]
RANK, RATIO = "The rank of B, model 1", "The ratio for B, model 1"


def limits(document: Row) -> dict[str, tuple[str, str]]:
    rows = table(limitations(document), "limits")
    found = {what: (here, turn) for what, here, turn in rows}
    assert len(found) == len(rows)
    return found


def lacking(document: Row) -> list[str]:
    return bullets(limitations(document))


def left_out(*ratios: float) -> Row:
    found = [{"model": f"model at {one}", "log10_lr": one} for one in ratios]
    return {"left_out": found, "families_left_out": [], "files_left_out": []}


def test_the_controls_that_a_level_needs_are_counted() -> None:
    here, turn = limits(without_ratio())["The controls"]
    # Of two teachers the smallest adjusted p is 2/(k + 1) (Holm 1979).
    needed = next(k for k in range(1, 1000) if 2 / (k + 1) <= 0.05)
    assert here == "8 controls; as far as is declared, of 8 families."
    assert f"below {1 / 9:.3f} can come out" in turn
    assert f"needs {needed} controls, {needed - 8} more than there are" in turn


def test_controls_of_one_declared_family_are_counted_as_one() -> None:
    document = deepcopy(without_ratio())
    labels = [one["label"] for one in document["plan"]["inputs"] if one["role"] == "control"]
    declared = {"tie": None, "released": "", "names": [], "family": "one house"}
    document["plan"]["asserted"] = {"declared": [{"label": one} | declared for one in labels[:3]]}
    assert limits(document)["The controls"][0].endswith("of 6 families.")
    assert not any(one.startswith("No families of controls") for one in lacking(document))


def test_rank_and_lead_are_those_of_the_result() -> None:
    document = without_ratio()
    for teacher in document["result"]["teachers"]:
        view = teacher["views"]["embedding"]
        here, _ = limits(document)[f"The rank of {teacher['label']}, {teacher['model']}"]
        plainly = here.replace("\u2212", "-")
        lead, without = view["lead"], view["left_out"]["controls"]
        assert f"Rank {view['rank']} of {view['of']}; " in plainly
        assert f"lead over {view['closest_control']} {lead['estimate']:.3f} [" in plainly
        assert f"[{lead['low']:.3f}, {lead['high']:.3f}]" in plainly
        assert f"{without['least_lead']:.3f} to {without['most_lead']:.3f}" in plainly


@pytest.mark.parametrize(
    ("rank", "ranks", "low", "turn"),
    [
        (1, (1, 2), 0.1, "Leaving out one control takes the first"),
        (1, (1, 1), -0.1, "With other prompts model 4 could stand"),
        (1, (1, 1), 0.1, "A further control that stands nearer than"),
        (3, (1, 3), 0.1, "one left out puts it first"),
        (3, (2, 4), 0.1, "no single one left out alters that"),
    ],
)
def test_what_would_turn_a_rank_follows_from_its_numbers(
    rank: int, ranks: tuple[int, int], low: float, turn: str
) -> None:
    document, (best, worst) = deepcopy(without_ratio()), ranks
    views = document["result"]["teachers"][0]["views"]
    views["embedding"] |= {"rank": rank, "closest_control": "model 4"}
    views["embedding"]["lead"] |= {"low": low}
    views["embedding"]["left_out"]["controls"] |= {"best_rank": best, "worst_rank": worst}
    for layout, told in ((2, False), (1, True)):
        views["layout"]["rank"] = layout
        found = limits(document)[RANK]
        assert turn in found[1]
        assert ("Length and layout alone put it first too" in found[1]) == told
        assert (f"rank {best} to {worst}," if best < worst else "rank 1 throughout") in found[0]


def test_the_same_words_in_half_of_the_answers_are_said_before_any_rank() -> None:
    document = deepcopy(without_ratio())
    for count, told in ((19, False), (20, True)):
        document["result"]["teachers"][0]["same_answers"] |= {"count": count, "of": 40}
        assert (f"the same words in {count} of 40 answers" in limits(document)[RANK][1]) == told


def test_a_choice_among_plans_is_counted() -> None:
    document = without_ratio()
    assert "The choice of plan" not in limits(document)
    plans = [entry(1, "planned", finding=1), entry(2, "planned", finding=3)]
    assert limits(document | {"custody": plans[:1]}).keys() == limits(document).keys()
    here, _ = limits(document | {"custody": plans})["The choice of plan"]
    assert here == "2 plans were sealed in this matter."


@pytest.mark.parametrize(
    ("log10_lr", "without", "turn"),
    [
        (1.08, (0.9, 0.35), "No single control, family or file takes it"),
        (1.08, (0.9, 0.2), "Without model at 0.2 it would lie between 1/2 and 2"),
        (1.08, (0.9, -0.1, 0.2), "Without model at -0.1 it would speak for the other"),
        (-0.9, (-0.8, -0.5), "No single control, family or file takes it"),
        (-0.9, (-0.8, 0.4), "Without model at 0.4 it would speak for the other"),
        (-0.9, (-0.8, -0.1), "Without model at -0.1 it would lie between 1/2 and 2"),
    ],
)
def test_what_takes_a_ratio_away_follows_from_what_is_left_without_it(
    log10_lr: float, without: tuple[float, ...], turn: str
) -> None:
    document = with_ratio(log10_lr=log10_lr, **left_out(*without))
    assert turn in limits(document)[RATIO][1]


@pytest.mark.parametrize("part", ["families_left_out", "files_left_out"])
def test_the_weakest_part_may_be_a_family_or_a_file(part: str) -> None:
    changes = left_out(0.9) | {part: [{"model": "this one", "log10_lr": -0.4}]}
    turn = limits(with_ratio(**changes))[RATIO][1]
    assert "Without this one it would speak for the other hypothesis (log10 \u22120.40)" in turn


def test_a_ratio_stands_with_its_interval_and_what_it_hangs_on() -> None:
    document = with_ratio()
    found = limits(document)
    here, _ = found[RATIO]
    interval = (
        "4.1 to 36 (log10 0.61 to 1.56), held to the bounds; before these log10 0.61 to 1.58"
    )
    assert here.startswith(f"LR = 12 (log10 1.08); over prompts {interval}; log10 before bounds")
    first = document["result"]["likelihood"]["teachers"][0]
    ends = [one["log10_lr"] for one in first["left_out"]]
    assert f"without each control {min(ends):.2f} to {max(ends):.2f}" in here
    family = first["family_range"]
    assert f"each family of controls {family['low']:.2f} to {family['high']:.2f}." in here
    signals = document["result"]["likelihood"]["teachers"][0]["signals"]
    largest = max(signals, key=lambda one: abs(one["contribution"]))
    assert found["One signal for B, model 1"][0] == (
        f"{largest['title']} gives {largest['contribution']:.2f} of a log10 of 1.08 before any "
        "bound."
    )
    assert "One signal for C, model 2" not in found


def test_a_ratio_at_a_bound_is_said_to_stand_there() -> None:
    bound = {"lower": -1.31, "upper": 1.56, "hit": "upper"}
    changes = left_out(1.5) | {"log10_lr": 1.56, "bound": bound}
    assert "at the upper bound of what the" in limits(with_ratio(**changes))[RATIO][1]
    assert "bound" not in limits(with_ratio())[RATIO][1]


def turn_of_none(**changes: Any) -> str:
    found = likelihood_for(TEACHERS)
    found["domain"]["inside"] = changes.pop("inside", True)
    found["teachers"][1] |= changes
    return limits(with_likelihood(without_ratio(), found))["The ratio for C, model 2"][1]


def test_what_keeps_a_ratio_from_being_given_says_what_would_let_one_be() -> None:
    assert turn_of_none().startswith("A ratio beyond 1/2 or 2")
    crossing = turn_of_none(score=0.5, low=-0.2, high=1.1)
    assert "More prompts, until the interval (log10 \u22120.20 to 1.10)" in crossing
    outside = turn_of_none(inside=False)
    assert outside.startswith("Material of the kind that was calibrated on")
    same = turn_of_none(score=0.9, low=0.5, high=1.1, abstains="It is the same, word for word.")
    assert same == "It is the same, word for word."


def test_the_trait_nearest_to_an_edge_that_it_could_cross_is_named() -> None:
    document = with_ratio()
    here, _ = limits(document)["The kind of material"]
    checks = document["result"]["likelihood"]["domain"]["checks"]
    # No share of prompts can be below nought, so that trait has only its upper edge.
    margins = {
        one["name"]: min(
            one["high"] - one["value"],
            one["value"] - one["low"] if one["low"] > 0 else float("inf"),
        )
        / (one["high"] - one["low"])
        for one in checks
    }
    nearest = min(margins, key=lambda name: margins[name])
    assert margins[nearest] > 0.1
    assert here.startswith(f"Inside by all of 4 traits. Nearest to an edge: {nearest}, ")
    assert here.count("usual") == 1


def test_traits_near_an_edge_are_named_up_to_three() -> None:
    found = likelihood_for(TEACHERS)
    for one in found["domain"]["checks"]:
        one |= {"low": 1.0, "high": 2.0, "value": 1.95}
    here, _ = limits(with_likelihood(without_ratio(), found))["The kind of material"]
    assert here.count("usual 1.00 to 2.00") == 3


def test_traits_outside_of_their_range_are_all_named() -> None:
    found = likelihood_for(TEACHERS)
    found["domain"]["checks"][0] |= {"value": 1530.0, "inside": False}
    found["domain"] |= {"inside": False}
    here, turn = limits(with_likelihood(without_ratio(), found))["The kind of material"]
    assert "by 1 of 4 traits: Words in an answer of the suspect (median), 1,530" in here
    assert turn.startswith("Material whose traits lie in these ranges")


def test_the_next_larger_number_of_prompts_is_told_from_the_calibration() -> None:
    document = with_ratio()
    here, turn = limits(document)["The prompts"]
    assert here == "40 prompts stand in every exhibit; of the suspect 801 were taken."
    assert "Cllr is 0.477 with 30 prompts and 0.449 with 60." in turn
    document["result"]["likelihood"]["size"]["calibrated_at"] = 480
    assert "Cllr" not in limits(document)["The prompts"][1]


def test_a_teacher_of_several_files_is_not_said_to_be_one() -> None:
    assert "One file of B, model 1" in limits(with_ratio())
    assert "One file of B, model 1" not in limits(with_ratio(files=["B", "D"]))


def test_what_nobody_declared_is_named_and_falls_away_once_it_is() -> None:
    document = deepcopy(without_ratio())
    starts = (
        *("No second run", "No control that is declared", "No families", "No dates"),
        *("No further names", "No strings", "No right answers", "No key"),
    )
    found = lacking(document)
    assert all(any(one.startswith(start) for one in found) for start in starts)
    tied = {"of": "", "released": "2024-01-31", "names": ["M"], "family": "house"}
    document["plan"]["asserted"] = {
        "declared": [
            {"label": "C", "tie": "second_run"} | tied,
            {"label": "D", "tie": "same_base"} | tied,
        ],
        "canaries": [{"identity": "1", "text": "x"}],
        "gold": [{"prompt": "p"}],
        "marks": [{"detector": "d", "key": "00"}],
    }
    assert not [one for one in lacking(document) if one.startswith(starts)]


def test_records_left_out_are_counted_by_exhibit() -> None:
    document = deepcopy(without_ratio())
    for one in document["exhibits"]:
        one["left_out"] = {"B": 1200, "D": 2}.get(one["label"], 0)
    assert any(": 1,200 of B, 2 of D." in one for one in lacking(document))
    for one in document["exhibits"]:
        one["left_out"] = 0
    assert not any("left out" in one for one in lacking(document))


def test_time_stamps_and_a_broken_chain_are_said() -> None:
    document = without_ratio()
    assert sum("No independent time-stamp" in one for one in lacking(document)) == 2
    stamp = {"independent": True, "at": "2026-11-24T09:00:00+00:00"}
    stamped = {"checkpoint": {"stamps": [stamp]}, "plan_checkpoint": {"stamps": [stamp]}}
    assert not any("time-stamp" in one for one in lacking(document | stamped))
    ours = {"checkpoint": {"stamps": [stamp | {"independent": False}]}}
    assert any("over the ledger" in one for one in lacking(document | stamped | ours))
    broken = lacking(document | {"custody_problems": ["Entry 4 is not what was sealed."]})
    assert any("does not hold: Entry 4 is not what was sealed." in one for one in broken)
