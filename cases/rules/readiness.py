"""May a plan be sealed over these exhibits? Answers in sentences; none means yes."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """One exhibit as far as readiness goes."""

    label: str
    filename: str
    read: bool
    problem: str
    withdrawn: bool


def problems(candidates: Iterable[Candidate]) -> list[str]:
    """Return one sentence for each exhibit that a plan cannot rest on."""
    return [sentence for one in candidates if (sentence := _problem(one))]


def _problem(one: Candidate) -> str:
    name = f"Exhibit {one.label} ({one.filename})"
    if one.withdrawn:
        return f"{name} was withdrawn. Leave it out of the plan."
    if one.problem:
        return f"{name} cannot be read: {one.problem} Leave it out, or upload it mended."
    if not one.read:
        return f"{name} is still being read. Wait until it is done."
    return ""
