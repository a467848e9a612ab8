"""Matched pairs: each answer cut where it must be, its shared passages marked."""

from collections.abc import Iterator
from typing import Any

from cases.reports.figures import decimals
from cases.reports.names import on_one_line

Row = dict[str, Any]

_PROMPT_PRINTING = {"most_characters": 600, "most_lines": 12}
# Characters a line, so low that a pair called short is short; and lines that fit on a page.
_PROMPT_WIDTH, _ANSWER_WIDTH = 90, 40
_MOST_UNBROKEN = 50


def pairs(document: dict[str, Any]) -> list[Row]:
    """Return the drawn pairs by teacher, each pair with both answers as marked pieces."""
    result, printing = document["result"], document["printing"]
    return [
        {
            "label": teacher["label"],
            "model": on_one_line(teacher["model"]),
            "pairs": [
                _pair(one, printing)
                for one in result["pairs"]
                if one["teacher_label"] == teacher["label"]
            ],
        }
        for teacher in result["teachers"]
    ]


def _pair(one: Row, printing: Row) -> Row:
    prompt = _prompt(one["prompt"])
    otherwise = _prompt(one["teacher_prompt"])
    sides = [_side(one, "suspect", "left", printing), _side(one, "teacher", "right", printing)]
    texts = ["".join(text for text, _ in side["pieces"]) for side in sides]
    lines = sum(_lines(each["text"], _PROMPT_WIDTH) for each in (prompt, otherwise))
    lines += max(_lines(text, _ANSWER_WIDTH) for text in texts)
    return {
        "prompt": prompt,
        "teacher_prompt": otherwise,
        "cosine": decimals(one["cosine"]),
        "passages": str(len(one["passages"])),
        "sides": sides,
        "short": lines <= _MOST_UNBROKEN,
    }


def _lines(text: str, width: int) -> int:
    """Return about how many lines a text takes at so many characters a line."""
    return sum(1 + len(line) // width for line in text.split("\n"))


def _prompt(text: str) -> Row:
    kept = text[: _end(text, _PROMPT_PRINTING)]
    return {"text": kept, "cut": kept != text}


def _side(one: Row, side: str, place: str, printing: Row) -> Row:
    answer = one[f"{side}_answer"]
    end = _end(answer, printing)
    spans = [(each[f"{place}_start"], each[f"{place}_end"]) for each in one["passages"]]
    return {
        "record": str(one[f"{side}_record"]),
        "pieces": list(pieces(answer, end, spans)),
        "cut": _cut(end, len(answer), one[f"{side}_characters"]),
    }


def _end(answer: str, printing: Row) -> int:
    """Return where the printed part of an answer ends: so many characters, so many lines."""
    kept = answer[: printing["most_characters"]]
    lines = kept.split("\n")
    return len("\n".join(lines[: printing["most_lines"]]))


def pieces(answer: str, end: int, spans: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Yield the answer up to `end` in pieces, each with whether both answers have it."""
    here = 0
    for start, stop in sorted(spans):
        first, last = min(start, end), min(stop, end)
        if last > first:
            yield answer[here:first], False
            yield answer[first:last], True
            here = last
    yield answer[here:end], False


def _cut(end: int, held: int, whole: int) -> str:
    if end == whole:
        return ""
    rest = "whole in results.json" if held == whole else f"the first {held} in results.json"
    return f"cut at {end} of {whole} characters, {rest}"
