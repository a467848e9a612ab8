"""Calibration packs: all that turns a case's features into a likelihood ratio, named by digest."""

import json
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import numpy as np

from audit.analysis.calibration.bounds import Bounds
from audit.analysis.calibration.log_lrs import LN10
from audit.analysis.calibration.logistic import Fusion
from audit.analysis.digests import canonical_json, digest_of
from audit.analysis.errors import IntegrityError, WrongSettingError
from audit.analysis.fusion.training import Floats

FORMAT = "touchstone-pack/3"
DEFAULT = "default"
_FILE = "pack.json"
# A few unanswered prompts make no other size of what is nearly as large.
_NEARLY = 0.95


@dataclass(frozen=True, slots=True)
class Fit:
    """The fusion for at least so many prompts and controls, and how it did on documented pairs.

    `family`: for all files of a teacher's family together, the one that fits best counting; else
    for one file of the teacher. `h1` and `h2` are quantiles, rising, of the cross-validated,
    bounded log10-LRs that the figures come from.
    """

    prompts: int
    controls: int
    family: bool
    fusion: Fusion
    bounds: Bounds
    h1: tuple[float, ...]
    h2: tuple[float, ...]
    figures: dict[str, Any]

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Self:
        """Return the fit that `asdict` wrote."""
        fused = value["fusion"]
        seen = tuple((low, high) for low, high in fused["seen"])
        fusion = Fusion(tuple(fused["weights"]), fused["offset"], seen)
        return cls(
            value["prompts"],
            value["controls"],
            value["family"],
            fusion,
            Bounds(**value["bounds"]),
            tuple(value["h1"]),
            tuple(value["h2"]),
            value["figures"],
        )

    @property
    def log_lrs(self) -> tuple[Floats, Floats]:
        """The natural log-LRs under H1 and under H2."""
        return np.array(self.h1) * LN10, np.array(self.h2) * LN10


@dataclass(frozen=True, slots=True)
class Pack:
    """A calibration: the fused signals by name, fits by size of the material, and the domain.

    `population` describes the models without naming one; `domain` holds for each measured trait
    of the material the range that the population spans.
    """

    name: str
    method: str
    signals: tuple[str, ...]
    fits: tuple[Fit, ...]
    population: dict[str, Any]
    domain: dict[str, Any]
    format: str = FORMAT

    def as_dict(self) -> dict[str, Any]:
        """Return the pack as the JSON value that its digest is taken of."""
        value: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return value

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Self:
        """Return the pack that `as_dict` wrote."""
        fits = tuple(Fit.from_dict(one) for one in value["fits"])
        return cls(**(value | {"signals": tuple(value["signals"]), "fits": fits}))

    @property
    def digest(self) -> str:
        """The SHA-256 of the pack's canonical JSON."""
        return digest_of(self.as_dict())

    def fits_of(self, *, family: bool) -> tuple[Fit, ...]:
        """Return the fits for a teacher's family or for one file of it."""
        return tuple(one for one in self.fits if one.family == family)

    def fit_for(self, prompts: int, controls: int, *, family: bool = False) -> Fit | None:
        """Return the fit for the largest size that the material still has; None for too little.

        Of the fits that it reaches, those of the most prompts, and of these that of the most
        controls.
        """
        reached = [
            one
            for one in self.fits_of(family=family)
            if one.prompts * _NEARLY <= prompts and one.controls <= controls
        ]
        return max(reached, key=lambda one: (one.prompts, one.controls)) if reached else None

    def limits(self, fit: Fit) -> dict[str, Any]:
        """Return the limits of the domain that material for this fit is checked against."""
        return {"traits": self.domain["traits"], "spreads": fit.figures["spreads"]}


def save(pack: Pack, folder: Path) -> Path:
    """Write the pack into `folder` under a name that holds its digest, and return that folder."""
    place = folder / f"pack-{pack.digest[:16]}"
    place.mkdir(parents=True, exist_ok=True)
    draft = place / f"{_FILE}.part"
    draft.write_bytes(canonical_json(pack.as_dict()))
    draft.replace(place / _FILE)
    return place


def load(place: str | Path) -> Pack:
    """Return the pack in a folder, or the one that is shipped for the name "default".

    Raises WrongSettingError for a folder without a pack, IntegrityError for one that was changed.
    """
    if str(place) == DEFAULT:
        shipped = files("audit.analysis.fusion") / "packs" / DEFAULT / _FILE
        return _read(shipped.read_bytes(), str(shipped), digest=None)
    folder = Path(place)
    path = folder / _FILE
    if not path.is_file():
        raise WrongSettingError(
            f"{folder} holds no calibration pack: there is no {_FILE} in it. Name the folder that "
            "`calibrate` printed, or `default`."
        )
    name = folder.resolve().name
    digest = name.removeprefix("pack-") if name.startswith("pack-") else None
    return _read(path.read_bytes(), str(path), digest=digest)


def _read(data: bytes, path: str, *, digest: str | None) -> Pack:
    try:
        pack = Pack.from_dict(json.loads(data))
    except (ValueError, KeyError, TypeError) as wrong:
        raise IntegrityError(
            f"{path} is no calibration pack that this version reads ({wrong}). Make it anew with "
            "`calibrate`."
        ) from wrong
    if pack.format != FORMAT or (digest and not pack.digest.startswith(digest)):
        raise IntegrityError(
            f"{path} is not the pack that its folder is named after: its digest is {pack.digest}. "
            "It was changed after it was made; take the original."
        )
    return pack
