"""Markdown to plain prose."""

import re
from collections.abc import Iterable
from itertools import groupby

_FENCE = re.compile(r"(?:`{3,}|~{3,})\s*[\w+#.-]*")
_RULE = re.compile(r"([-_*])(?:\s*\1){2,}|={3,}")
# White space must follow a mark: "|x|", "-5", "#1" and "3.5" are no layout.
_MARKS = re.compile(r"(?:(?:>+|\|+|#{1,6}|[-*+\u2022]|\d{1,3}[.)])\s+)*")
_EMPHASIS = re.compile(r"[*_]+")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_STRUCK = re.compile(r"~~+")


def plain_prose(text: str) -> str:
    """Return the text without headings, bullets, numbers, quotes, bold, code marks and tables.

    The items of a list and the rows of a table become one paragraph, the cells of a row are
    joined by commas, and an item without a closing mark gets a full stop. The words stay, but for
    the addresses of links. Doing it twice changes nothing more; nothing may be left.
    """
    lines = (_plain(line) for line in text.split("\n"))
    kept = (line for line in lines if line is not None)
    prose = "\n".join(
        _paragraph(rows) if marked else "\n".join(rows) for marked, rows in _runs(kept)
    )
    return re.sub(r"\n{3,}", "\n\n", prose).strip()


def _runs(lines: Iterable[tuple[str, bool]]) -> Iterable[tuple[bool, list[str]]]:
    """Return the runs of lines that were marked and that were not."""
    for marked, run in groupby(lines, key=lambda line: line[1]):
        yield marked, [line for line, _ in run]


def _plain(line: str) -> tuple[str, bool] | None:
    """Return the line without marks and whether it had any in front; None if it is layout only."""
    line = line.strip()
    if _FENCE.fullmatch(line) or _is_rule(line):
        return None
    is_row = line.startswith(("| ", "|\t")) and line.count("|") > 1 and line.endswith("|")
    bare = _without_inline_marks(_cells(line) if is_row else line).strip()
    marks = _MARKS.match(bare)
    words = bare[marks.end() :] if marks else bare
    if _is_rule(bare) or _is_rule(words):
        return None
    return words, is_row or words != bare


def _is_rule(line: str) -> bool:
    """Say whether the line is one that is drawn: between parts, under a heading, in a table."""
    of_table = line.startswith("|") and "-" in line and not set(line) - set("|:- \t")
    return of_table or bool(_RULE.fullmatch(line))


def _cells(row: str) -> str:
    cells = (cell.strip() for cell in row.split("|"))
    return ", ".join(cell for cell in cells if cell)


def _without_inline_marks(line: str) -> str:
    """Return the line without code marks, emphasis, links and strokes, in an order that is final.

    A bracket that seems to be a link's and is not gets a space, so that it is none later either.
    """
    line = _EMPHASIS.sub(_kept_emphasis, line.replace("`", ""))
    line = _STRUCK.sub("", _LINK.sub(r"\1", line))
    return line.replace("](", "] (")


def _kept_emphasis(run: re.Match[str]) -> str:
    """Return the marks that are none of emphasis: "2 * 3", "a*b", "snake_case"."""
    left = run.string[run.start() - 1 : run.start()]
    right = run.string[run.end() : run.end() + 1]
    stands_alone = not left.strip() and not right.strip()
    joins = left.isalnum() and right.isalnum() and "**" not in run.group()
    return run.group() if stands_alone or joins else ""


def _paragraph(rows: list[str]) -> str:
    """Return the rows as one line, or as they are where that line would read as layout again."""
    ended = [_ended(row) for row in rows if row]
    joined = " ".join(ended)
    return joined if _plain(joined) == (joined, False) else "\n".join(ended)


def _ended(row: str) -> str:
    """Return the row with a full stop, if it has letters and no closing mark."""
    has_letters = any(one.isalpha() for one in row)
    return f"{row}." if has_letters and row[-1].isalnum() else row
