"""What a chart is: a specification in Vega-Lite, what is seen on it, and the data beside it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Chart:
    """One drawing; `spec` is Vega-Lite with its data inside, `alt` says what is seen on it."""

    key: str
    title: str
    alt: str
    spec: dict[str, Any] = field(hash=False)
