"""What a watch asks and how it weighs: sealed by its digest, changed only by another version."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from audit.analysis.errors import WrongSettingError
from audit.analysis.plan import Parameters
from audit.collect.pacing import Prices
from audit.collect.plan import Limits, Plan
from audit.models import Endpoint

# A false alarm in a year of daily looks, in the mean.
LEVEL = 1 / 365
# Fewer answers cannot tell of a change: two on one side, one on the other.
LEAST_REPEATS = 2


@dataclass(frozen=True, slots=True)
class Pins:
    """What may not differ between the runs of one version: software, encoder, calibration."""

    software: str
    encoder: str
    pack: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How every question is put."""

    system: str = ""
    temperature: float | None = None
    seed: int | None = None
    max_tokens: int = 1024


@dataclass(frozen=True, slots=True)
class Design:
    """The whole of it; raises WrongSettingError for what could not be carried out as it says.

    `line` is how the names of its models begin: a new one in the provider's list is a release;
    "" watches the one name alone. `reserve` is how many looks back a look is held against.
    `threshold` is the likelihood ratio of which people are told.
    """

    line: str
    exhibits: tuple[str, ...]
    prompts: tuple[str, ...]
    sentinels: tuple[str, ...]
    parameters: Parameters
    pins: Pins
    battery: str = ""
    repeats: int = 3
    reserve: int = 3
    level: float = LEVEL
    threshold: float = 10.0
    sampling: Sampling = field(default_factory=Sampling)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Refuse what could tell nothing."""
        if self.repeats < LEAST_REPEATS or self.reserve < 1:
            raise WrongSettingError(
                f"Put each sentinel prompt at least {LEAST_REPEATS} times at each look, and keep"
                " the answers of at least one look."
            )
        if not 0 < self.level < 1:
            raise WrongSettingError(
                f"The level of the detector is {self.level}: give one over the number of looks in"
                " which one false alarm may come, such as 1/365."
            )
        if not self.sentinels:
            raise WrongSettingError("A watch needs sentinel prompts: name some.")

    def as_dict(self) -> dict[str, Any]:
        """Return it as the JSON whose digest seals it."""
        lists = {"exhibits", "prompts", "sentinels"}
        return {k: list(v) if k in lists else v for k, v in asdict(self).items()}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """Return the design that `as_dict` gave."""
        parts = {
            "exhibits": tuple(value["exhibits"]),
            "prompts": tuple(value["prompts"]),
            "sentinels": tuple(value["sentinels"]),
            "parameters": Parameters(**value["parameters"]),
            "pins": Pins(**value["pins"]),
            "sampling": Sampling(**value["sampling"]),
            "limits": Limits(**value["limits"]),
        }
        return cls(**{**value, **parts})

    def battery_plan(self, endpoint: Endpoint) -> Plan:
        """Return what an audit asks: each prompt once."""
        return self._plan(endpoint, self.prompts, 1, 0)

    def sentinel_plan(self, endpoint: Endpoint, chunks: int, look: int) -> Plan:
        """Return what a look asks: each sentinel prompt, so many times for each chunk."""
        return self._plan(endpoint, self.sentinels, chunks * self.repeats, look)

    def _plan(self, endpoint: Endpoint, prompts: tuple[str, ...], repeats: int, look: int) -> Plan:
        asked = asdict(self.sampling)
        if self.sampling.seed is not None:
            # One seed at every look would only ask for the same answers again.
            asked["seed"] = self.sampling.seed + 1000 * look
        return Plan(
            kind=endpoint.kind,
            url=endpoint.url,
            model=endpoint.model,
            prompts=prompts,
            battery=self.battery,
            repeats=repeats,
            prices=Prices(endpoint.price_in, endpoint.price_out),
            currency=endpoint.currency,
            limits=self.limits,
            **asked,
        )
