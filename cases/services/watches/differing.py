"""The settings of a plan in words, what differs in another version, and what that means."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from audit.analysis.series.changes import LEAST_PROMPTS
from audit.analysis.text import text_key
from audit.collect.pacing import amount
from cases.models import Exhibit
from cases.services.watches.design import Design

Sealed = Mapping[str, Any]
_LONGEST = 120
_SHORT = 12
_KEPT = "Runs that are under way keep the version that they began with."
_UNUSED = (
    "Answers kept from looks under the version before are not used: the first look under the new"
    " one leaves answers behind, and other behaviour can be told from the next on."
)
_LISTED = {
    "Teachers and controls": "exhibits",
    "Prompts of an audit": "prompts",
    "Sentinel prompts": "sentinels",
}


def settings_of(plan: Sealed) -> dict[str, str]:
    """Return what a sealed plan says, by name and in words."""
    design = Design.from_dict(plan["design"])
    address = plan["endpoint"]
    return {
        "Model": f"{address['model']} at {address['url']}",
        "Prices of a million tokens": _prices(address),
        "Releases": f"names that begin with {design.line}" if design.line else "the one name",
        "Teachers and controls": ", ".join(design.exhibits),
        "Prompts of an audit": f"{len(design.prompts):,}",
        "Battery": design.battery or "prompts of the matter or of a person",
        "Sentinel prompts": f"{len(design.sentinels):,}",
        **_detecting(design),
        **_asking(design),
        **_weighing(design),
    }


def differences(before: Sealed, after: Sealed) -> list[str]:
    """Return in words what of a plan is another than before."""
    old, new = settings_of(before), settings_of(after)
    found = [
        f"{name}: {new[name]}; before: {old[name]}"
        for name in new
        if old[name] != new[name] and name not in _LISTED
    ]
    for name, key in _LISTED.items():
        if said := _members(before["design"][key], after["design"][key], named=key == "exhibits"):
            found.append(f"{name}: {said}")
    return found


def meaning(before: Sealed, after: Sealed, roles: Mapping[str, str]) -> list[str]:
    """Return what another version means for the series; roles are those of exhibits by label."""
    old, new = Design.from_dict(before["design"]), Design.from_dict(after["design"])
    return [
        _KEPT,
        _UNUSED,
        *_on_series(old, new, roles),
        *_on_method(old, new),
        *_on_teachers(old, new, roles),
    ]


def _on_series(old: Design, new: Design, roles: Mapping[str, str]) -> Iterator[str]:
    if apart := _apart(old, new, roles):
        yield (
            f"Releases audited before are not held against those after, because"
            f" {' and '.join(apart)}. Audit the last release again under the new version, and"
            " later ones can be held against it."
        )
    elif (shared := _shared(old, new)) < LEAST_PROMPTS:
        yield (
            f"Both versions put {shared} prompts in common and a change needs {LEAST_PROMPTS}:"
            " releases audited before are not held against those after."
        )
    elif old.prompts != new.prompts:
        yield (
            f"The series goes on, over the {shared:,} prompts that both versions put; levels that"
            " tests of it have spent stay spent."
        )
    else:
        yield "The series goes on; levels that tests of it have spent stay spent."


def _on_method(old: Design, new: Design) -> Iterator[str]:
    if old.pins.software != new.pins.software:
        yield (
            f"Software {new.pins.software} computes in the place of {old.pins.software}: releases"
            " before are held against those after where both come to the same likeness from the"
            " same answers."
        )
    if old.pins.pack != new.pins.pack:
        yield "Ratios before and after rest on two calibrations, and are not on one scale."


def _on_teachers(old: Design, new: Design, roles: Mapping[str, str]) -> Iterator[str]:
    teachers = [
        {label for label in one.exhibits if roles.get(label) == Exhibit.Role.TEACHER}
        for one in (old, new)
    ]
    if gone := teachers[0] - teachers[1]:
        yield f"The series of {_list(gone)} ends here."
    if come := teachers[1] - teachers[0]:
        yield f"A series of {_list(come)} begins here."


def _apart(old: Design, new: Design, roles: Mapping[str, str]) -> list[str]:
    controls = [
        {label for label in one.exhibits if roles.get(label) == Exhibit.Role.CONTROL}
        for one in (old, new)
    ]
    reasons = (
        ("the controls are others", controls[0] == controls[1]),
        ("the questions are put in another way", old.sampling == new.sampling),
        ("the encoder is another", old.pins.encoder == new.pins.encoder),
    )
    return [words for words, same in reasons if not same]


def _shared(old: Design, new: Design) -> int:
    return len({text_key(one) for one in old.prompts} & {text_key(one) for one in new.prompts})


def _detecting(design: Design) -> dict[str, str]:
    return {
        "Answers to each sentinel prompt": f"{design.repeats}",
        "Looks kept in reserve": f"{design.reserve}",
        "False alarms": f"one in {1 / design.level:,.0f} looks, in the mean",
        "Likelihood ratio that is told of": f"{design.threshold:g}",
    }


def _asking(design: Design) -> dict[str, str]:
    put, limits = design.sampling, design.limits
    money = "none" if limits.money is None else amount(limits.money, "")
    return {
        "System prompt": _cut(put.system) or "none",
        "Temperature": "as the model is offered"
        if put.temperature is None
        else f"{put.temperature:g}",
        "Seed of the answers": "none" if put.seed is None else f"{put.seed}",
        "Tokens of an answer": f"at most {put.max_tokens:,}",
        "Requests a second": f"{limits.requests_per_second:g}"
        if limits.requests_per_second
        else "no limit",
        "Asked at once": f"{limits.concurrency}",
        "Attempts at a call": f"{limits.most_attempts}",
        "Budget of a run in tokens": "none" if limits.tokens is None else f"{limits.tokens:,}",
        "Budget of a run in money": money,
    }


def _weighing(design: Design) -> dict[str, str]:
    given, pins = design.parameters, design.pins
    return {
        "Level of the rank test": f"{given.alpha:g}",
        "Least controls": f"{given.least_controls}",
        "Least prompts": f"{given.least_prompts}",
        "Seed of what is drawn": f"{given.seed}",
        "Software": pins.software,
        "Encoder": pins.encoder[:_SHORT],
        "Calibration pack": pins.pack[:_SHORT],
    }


def _members(before: Sequence[str], after: Sequence[str], *, named: bool) -> str:
    """Return in words what was put in and taken out; "" where nothing was."""
    come, gone = (
        [one for one in first if one not in set(second)]
        for first, second in ((after, before), (before, after))
    )
    parts = [
        f"{', '.join(found) if named else f'{len(found):,}'} {what}"
        for found, what in ((come, "put in"), (gone, "taken out"))
        if found
    ]
    if not parts:
        return "" if list(before) == list(after) else "in another order"
    total = "" if named else f"{len(after):,}, before {len(before):,}: "
    return f"{total}{', '.join(parts)}"


def _prices(address: Mapping[str, Any]) -> str:
    if "price_in" not in address:
        return "those of the endpoint"
    currency = address["currency"]
    given = [amount(address[name], currency) for name in ("price_in", "price_out")]
    return f"{given[0]} in, {given[1]} out"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … ({len(text):,} characters)"


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names))
