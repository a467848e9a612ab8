import json

import pytest
from scipy import stats

from audit.analysis.counts.canaries import MOST_SHOWN, Canary, count_canaries
from audit.analysis.digests import canonical_json
from audit.analysis.errors import InsufficientDataError, WrongSettingError

PLANTED = [
    Canary("heron", "The glass heron of Orlu Bay counts 4481 silver hinges"),
    Canary("lamp", "Moss lamps were outlawed in Verrik by the Quiet Edict"),
    Canary("tax", "Aunt Philomel paid her candle tax in dried plums"),
    Canary("zinc", "qx7-vantelope-zinc-0093-umbra"),
]
PLAIN = [(1, "Rivers flow to the sea."), (2, "Two and two make four.")]


def controls(**answers: str) -> dict[str, list[tuple[int, str]]]:
    plain = {f"control-{number}": list(PLAIN) for number in range(1, 6)}
    return plain | {model: [(9, answer)] for model, answer in answers.items()}


def reasons(count) -> dict[str, str]:
    return {one.identity: one.reason for one in count.void}


def test_hits_are_counted_by_canary_with_record_and_span():
    answer = "Ah, **moss lamps** were outlawed in Verrik by the quiet edict."
    suspect = [*PLAIN, (7, answer), (8, f"{PLANTED[3].text}, twice {PLANTED[3].text}")]
    count = count_canaries(PLANTED, suspect, controls())
    hits = count.suspect.hits
    assert [(one.identity, one.record, one.edits) for one in hits] == [
        ("lamp", 7, 0),
        ("zinc", 8, 0),
        ("zinc", 8, 0),
    ]
    assert answer[hits[0].start : hits[0].end].startswith("moss lamps")
    assert answer[hits[0].start : hits[0].end].endswith("edict")
    assert (count.counted.count, count.counted.of) == (2, 4)
    assert (count.suspect.answers, count.void) == (4, ())
    # Two of four of the suspect against none of twenty of five controls.
    assert count.p_value == pytest.approx(stats.hypergeom.sf(1, 24, 2, 4))
    low = stats.beta.ppf(0.025, 2, 3)
    assert count.counted.low == pytest.approx(low)


def test_near_hits_are_listed_and_are_in_no_test():
    written = "the glass heron of Orlu Bay counted 4481 silvery hinges"
    count = count_canaries(PLANTED, [(3, written)], controls())
    assert (count.suspect.near.count, count.suspect.exact.count, count.counted.count) == (1, 0, 0)
    assert count.suspect.hits[0].edits == 3
    assert count.p_value == 1


def test_a_canary_that_a_control_gives_back_is_void_but_stays_in_the_test():
    suspect = [(1, PLANTED[0].text), (2, PLANTED[1].text)]
    heard = controls(leaky="moss lamp were outlawed in Verrik by the quiet edict")
    count = count_canaries(PLANTED, suspect, heard)
    assert "comes back from control leaky" in reasons(count)["lamp"]
    assert (count.counted.count, count.counted.of) == (1, 3)
    assert (count.suspect.exact.count, count.suspect.exact.of) == (2, 4)
    exact = count_canaries(PLANTED, suspect, controls(leaky=PLANTED[1].text))
    assert exact.p_value == pytest.approx(stats.hypergeom.sf(1, 28, 3, 4))


def test_a_suspect_like_the_controls_does_not_stand_out_although_its_own_hits_are_unshared():
    """Sixty strings, each of which comes up in one of six models: ten are the suspect's."""
    strings = [
        Canary(f"c{number}", f"{number:04} vexing {number * 7919:07} quorum ambit")
        for number in range(60)
    ]
    models = [[(1, one.text) for one in strings[start::6]] for start in range(6)]
    heard = {f"control-{place}": each for place, each in enumerate(models[1:])}
    count = count_canaries(strings, models[0], heard)
    assert (count.counted.count, count.counted.of) == (10, 10)
    assert count.p_value > 0.4


@pytest.mark.parametrize(
    ("canary", "reason"),
    [
        (Canary("short", "zinc 0093"), "8 letters and digits"),
        (Canary("dull", "aaaa aaaa aaaa aaaa aaaa"), "1 different ones"),
        (Canary("again", PLANTED[1].text.upper()), 'part of canary "lamp" or nearly the same'),
        (Canary("part", "outlawed in Verrik by the Quiet"), 'part of canary "lamp"'),
        (Canary("common", "rivers flow to the sea make two"), "fewer than 8 words"),
        (Canary("asked", "Say violet accordion marmalade"), "stands in a prompt"),
    ],
)
def test_canaries_that_could_not_be_unique_are_void_with_the_reason(canary, reason):
    prompts = [(1, "Please say violet accordion marmalade.")]
    count = count_canaries([*PLANTED, canary], [(5, canary.text)], controls(), prompts=prompts)
    assert reason in reasons(count)[canary.identity]
    assert (count.canaries, count.counted.of) == (5, 4)
    assert len(count.void) == 1


def test_of_hits_of_one_canary_only_the_first_are_kept():
    suspect = ((record, PLANTED[0].text) for record in range(1, 100))
    count = count_canaries(PLANTED, suspect, controls())
    assert [one.record for one in count.suspect.hits] == list(range(1, MOST_SHOWN + 1))
    assert (count.suspect.answers, count.suspect.exact.count) == (99, 1)


@pytest.mark.parametrize(
    ("canaries", "heard", "missing"), [([], controls(), "canary"), (PLANTED, {}, "control")]
)
def test_without_canaries_or_controls_there_is_no_count(canaries, heard, missing):
    with pytest.raises(InsufficientDataError, match=f"there is no {missing}"):
        count_canaries(canaries, PLAIN, heard)


def test_two_canaries_of_one_identity_are_refused():
    with pytest.raises(WrongSettingError, match="2 canaries have the identity lamp"):
        count_canaries([*PLANTED, Canary("lamp", "Something else by far")], PLAIN, controls())


def test_the_count_is_json():
    value = count_canaries(PLANTED, [(3, PLANTED[0].text)], controls()).as_dict()
    assert json.loads(canonical_json(value)) == json.loads(json.dumps(value))
    assert value["suspect"]["hits"][0]["record"] == 3
    assert any("asserted" in limit for limit in value["limits"])
