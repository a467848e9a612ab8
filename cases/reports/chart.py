"""A figure as a value: what is drawn, what is said of it, and its numbers as a table."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a figure as they are printed: titles of columns, and rows of cells.

    The first so many columns are `words`, the others are numbers.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 0


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

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text that the picture prints: those of ticks and rows, then all other words."""
        layers = self.spec["layer"]
        axes = {
            channel: encoding["axis"]
            for layer in reversed(layers)
            for channel, encoding in layer["encoding"].items()
            if "axis" in encoding
        }
        words = [
            row["text"]
            for layer in layers
            if layer["mark"]["type"] == "text"
            for row in layer["data"]["values"]
        ]
        return (*(text for axis in axes.values() for text in _of_axis(axis)), *words)


def _of_axis(axis: Row) -> Iterator[str]:
    found, _ = json.JSONDecoder().raw_decode(axis["labelExpr"])
    yield from found
