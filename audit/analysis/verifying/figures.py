"""Every figure printed in a PDF against the printed form of its results: none more, none less.

The text of a PDF has lost its tables and is cut by lines and pages. So figures are counted: each
must stand there as often as the results have it printed, and none that they do not have. Rows of
tables, where a figure could change places with another, are looked up whole.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

# A number with its sign and its fraction, but not the digits within words. A capital may follow:
# a PDF's text has the letter of an exhibit at the end of its row, without a space.
_FIGURE = re.compile(r"(?<![\w.])[+\-\u2212]?\d+(?:,\d{3})*(?:\.\d+)?(?![a-z\d_])(?!\.\d)")
_DIGEST = re.compile(r"[0-9a-f]{12,}")
# Where a long word may be cut; reading a PDF loses them.
_UNSEEN = {0x200B: None, 0xAD: None}

Difference = tuple[str, str]
Printed = Mapping[str, Sequence[str]]


def differences(
    pages: Sequence[str], printed: Printed, rows: Sequence[Sequence[str]]
) -> tuple[int, list[Difference]]:
    """Return how many figures the pages have, and where each differs from what is due.

    `printed` has under "due" every text that the results have printed, and under "optional" those
    that a drawing may cut; `rows` are the cells of each row of a table in their order.
    """
    found = [figures(_body(page)) for page in pages]
    every = Counter(one for page in found for one in page)
    due, optional = (Counter(figures(*printed[name])) for name in ("due", "optional"))
    problems = [
        *_strange(map(figures, pages), {_plain(one) for one in due + optional}),
        *_missing(every, due, optional),
        *_broken_rows([one for page in found for one in page], rows),
    ]
    return sum(every.values()), problems


def figures(*texts: str) -> list[str]:
    """Return the figures of the texts in their order; digests are none."""
    plain = (text.translate(_UNSEEN) for text in texts)
    return [one for text in plain for one in _FIGURE.findall(_DIGEST.sub(" ", text))]


def _body(page: str) -> str:
    """Return a page without its head and its foot, which number it."""
    return "\n".join(page.splitlines()[1:-1])


def _strange(found: Iterable[list[str]], known: set[str]) -> Iterator[Difference]:
    """Yield the measured figures, which have a fraction, that the results do not have."""
    for number, page in enumerate(found, start=1):
        for one in page:
            if "." in one and _plain(one) not in known:
                yield f"page {number}", f"prints {one}, which the results do not have printed"


def _missing(
    every: Counter[str], due: Counter[str], optional: Counter[str]
) -> Iterator[Difference]:
    for one, times in due.items():
        have = every[one] - (optional[one] if every[one] > times else 0)
        if have < times:
            yield (
                "all pages",
                f"prints {one} {every[one]} times; the results have it {times} times",
            )


def _broken_rows(found: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Difference]:
    """Yield the rows whose figures do not stand one after another anywhere."""
    text = f" {' '.join(found)} "
    for row in rows:
        wanted = figures(*row)
        if wanted and f" {' '.join(wanted)} " not in text:
            yield "a table", f"does not print the row {' '.join(wanted)} as the results have it"


def _plain(figure: str) -> str:
    return figure.lstrip("+-\u2212")
