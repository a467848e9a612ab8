"""`manage.py watch`: what the pages of watches do, without a browser.

Settings come in by the forms of the pages, so that both refuse the same in the same words.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.forms import Form

from audit.analysis.errors import TouchstoneError
from cases import proposals
from cases.forms.watches import ChangeForm, OpeningForm, ReleaseForm, TellingForm, TimingForm
from cases.forms.watches.settings import BATTERY, DRAWN, OWN
from cases.management import options as given
from cases.management import showing
from cases.models import Matter, Watch
from cases.queries import level_in, ready_exhibits, watches_of
from cases.reports.glyphs import visible
from cases.rules import access
from cases.services import desk, watches
from cases.site import preflight
from cases.tasks import watch_run

_ONE = {
    "show": "its plan, next looks, releases, series and notices",
    "run": "look at once",
    "change": "seal another version of the plan",
    "retime": "look at other times",
    "tell": "set who is told",
    "release": "enter a release that the provider announced",
    "renew": "pin the plan to what this site computes with now",
    "pause": "begin no look until it is resumed",
    "resume": "look again",
    "close": "end it for good",
}

_FORMS: dict[str, type[Form]] = {
    "change": ChangeForm,
    "retime": TimingForm,
    "tell": TellingForm,
    "release": ReleaseForm,
}


class Command(BaseCommand):
    """One act on the watches of a matter."""

    help = "List, open, show and change the watches of a matter, or have one look at once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the acts."""
        acts = parser.add_subparsers(dest="act", required=True)
        _add(acts, "list", "the watches of a matter")
        opening = _add(acts, "open", "open a watch")
        given.add_fields(opening, OpeningForm)
        opening.add_argument("--confirmed-by", required=True, help="who confirms the basis")
        opening.add_argument("--estimate", action="store_true", help="only say what it takes")
        for name, what in _ONE.items():
            act = _add(acts, name, what)
            act.add_argument("watch", type=int, help="the number of the watch")
            if name in _FORMS:
                given.add_fields(act, _FORMS[name])
            if name == "change":
                act.add_argument("--estimate", action="store_true", help="only say what differs")
            if name in ("renew", "close"):
                act.add_argument("--why", required=True, help="it is entered into the ledger")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do the one act; a refusal is one sentence."""
        preflight.make_ready()
        matter = Matter.objects.filter(pk=options["matter"]).first()
        if matter is None:
            raise CommandError(f"There is no matter {options['matter']}.")
        by = _actor(options["username"])
        if options["username"] is not None:
            _require_leave(matter, options["act"], by)
        try:
            if options["act"] == "list":
                self._list(matter)
            elif options["act"] == "open":
                self._open(matter, options, by)
            else:
                watch = _watch(matter, options["watch"])
                act: Callable[..., None] = getattr(self, f"_{options['act']}")
                act(watch, options, by)
        except TouchstoneError as error:
            raise CommandError(str(error)) from error

    def _list(self, matter: Matter) -> None:
        for one in watches_of(matter):
            active = one.state == Watch.State.ACTIVE
            due = watches.moment_in(one, one.next_at) if active else one.get_state_display()
            line = (
                f"{one.number:>4}  {one.name}  {watches.schedule_in_words(one)}; next: {due};"
                f" {one.releases.count()} releases,"
                f" {one.notices.filter(acknowledged_at__isnull=True).count()} open notices"
            )
            self._say([line])

    def _open(self, matter: Matter, options: dict[str, Any], by: User) -> None:
        ready = ready_exhibits(matter).order_by("number")
        data, files = given.data_of(OpeningForm(ready=ready), _with_implied(options))
        form = given.checked(OpeningForm(data | {"terms_allow": "on"}, files, ready=ready))
        self._say(proposals.opening(form).lines())
        if options["estimate"]:
            return
        opened = proposals.open_as_proposed(
            matter, form, confirmed_by=options["confirmed_by"], by=by
        )
        self.stdout.write(f"watch {opened.number} is open; its first look is due at once")

    def _change(self, watch: Watch, options: dict[str, Any], by: User) -> None:
        last = watches.current_plan(watch)
        make = partial(
            ChangeForm,
            ready=ready_exhibits(watch.matter).order_by("number"),
            before=watches.Design.from_dict(last.plan["design"]),
            of=watches.endpoint_of(last),
        )
        data, files = given.data_of(make(), _with_implied(options))
        form = given.checked(make(data, files))
        self._say(proposals.changing(watch, form).lines())
        if not options["estimate"]:
            plan = proposals.change_as_proposed(watch, form, by=by)
            self.stdout.write(f"watch {watch.number}: version {plan.version} is sealed")

    def _retime(self, watch: Watch, options: dict[str, Any], by: User) -> None:
        initial = TimingForm.initial_of(watch)
        # One of the two stands: who gives one takes the other away.
        for one, other in (("crontab", "every"), ("every", "crontab")):
            if options.get(one) is not None:
                initial[other] = None
        data, _ = given.data_of(TimingForm(initial=initial), options)
        changed = watches.retime(watch, given.checked(TimingForm(data)).timing(), by=by)
        self.stdout.write(
            f"watch {watch.number}: {watches.schedule_in_words(watch)}"
            if changed
            else "nothing to do"
        )
        self._say([watches.too_often(watch)])

    def _tell(self, watch: Watch, options: dict[str, Any], by: User) -> None:
        data, _ = given.data_of(TellingForm(initial=TellingForm.initial_of(watch)), options)
        watches.tell_where(watch, given.checked(TellingForm(data)).telling(), by=by)
        self.stdout.write(f"watch {watch.number}: it is set who is told")

    def _release(self, watch: Watch, options: dict[str, Any], by: User) -> None:
        model = watches.current_plan(watch).plan["endpoint"]["model"]
        data, _ = given.data_of(ReleaseForm(initial={"model": model}), options)
        run = watches.enter_release(watch, given.checked(ReleaseForm(data)).announced(), by=by)
        watch_run.delay(run.pk)
        self.stdout.write(
            f"watch {watch.number}: {run.release} is on record; its audit is asked for"
        )

    def _run(self, watch: Watch, _options: dict[str, Any], by: User) -> None:
        run = watches.look_now(watch, by=by)
        if run is None:
            raise CommandError("A look is under way already.")
        watch_run.delay(run.pk)
        self.stdout.write(f"a look of watch {watch.number} is asked for; a worker takes it on")

    def _renew(self, watch: Watch, options: dict[str, Any], by: User) -> None:
        plan = watches.renew(watch, options["why"], by=by)
        self.stdout.write(f"watch {watch.number}: version {plan.version} is sealed")

    def _pause(self, watch: Watch, _options: dict[str, Any], by: User) -> None:
        self._said(watch, "paused", done=watches.pause(watch, by=by))

    def _resume(self, watch: Watch, _options: dict[str, Any], by: User) -> None:
        self._said(watch, "resumed", done=watches.resume(watch, by=by))

    def _close(self, watch: Watch, options: dict[str, Any], by: User) -> None:
        self._said(watch, "closed for good", done=watches.close(watch, options["why"], by=by))

    def _show(self, watch: Watch, _options: dict[str, Any], _by: User) -> None:
        self._say(showing.lines_of(watch))

    def _said(self, watch: Watch, what: str, *, done: bool) -> None:
        self.stdout.write(f"watch {watch.number}: {what}" if done else "nothing to do")

    def _say(self, lines: Iterable[str]) -> None:
        for line in lines:
            if line:
                self.stdout.write(visible(line))


def _with_implied(options: dict[str, Any]) -> dict[str, Any]:
    """Return options with what goes without saying: who names prompts has them put."""
    implied = {}
    if options["own"] or options["own_file"]:
        implied["put"] = OWN
    elif options["battery_count"] or options["battery_language"]:
        implied["put"] = BATTERY
    if options["sentinels"]:
        implied["sentinels_from"] = OWN
    elif options["drawn"]:
        implied["sentinels_from"] = DRAWN
    if options.get("every"):
        implied["crontab"] = ""
    return options | {name: one for name, one in implied.items() if options.get(name) is None}


def _add(acts: Any, name: str, what: str) -> CommandParser:
    act: CommandParser = acts.add_parser(name, help=what, description=what)
    act.add_argument("matter", type=int, help="the matter's number")
    act.add_argument("--as", dest="username", help="the account to act for")
    return act


def _watch(matter: Matter, number: int) -> Watch:
    found = matter.watches.select_related("matter", "schedule__crontab", "schedule__interval")
    watch = found.filter(number=number).first()
    if watch is None:
        raise CommandError(f"Matter {matter.pk} has no watch {number}.")
    return watch


def _require_leave(matter: Matter, act: str, by: User) -> None:
    """Refuse an account what its page would refuse it; whoever runs the site acts as its clerk."""
    level = level_in(by, matter.pk)
    reads = act in ("list", "show")
    if not (access.may_read(level) if reads else access.may_act(level)):
        raise CommandError(
            f"{by.get_username()} may not {'read' if reads else 'act in'} matter {matter.pk}."
        )


def _actor(username: str | None) -> User:
    if username is None:
        return desk.clerk()
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise CommandError(f"There is no user {username}. Make one: manage.py createsuperuser.")
    return found
