"""What a report prints of its results.json, for whoever checks a PDF against it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cases.reports import pdf
from cases.reports.pages import pages_of

TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "reports" / "report.typ"

# The same ratios stand under "likelihood", and only part of them is drawn here.
_ELSEWHERE = ("answer", "ratios")
# Where a ratio stands in the Tippett plot is said in the sentence under it.
_RATIOS, _IN_PLOT = ("likelihood", "ratios"), "place"
_LOOKS = ("custody", "looks")
# Stands at the head of each page, beside the number of the finding.
_HEAD = ("front", "head")
# So many columns of the heat map stand side by side; the template says the same.
_MOST_COLUMNS = 30
# Drawn so that a text may be cut.
_OPTIONAL = "ticks"


def printed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the texts that are printed, those that a drawing may cut, and the rows of tables."""
    pages = pages_of(document)
    leaves = [(path, text) for path, text in _leaves(pages) if not _is_silent(path, text)]
    return {
        "due": [text for path, text in leaves if _OPTIONAL not in path],
        "optional": [text for path, text in leaves if _OPTIONAL in path],
        "rows": list(_rows(pages)),
    }


def _is_silent(path: tuple[Any, ...], text: str) -> bool:
    """Say whether a text is not drawn where it stands."""
    said = path[:2] == _RATIOS and path[-1] == _IN_PLOT
    return said or path[:2] == _ELSEWHERE or path == _HEAD or (path == _LOOKS and text == "0")


def press(document: dict[str, Any]) -> bytes:
    """Return the PDF of a document printed again; equal to the issued one by the same version.

    Raises ModuleNotFoundError where the press or the report's template is not installed.
    """
    if not TEMPLATE.exists():
        raise ModuleNotFoundError("The template is not installed.", name="the report's template")
    return pdf.render_before(document, template=TEMPLATE)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in items:
            yield from _leaves(one, (*path, key))


def _rows(pages: dict[str, Any]) -> Iterator[list[str]]:
    """Yield the cells of each row of the tables of the comparison, as the template orders them."""
    for chart in pages["charts"]:
        for row in chart["rows"]:
            excess = [one[part] for one in row["excess"] for part in ("estimate", "range")]
            yield [row["cosine"], *excess, row["share"], row["base_share"]]
    yield from _heat_map(pages["heat_map"]["rows"])
    for teacher in pages["tests"]:
        for one in teacher["tests"]:
            lead = one["lead"]
            cells = [one[name] for name in ("rank", "p_value", "floor", "holm")]
            yield [*cells, lead["estimate"], lead["range"]]


def _heat_map(rows: list[dict[str, Any]]) -> Iterator[list[str]]:
    for row in rows:
        cells = [cell["text"] for cell in row["cells"]]
        for start in range(0, len(cells), _MOST_COLUMNS):
            yield cells[start : start + _MOST_COLUMNS]
