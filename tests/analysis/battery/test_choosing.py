from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.analysis import battery
from audit.analysis.battery import Kind
from audit.analysis.errors import WrongSettingError

COUNTS = st.integers(1, len(battery.load()))
SEEDS = st.integers(0, 2**32)


def chosen(count: int | None, seed: int = 1, **which: tuple[str, ...]):
    return battery.choose(count, rng=np.random.default_rng(seed), **which)


@settings(deadline=None, max_examples=50)
@given(COUNTS, COUNTS, SEEDS)
def test_a_larger_choice_begins_with_the_smaller(one, other, seed):
    less, more = sorted((one, other))
    assert chosen(more, seed)[:less] == chosen(less, seed)


@settings(deadline=None, max_examples=50)
@given(COUNTS, SEEDS)
def test_no_kind_leads_another_by_more_than_one_and_no_prompt_comes_twice(count, seed):
    some = chosen(count, seed)
    kinds = Counter(one.kind for one in some)
    assert len(set(some)) == count
    assert max(kinds.values()) - min(kinds[kind] for kind in Kind) <= 1


@pytest.mark.parametrize("seed", range(5))
def test_topics_are_spread_wider_than_by_chance(seed):
    # Drawn at random, 49 prompts come from about 33 of the 49 topics, with up to 5 from one.
    topics = Counter(one.topic for one in chosen(49, seed))
    assert len(topics) >= 44
    assert max(topics.values()) <= 2


def test_another_seed_chooses_others():
    assert set(chosen(60, 1)) != set(chosen(60, 2))


def test_a_choice_keeps_to_the_kinds_and_languages_asked_for():
    some = chosen(None, kinds=("refusal_edge", "open_ended"), languages=("fr", "id"))
    assert Counter((one.kind, one.language) for one in some) == {
        (kind, language): 2
        for kind in (Kind.REFUSAL_EDGE, Kind.OPEN_ENDED)
        for language in ("fr", "id")
    }


@pytest.mark.parametrize("count", [-1, 0, 15])
def test_what_the_battery_does_not_have_is_refused(count):
    with pytest.raises(WrongSettingError, match=f"{count} prompts .* has 14. Ask for"):
        chosen(count, languages=("de",))


def test_missing_are_the_prompts_that_no_transcript_answers():
    prompts = battery.load()
    at_hand = [
        f"  {prompts[0].text}\r\n",
        prompts[138].text.replace("\n", "\r\n"),
        prompts[5].text.upper(),
    ]
    assert battery.missing(at_hand) == (*prompts[1:138], *prompts[139:])
    assert battery.missing([]) == prompts
    assert battery.missing(one.text for one in prompts) == ()
