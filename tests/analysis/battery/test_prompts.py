import hashlib
import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from audit.analysis import battery
from audit.analysis.battery import Kind, Length, prompts
from audit.analysis.errors import IntegrityError

# Every proper name in the prompts that are not German: things and people of long ago, places,
# days, and made-up first names. A new one is looked at, and then added here.
LOOKED_AT = """
A Ada Adeyemi Antikythera Australia B Basque Ben Bologna Brahe British C Cleo Der Didius Doge
English Faroes February Fortran France French Fri Friday Fridays George Greek HTTP Haydn I IF Inês
Iti Julianus June Jungfrau Köppen Leaning Lisbon Lund Lune Manila March Marschner May Modena Moon
November Ottoman Paraguay Philosopher Pisa Prussian Python Rapa Rui SQL Saturday Saturdays Saturn
September Stjerneborg Suda Sunday Tay Thu Thursday Tironian Tomás Tower Tue Tycho Uranus Ushuaia
Vampyr Venice Wed Welsh
"""
# A capital that opens neither the text, nor a sentence, nor a quotation.
NAME = re.compile(r"(?<![.?!:\"«¿¡] )(?<![\"¿¡\n(])(?<!^)\b[A-ZÀ-Þ]\w*")


def trigrams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[place : place + 3]) for place in range(max(1, len(words) - 2))}


def line(**changes: object) -> str:
    return json.dumps(battery.load()[0].as_dict() | changes)


def test_the_battery_is_large_and_even():
    kinds = Counter(one.kind for one in battery.load())
    assert len(battery.load()) >= 360
    assert set(kinds) == set(Kind)
    assert len(set(kinds.values())) == 1
    assert {one.length for one in battery.load()} == set(Length)


def test_the_survey_goes_over_many_topics_and_each_topic_has_several_prompts():
    survey = {one.topic for one in battery.load() if one.kind is Kind.TOPIC_SURVEY}
    assert len(survey) >= 25
    assert min(Counter(one.topic for one in battery.load()).values()) >= 3


def test_five_languages_beside_english_have_as_many_prompts_of_each_kind():
    foreign = Counter((one.language, one.kind) for one in battery.load() if one.language != "en")
    assert foreign.total() >= 40
    assert set(foreign) == {
        (language, kind) for language in battery.LANGUAGES[1:] for kind in Kind
    }
    assert len(set(foreign.values())) == 1


def test_no_two_prompts_are_nearly_the_same():
    grams = [(one.id, trigrams(one.text)) for one in battery.load()]
    near = [
        (one, other)
        for (one, left), (other, right) in combinations(grams, 2)
        if len(left & right) >= 0.4 * len(left | right)
    ]
    assert near == []


def test_no_prompt_has_a_name_that_was_not_looked_at():
    found = {
        name for one in battery.load() if one.language != "de" for name in NAME.findall(one.text)
    }
    assert found == set(LOOKED_AT.split())


def test_the_digest_is_that_of_the_file_and_changes_only_with_the_version():
    text = (Path(prompts.__file__).parent / "prompts.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(row) for row in text.splitlines()]
    # Without numbers and control characters RFC 8785 is this.
    canonical = json.dumps(
        {"version": battery.VERSION, "prompts": rows},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    assert battery.digest() == hashlib.sha256(canonical.encode()).hexdigest()
    assert (battery.VERSION, battery.digest()) == (
        "1",
        "2786108c07fcabd0a3a7f4a7065ccb84f3b7740071b4d179a4b3c8fa140dddc3",
    )


def test_the_guide_tells_the_numbers_of_the_battery():
    guide = (Path(prompts.__file__).parent / "BATTERY.md").read_text(encoding="utf-8")
    assert guide.startswith(f"# The battery, version {battery.VERSION}\n\n{len(battery.load())} ")
    for kind in Kind:
        lengths = Counter(one.length for one in battery.load() if one.kind is kind)
        assert f"| `{kind}` | {' | '.join(str(lengths[each]) for each in Length)} |" in guide
    assert f"{len({one.topic for one in battery.load()})} topics" in guide


@pytest.mark.parametrize(
    ("damaged", "words"),
    [
        ("", "line 1: this is not a prompt of the battery"),
        ("[]", "line 1: this is not a prompt"),
        (line(kind="quiz"), "'quiz' is not a valid Kind"),
        (line(length="huge"), "'huge' is not a valid Length"),
        (line(language="xx"), "the language 'xx' is not one of"),
        (line(topic="Sea Life"), "the topic 'Sea Life' is not one lower-case word"),
        (line(id="1"), "the id '1' is not b and three digits"),
        (line(text=""), "the text is empty"),
        (line(text="open "), "not normalised"),
        (line(text="=1+1"), "starts as a formula"),
        (line(more=1), "unexpected keyword argument 'more'"),
        (f"{line()}\n{line(text='Another?')}", "line 2: this is not a prompt of the battery: its"),
        (f"{line()}\n{line(id='b999')}", "its id or its text stands there already"),
    ],
)
def test_a_damaged_battery_is_refused_with_its_line(damaged, words):
    with pytest.raises(IntegrityError) as refused:
        prompts.parse(damaged.split("\n"))
    assert words in str(refused.value)
    assert "Install the package again" in str(refused.value)
