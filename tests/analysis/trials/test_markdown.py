import pytest
from hypothesis import example, given, settings

from audit.analysis.trials.markdown import plain_prose
from tests.analysis.trials.test_laundering import TEXTS


@pytest.mark.parametrize(
    ("markdown", "prose"),
    [
        ("## Heading\n\nText.", "Heading.\n\nText."),
        ("Title\n=====\nText.", "Title\nText."),
        ("Intro:\n\n- One\n- Two!\n* Three,", "Intro:\n\nOne. Two! Three,"),
        ("1. One\n   - Deep\n2) Two\n\nEnd.", "One. Deep. Two.\n\nEnd."),
        ("> Said\n> so", "Said. so."),
        ("**Bold**, *lean*, __both__ and ~~gone~~ `code`", "Bold, lean, both and gone code"),
        ("***all***", "all"),
        ("Run:\n```python\nx = 1\n```\nDone.", "Run:\nx = 1\nDone."),
        ("| A | B |\n|---|:-:|\n| x | 1 |\n| y |  |", "A, B. x, 1. y."),
        ("[a text](https://example.org) and ![a picture](p.png)", "a text and a picture"),
        ("One\n\n---\n\nTwo\n\n* * *\n\nThree", "One\n\nTwo\n\nThree"),
    ],
)
def test_markdown_becomes_plain_prose(markdown: str, prose: str):
    assert plain_prose(markdown) == prose


@pytest.mark.parametrize(
    "text",
    [
        "2 * 3 * 4 = 24 and a*b",
        "snake_case stays, and so does f(x)[1]",
        "-5 degrees, #1 of 3.5, |x| + |y|, about ~5",
        "2024. That year",
        "A poem\nhas lines\n\nand stanzas.",
        "Is it [so] (or not)?",
    ],
)
def test_what_is_no_markdown_stays(text: str):
    assert plain_prose(text) == text


@settings(max_examples=500)
@given(text=TEXTS)
# Each of these once read as layout again after the first time.
@example(text="*|---|")
@example(text="- 1.\n- b")
@example(text="- -\n- -\n- -")
@example(text="[[a](b)](c)")
@example(text="~`~~\n~*~")
def test_doing_it_twice_changes_nothing_more(text: str):
    once = plain_prose(text)
    assert plain_prose(once) == once
