"""What every encoder offers, and the record of how a vector was made."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from audit.analysis.encoders.identity import EncoderIdentity

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Way:
    """How a vector was made; two ways of one encoder agree within a tolerance, not bit for bit."""

    backend: str
    device: str
    precision: str
    versions: tuple[tuple[str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the way as a JSON object."""
        return {**asdict(self), "versions": dict(self.versions)}


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def identity(self) -> EncoderIdentity:
        """Which encoder this is."""
        ...

    @property
    def way(self) -> Way:
        """How this process makes its vectors."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n, d) rows of unit length, in the order given."""
        ...


def versions_of(*packages: str) -> tuple[tuple[str, str], ...]:
    """Return (package, installed version) of each, by name."""
    return tuple((package, version(package)) for package in sorted(packages))


def usable_cores() -> int:
    """Return how many cores this process may use, which is not how many the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def processor() -> str:
    """Return the name of the processor: another kind may round other digits."""
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
