"""What a person asks of a watch, made into the design that is sealed, or refused in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db.models import Count

from audit.analysis import battery
from audit.analysis.errors import InsufficientDataError, TouchstoneError, WrongSettingError
from audit.analysis.likelihood import default_pack
from audit.analysis.plan import Parameters
from audit.analysis.series.looks import Detector
from audit.analysis.series.sentinels import least_p_value
from audit.analysis.text import text_key
from audit.analysis.version import VERSION
from audit.collect.plan import Limits
from audit.models import Endpoint, Exchange, Source
from audit.services import embedding
from audit.services.matching import matched_prompts
from cases.models import Exhibit, WatchPlan
from cases.services.watches.design import LEVEL, Design, Pins, Sampling

SENTINELS = 12


class WatchRefusedError(TouchstoneError):
    """A watch cannot be opened or changed so; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person asks for who opens a watch, or changes its plan.

    `exhibits` are teachers and controls. Without prompts those are put that every exhibit
    answers, and without sentinels `drawn` of these, by the seed of the parameters.
    """

    endpoint: Endpoint
    exhibits: Sequence[Exhibit]
    line: str = ""
    prompts: tuple[str, ...] = ()
    battery: str = ""
    sentinels: tuple[str, ...] = ()
    drawn: int = SENTINELS
    parameters: Parameters = field(default_factory=lambda: Parameters(pack=default_pack().digest))
    repeats: int = 3
    reserve: int = 3
    level: float = LEVEL
    threshold: float = 10.0
    sampling: Sampling = field(default_factory=Sampling)
    limits: Limits = field(default_factory=Limits)


def designed(asked: Asked) -> Design:
    """Return the plan that is asked for, with its pins; raises TouchstoneError for none."""
    exhibits = _required(asked)
    sources = [one.source for one in exhibits]
    if asked.prompts:
        _require_answered(asked.prompts, sources, asked.parameters)
    prompts = asked.prompts or _shared_prompts(sources, asked.parameters)
    return _noticing(
        Design(
            line=asked.line,
            exhibits=tuple(one.label for one in exhibits),
            prompts=prompts,
            battery=asked.battery,
            sentinels=asked.sentinels or _drawn(prompts, asked.drawn, asked.parameters.seed),
            parameters=asked.parameters,
            pins=pins(),
            repeats=asked.repeats,
            reserve=asked.reserve,
            level=asked.level,
            threshold=asked.threshold,
            sampling=asked.sampling,
            limits=asked.limits,
        )
    )


def _noticing(design: Design) -> Design:
    """Return a design; refuse one under which no other answers, however other, would be noticed.

    After so many looks as are kept in reserve, new answers are held against new ones.
    """
    least = least_p_value(len(design.sentinels), design.repeats)
    detector = Detector(design.level)
    for _ in range(design.reserve):
        detector = detector.look(least)
    if not detector.alarms:
        raise WatchRefusedError(
            f"With {len(design.sentinels)} sentinel prompts, {design.repeats} answers to each and"
            f" {design.reserve} looks in reserve no change of behaviour could be noticed at one"
            f" false alarm in {1 / design.level:,.0f} looks: draw more sentinel prompts, put each"
            " more often, or allow more false alarms."
        )
    return design


def of_battery(count: int | None, language: str, seed: int) -> tuple[tuple[str, ...], str]:
    """Return so many prompts of the stored battery, and what names it in a plan."""
    rng = np.random.default_rng(seed)
    chosen = battery.choose(count, languages={language} if language else None, rng=rng)
    named = f"battery version {battery.VERSION}, digest {battery.digest()}"
    return tuple(one.text for one in chosen), named


def answered_by_all(prompts: Sequence[str], sources: Sequence[Source]) -> int:
    """Return how many of these prompts every source answers, by their same text."""
    keys = {text_key(one) for one in prompts}
    rows = Exchange.objects.filter(source__in=sources, prompt_key__in=keys).values("prompt_key")
    asked = rows.annotate(sources=Count("source", distinct=True))
    return asked.filter(sources=len({one.pk for one in sources})).count()


def endpoint_of(plan: WatchPlan) -> Endpoint:
    """Return the endpoint that a version of a plan names."""
    return Endpoint.objects.get(pk=plan.plan["endpoint"]["id"])


def pins() -> Pins:
    """Return what this site computes with now."""
    return Pins(VERSION, embedding.current_identity().digest, default_pack().digest)


def is_pinned(plan: WatchPlan) -> bool:
    """Tell whether this site computes with what a plan is pinned to."""
    return Design.from_dict(plan.plan["design"]).pins == pins()


def _required(asked: Asked) -> list[Exhibit]:
    found = sorted(asked.exhibits, key=lambda one: one.number)
    roles = [one.role for one in found]
    least = asked.parameters.least_controls
    unread = [one.label for one in found if one.source.state != Source.State.READ]
    if unread or Exhibit.Role.SUSPECT in roles or Exhibit.Role.TEACHER not in roles:
        raise WatchRefusedError(
            "A watch rests on exhibits that are read: at least one teacher, and controls. The "
            "suspect is the model that is watched."
        )
    if roles.count(Exhibit.Role.CONTROL) < least:
        raise InsufficientDataError(
            f"A watch needs {least} controls and {roles.count(Exhibit.Role.CONTROL)} are chosen."
        )
    return found


def _require_answered(
    prompts: tuple[str, ...], sources: list[Source], parameters: Parameters
) -> None:
    """Refuse a battery of which too few prompts were put to the teachers and controls."""
    if parameters.near_prompt is not None:
        return
    answered = answered_by_all(prompts, sources)
    if answered < parameters.least_prompts:
        raise InsufficientDataError(
            f"Of these {len(prompts):,} prompts every chosen file answers {answered:,}, and an"
            f" audit needs {parameters.least_prompts}: put prompts that the files answer, or first"
            " put these to the teachers and controls too."
        )


def _shared_prompts(sources: list[Source], parameters: Parameters) -> tuple[str, ...]:
    keys = matched_prompts(sources, parameters)
    if len(keys) < parameters.least_prompts:
        raise InsufficientDataError(
            f"The exhibits share {len(keys)} prompts and an audit needs"
            f" {parameters.least_prompts}. Choose others, or hand in more."
        )
    rows = Exchange.objects.filter(source=sources[0], prompt_key__in=keys).order_by("record")
    return tuple(rows.values_list("prompt", flat=True))


def _drawn(prompts: tuple[str, ...], count: int, seed: int) -> tuple[str, ...]:
    if count < 1:
        raise WrongSettingError("A watch needs sentinel prompts: draw at least one, or name some.")
    places = np.random.default_rng(seed).permutation(len(prompts))[:count]
    return tuple(prompts[place] for place in sorted(places))
