import io

import pytest

from audit.analysis.counts.canaries import Canary, read_canaries
from audit.analysis.errors import UnreadableSourceError

TWO = (Canary("a", "The moss lamp, 4481"), Canary("b", 'He said "zinc"'))


def read(text: str, name: str) -> tuple[Canary, ...]:
    return read_canaries(io.BytesIO(text.encode()), name=name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "list.jsonl",
            (
                '{"identity": "a", "text": "The moss lamp, 4481"}\n\n'
                '{"identity": "b", "text": "He said \\"zinc\\"", "planted": "2024"}\n'
            ),
        ),
        (
            "list.json",
            (
                '[{"identity": "a", "text": "The moss lamp, 4481"},'
                ' {"identity": "b", "text": "He said \\"zinc\\""}]'
            ),
        ),
        ("LIST.CSV", 'text,identity\r\n"The moss lamp, 4481",a\r\n"He said ""zinc""",b\r\n'),
        ("list.csv", '\ufeffidentity,text\na,"The moss lamp, 4481"\nb,"He said ""zinc"""\n'),
    ],
)
def test_one_list_in_every_form(name, text):
    assert read(text, name) == TWO


def test_plain_lines_are_named_by_their_line():
    assert read("first one\n\n  third one \n", "list.txt") == (
        Canary("line 1", "first one"),
        Canary("line 3", "third one"),
    )


@pytest.mark.parametrize(
    ("name", "text", "place", "reason"),
    [
        ("list.doc", "x", "its name", "ending does not say"),
        ("list.txt", "\n \n", "whole file", "holds no canary"),
        ("l.jsonl", '{"identity": "a", "text": "x"}\n{"identity": "b"}\n', "line 2", '"text"'),
        ("l.jsonl", '{"identity": "a", "text": "x"}\n{"identity"\n', "line 2", "JSON is broken"),
        ("l.jsonl", '{"identity": "a", "text": 7}\n', "line 1", '"text" is empty or is no text'),
        ("l.json", "[3]", "record 1", "not a JSON object"),
        ("l.csv", "identity,words\na,b\n", "line 1", 'no "text"'),
        ("l.csv", "identity,text\na,b\na,c\n", "line 3", '"a" stands twice'),
        ("l.csv", "identity,text\na,b,c\n", "line 2", "more columns"),
        ("l.csv", "identity,text\na\n", "line 2", '"text" is empty'),
        ("l.csv", 'identity,text\na,"b\n', "line 2", "CSV is broken"),
    ],
)
def test_a_bad_entry_is_refused_with_its_place(name, text, place, reason):
    with pytest.raises(UnreadableSourceError) as refused:
        read(text, name)
    assert refused.value.file == name
    assert place in refused.value.place
    assert reason in refused.value.reason
    assert refused.value.mend


def test_other_encodings_are_refused_with_the_line():
    with pytest.raises(UnreadableSourceError, match=r"list.txt, line 2: it is not UTF-8"):
        read_canaries(io.BytesIO(b"fine\nna\xefve\n"), name="list.txt")
