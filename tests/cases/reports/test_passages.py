"""Matched pairs for print."""

from typing import Any

import pytest

from cases.reports.document import MOST_CHARACTERS, MOST_LINES
from cases.reports.glyphs import BREAK
from cases.reports.passages import pairs


def document(left: str, right: str, **changes: Any) -> dict[str, Any]:
    pair = {
        "prompt": "p",
        "teacher_prompt": "",
        "teacher_label": "B",
        "suspect_record": 4,
        "teacher_record": 9,
        "cosine": 0.5,
        "suspect_answer": left,
        "teacher_answer": right,
        "suspect_characters": len(left),
        "teacher_characters": len(right),
        "passages": [],
    }
    return {
        "result": {
            "teachers": [{"label": "B", "model": "m"}, {"label": "C", "model": "n"}],
            "pairs": [pair | changes],
        },
        "printing": {"most_characters": MOST_CHARACTERS, "most_lines": MOST_LINES},
    }


def sides(value: dict[str, Any]) -> list[dict[str, Any]]:
    ((pair,), none) = [one["pairs"] for one in pairs(value)]
    assert none == []
    found: list[dict[str, Any]] = pair["sides"]
    return found


def span(left: tuple[int, int], right: tuple[int, int]) -> dict[str, int]:
    return {
        "left_start": left[0], "left_end": left[1],
        "right_start": right[0], "right_end": right[1], "words": 4,
    }  # fmt: skip


def test_passages_are_marked_where_they_stand() -> None:
    left, right = "so 😀 one two, three four. end", "one two three four"
    start = left.index("one")
    value = document(
        left, right, passages=[span((start, start + 19), (0, len(right)))]
    )  # fmt: skip
    suspect, teacher = sides(value)
    assert suspect["pieces"] == [
        ("so 😀 ", False), ("one two, three four", True), (". end", False),
    ]  # fmt: skip
    assert [piece for piece in teacher["pieces"] if piece[0]] == [(right, True)]
    assert (suspect["record"], teacher["record"]) == ("4", "9")


@pytest.mark.parametrize("spans", [[], [(1190, 1300)], [(1300, 1400)], [(0, 5), (100, 1200)]])
def test_pieces_make_up_the_printed_part(spans: list[tuple[int, int]]) -> None:
    answer = "abcd efghi " * 200
    value = document(answer, "", passages=[span(one, (0, 0)) for one in spans])
    suspect = sides(value)[0]
    assert "".join(text for text, _ in suspect["pieces"]) == answer[:1200]
    marked = sum(len(text) for text, shared in suspect["pieces"] if shared)
    assert marked == sum(min(stop, 1200) - min(start, 1200) for start, stop in spans)
    assert suspect["cut"] == "cut at 1200 of 2200 characters, whole in results.json"


def test_an_answer_is_cut_at_so_many_lines_too() -> None:
    suspect, teacher = sides(document("\n" * 500, "short"))
    assert suspect["cut"] == "cut at 59 of 500 characters, whole in results.json"
    assert teacher["cut"] == ""


def test_what_results_json_does_not_hold_is_said() -> None:
    suspect = sides(document("x" * 4000, "", suspect_characters=9000))[0]
    assert suspect["cut"] == "cut at 1200 of 9000 characters, the first 4000 in results.json"
    assert suspect["pieces"][0][0].replace(BREAK, "") == "x" * 1200


def test_a_long_pair_may_run_over_a_page() -> None:
    shorts = [
        pairs(document(answer, ""))[0]["pairs"][0]["short"]
        for answer in ("a b", "word " * 230, "\n".join("abc" * 20))
    ]
    assert shorts == [True, True, False]
