"""A figure as a value: what is drawn, what is said of it, and its numbers as a table."""

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a figure as they are printed: titles of columns, and rows of cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure; `spec` is Vega-Lite with its data inside, `alt` says what is seen.

    `key` is unique within a document and made of letters, digits and hyphens. Names of others
    stand in `spec`, `alt` and `table` raw, but for what cannot be seen.
    """

    key: str
    title: str
    alt: str
    spec: Spec = field(hash=False)
    table: Table
