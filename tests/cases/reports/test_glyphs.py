"""Text of others made fit for print."""

import pytest

from cases.reports.glyphs import BOX, BREAK, COVERED, on_one_line, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain #text *with* $marks$ <b>", "plain #text *with* $marks$ <b>"),
        ("naïve Ωmega жук", "naïve Ωmega жук"),
        ("\u202eabc\u2066", "<U+202E>abc<U+2066>"),
        ("a\x00b\x1bc\r\n", "a<U+0000>b<U+001B>c<U+000D>\n"),
        ("\u200b\ufeff\u00ad\ufe0f", "<U+200B><U+FEFF><U+00AD><U+FE0F>"),
        ("\ue000\U000f0000\ud800", "<U+E000><U+F0000><U+D800>"),
        ("\u2028\u3000", "<U+2028><U+3000>"),
        ("中\U0001f600", BOX * 2),
        ("\tx", "    x"),
        ("e" + "\u0301" * 5, "e" + "\u0301" * 3 + "<U+0301>" * 2),
    ],
)
def test_what_is_shown(text: str, shown: str) -> None:
    assert printable(text).replace(BREAK, "") == shown


def test_long_runs_may_break_and_lose_nothing() -> None:
    shown = printable("word " + "x" * 100 + " word")
    assert max(len(run) for run in shown.replace(BREAK, " ").split()) == 8
    assert shown.replace(BREAK, "") == "word " + "x" * 100 + " word"
    assert BREAK not in printable("words of a usual length, internationalisation too")


def test_one_line_is_one_line_of_so_many_characters() -> None:
    assert on_one_line("a\nb", 20) == "a<U+000A>b"
    assert on_one_line("x" * 11, 10) == "x" * 9 + "…"
    assert on_one_line("x" * 10, 10) == "x" * 10
    assert len(on_one_line("\u202e" * 60, 60).replace(BREAK, "")) == 60


def test_no_unseen_character_counts_as_covered() -> None:
    assert not {"\u202e", "\u200b", "\x00", "\u034f", "\ufe0f", "\ue000", "\n"} & COVERED
    assert set("abcXYZ0189 ,.;<>#$*_~\u2212\u25a1\u2026") <= COVERED
