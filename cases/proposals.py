"""A watch, or another version of its plan, as it would be: shown before anybody agrees to it.

The digest is over all that was shown. Who agrees says which one, so that nothing is opened or
changed that differs from what was read.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.analysis.digests import digest_of
from audit.models import Endpoint
from cases.forms.watches import ChangeForm, OpeningForm
from cases.models import Matter, Watch, WatchPlan
from cases.services import watches


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a plan takes, what of it differs from the one before, and what that means.

    `unanswered` counts the prompts that not every chosen file answers.
    """

    takes: watches.Takes
    prompts: int
    unanswered: int
    digest: str
    differences: tuple[str, ...] = ()
    meaning: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return the same for a terminal."""
        unanswered = (
            f"{self.unanswered:,} of {self.prompts:,} prompts are not answered by every chosen"
            " file: they count in no audit."
        )
        found = [*self.differences, *self.meaning, *self.takes.lines()]
        return [*found, unanswered] if self.unanswered else found


def opening(form: OpeningForm) -> Proposal:
    """Return what a watch would be; raises TouchstoneError where it could not be opened."""
    endpoint, timing = form.described(), form.timing()
    asked = form.asked(endpoint, form.cleaned_data["line"])
    plan = _plan(asked, endpoint)
    shown = {"plan": plan, "timing": asdict(timing), "told": _told(form.telling())}
    return _proposal(asked, plan, endpoint, timing, digest_of(shown))


def changing(watch: Watch, form: ChangeForm) -> Proposal:
    """Return what another version would be; raises TouchstoneError where it could not be."""
    before = watches.current_plan(watch)
    endpoint = watches.endpoint_of(before)
    prices = form.prices()
    endpoint.price_in, endpoint.price_out = prices.tokens_in, prices.tokens_out
    endpoint.currency = form.cleaned_data["currency"]
    asked = form.asked(endpoint, before.plan["design"]["line"])
    plan = _plan(asked, endpoint)
    differences = tuple(watches.differences(before.plan, plan))
    if not differences:
        raise watches.WatchRefusedError("Nothing is another: the plan stays as it is.")
    roles = {one.label: one.role for one in watch.matter.exhibits.all()}
    meaning = tuple(watches.meaning(before.plan, plan, roles))
    digest = digest_of({"plan": plan, "follows": before.version})
    found = _proposal(asked, plan, endpoint, watches.timing_of(watch), digest)
    return Proposal(found.takes, found.prompts, found.unanswered, digest, differences, meaning)


@transaction.atomic
def open_as_proposed(matter: Matter, form: OpeningForm, *, confirmed_by: str, by: User) -> Watch:
    """Enter the leave to ask, the watch, and who is told of it: all of it or nothing.

    A form that is sent twice opens one watch.
    """
    given = form.cleaned_data
    Matter.objects.select_for_update().get(pk=matter.pk)
    if (same := _same(matter, form)) is not None:
        return same
    asked = form.asked(form.authorised(confirmed_by), given["line"])
    opened = watches.open_watch(matter, given["name"], asked, form.timing(), by=by)
    watches.tell_where(opened, form.telling(), by=by)
    return opened


@transaction.atomic
def change_as_proposed(watch: Watch, form: ChangeForm, *, by: User) -> WatchPlan:
    """Seal another version of a plan, and set the prices that go with it."""
    given, line = form.cleaned_data, watches.current_plan(watch).plan["design"]["line"]
    endpoint = watches.price(watch, form.prices(), given["currency"])
    return watches.change(watch, form.asked(endpoint, line), given["why"], by=by)


def _same(matter: Matter, form: OpeningForm) -> Watch | None:
    """Return a watch of that name that is open already under that plan."""
    given, wanted = form.cleaned_data, form.described()
    design = watches.designed(form.asked(wanted, given["line"])).as_dict()
    opened = matter.watches.exclude(state=Watch.State.ENDED).filter(name=given["name"])
    for one in opened.order_by("number"):
        plan = watches.current_plan(one).plan
        wanted.pk = plan["endpoint"]["id"]
        address = watches.address_of(wanted)
        if digest_of(plan) == digest_of({"endpoint": address, "design": design}):
            return one
    return None


def _plan(asked: watches.Asked, endpoint: Endpoint) -> dict[str, Any]:
    design = watches.designed(asked).as_dict()
    return {"endpoint": watches.address_of(endpoint), "design": design}


def _proposal(
    asked: watches.Asked,
    plan: dict[str, Any],
    endpoint: Endpoint,
    timing: watches.Timing,
    digest: str,
) -> Proposal:
    design = watches.Design.from_dict(plan["design"])
    answered = watches.answered_by_all(design.prompts, [one.source for one in asked.exhibits])
    return Proposal(
        takes=watches.takes(design, endpoint, timing, timezone.now()),
        prompts=len(design.prompts),
        unanswered=len(design.prompts) - answered,
        digest=digest,
    )


def _told(telling: watches.Telling) -> dict[str, Any]:
    found = asdict(telling)
    return {name: str(value) for name, value in found.items()}
