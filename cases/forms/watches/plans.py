"""What a watch asks and how it weighs, as it comes in from a page or a command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from audit.analysis.errors import TouchstoneError
from audit.analysis.likelihood import default_pack
from audit.analysis.plan import Parameters
from audit.collect.pacing import MILLION
from audit.collect.plan import Limits
from audit.models import Endpoint
from cases.forms.watches.prompts import as_lines, prompts_in, prompts_of_file
from cases.forms.watches.settings import BATTERY, DEFAULTS, KEPT, OWN, PlanFields
from cases.models import Exhibit
from cases.services import watches
from cases.services.watches import SENTINELS, Design


class PlanForm(PlanFields):
    """The settings of a plan; another version may not be laxer than it or the defaults were."""

    def __init__(
        self, *args: Any, ready: QuerySet[Exhibit], before: Design | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._before = before
        self._base = before.parameters if before else DEFAULTS
        self._own: tuple[str, ...] = ()
        self._named: tuple[str, ...] = ()
        for name, role in (("teachers", "teacher"), ("controls", "control")):
            field: Any = self.fields[name]
            field.queryset = ready.filter(role=role)
            field.initial = list(field.queryset)

    def clean(self) -> dict[str, Any]:
        """Read the prompts that are handed in, and refuse what is laxer than other plans."""
        given = self.cleaned_data
        if given.get("put") == OWN:
            file = given.get("own_file")
            where = "own_file" if file else "own"
            self._own = self._read(
                where, lambda: prompts_of_file(file) if file else prompts_in(given.get("own", ""))
            )
        if given.get("sentinels_from") == OWN:
            self._named = self._read("sentinels", lambda: prompts_in(given.get("sentinels", "")))
        self._require_as_strict(given)
        return given

    def _read(self, where: str, read: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        try:
            return read()
        except (ValidationError, TouchstoneError) as error:
            self.add_error(where, error if isinstance(error, ValidationError) else str(error))
        return ()

    def _require_as_strict(self, given: dict[str, Any]) -> None:
        alpha = max(self._base.alpha, DEFAULTS.alpha)
        if not 0 < given.get("alpha", alpha) <= alpha:
            self.add_error("alpha", f"Give a level above 0 and of {alpha:g} at most.")
        for name in ("least_controls", "least_prompts"):
            least = min(getattr(self._base, name), getattr(DEFAULTS, name))
            if given.get(name, least) < least:
                self.add_error(name, f"Give {least} at least.")

    def keep_file(self) -> None:
        """Have the prompts of a file stand as text, so that the form can be sent again."""
        if self.cleaned_data.get("own_file") and self._own:
            sent: Any = self.data
            data = sent.copy()
            data["own"] = as_lines(self._own)
            self.data = data

    def asked(self, endpoint: Endpoint, line: str) -> watches.Asked:
        """Return what is asked for; raises TouchstoneError for prompts that are not there."""
        given = self.cleaned_data
        prompts, named = self._prompts()
        return watches.Asked(
            endpoint=endpoint,
            exhibits=[*given["teachers"], *given["controls"]],
            line=line,
            prompts=prompts,
            battery=named,
            sentinels=self._sentinels(),
            drawn=given["drawn"] or SENTINELS,
            parameters=self._parameters(),
            repeats=given["repeats"],
            reserve=given["reserve"],
            level=1 / given["looks_per_alarm"],
            threshold=given["threshold"],
            sampling=watches.Sampling(
                given["system"], given["temperature"], given["seed"], given["max_tokens"]
            ),
            limits=self._limits(),
        )

    def _prompts(self) -> tuple[tuple[str, ...], str]:
        given = self.cleaned_data
        if given["put"] == BATTERY:
            count, language = given["battery_count"], given["battery_language"]
            return watches.of_battery(count, language, given["draw_seed"])
        if given["put"] == KEPT and self._before:
            return self._before.prompts, self._before.battery
        return self._own, ""

    def _sentinels(self) -> tuple[str, ...]:
        if self.cleaned_data["sentinels_from"] == KEPT and self._before:
            return self._before.sentinels
        return self._named

    def _parameters(self) -> Parameters:
        given = self.cleaned_data
        return replace(
            self._base,
            pack=default_pack().digest,
            alpha=given["alpha"],
            least_controls=given["least_controls"],
            least_prompts=given["least_prompts"],
            seed=given["draw_seed"],
        )

    def _limits(self) -> Limits:
        given = self.cleaned_data
        money = given["money"]
        return replace(
            self._before.limits if self._before else Limits(),
            requests_per_second=given["rate"],
            concurrency=given["at_once"],
            most_attempts=given["attempts"],
            tokens=given["tokens"],
            money=None if money is None else int(money * MILLION),
        )
