"""`manage.py watch`: see, open, pause and resume watches, and look at once."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.analysis.errors import TouchstoneError
from audit.collect.pacing import MILLION, Prices
from audit.collect.providers import PROVIDERS
from audit.services import collections
from cases.models import Matter, Watch
from cases.queries import ready_exhibits, watches_of
from cases.services import desk, watches
from cases.site import preflight
from cases.tasks import watch_run


class Command(BaseCommand):
    """One act on the watches of a matter."""

    help = "List, open, pause and resume the watches of a matter, or have one look at once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the acts."""
        acts = parser.add_subparsers(dest="act", required=True)
        for name in ("list", "open", "run", "pause", "resume", "renew"):
            act = acts.add_parser(name)
            act.add_argument("matter", type=int, help="the matter's number")
            act.add_argument("--as", dest="username", help="the account to act for")
            if name == "open":
                _add_opening(act)
            elif name != "list":
                act.add_argument("watch", type=int, help="the number of the watch")
            if name == "renew":
                act.add_argument("--why", required=True, help="why the method is another now")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do the one act; a refusal is one sentence."""
        preflight.make_ready()
        matter = Matter.objects.filter(pk=options["matter"]).first()
        if matter is None:
            raise CommandError(f"There is no matter {options['matter']}.")
        by = _actor(options["username"])
        try:
            if options["act"] == "list":
                self._list(matter)
            elif options["act"] == "open":
                self._open(matter, options, by)
            else:
                self._act(options, _watch(matter, options["watch"]), by)
        except TouchstoneError as error:
            raise CommandError(str(error)) from error

    def _list(self, matter: Matter) -> None:
        for one in watches_of(matter):
            due = watches.moment_in(one, one.next_at) if one.state == "active" else one.state
            self.stdout.write(
                f"{one.number:>4}  {one.name}  {watches.schedule_in_words(one)}; next: {due};"
                f" {one.releases.count()} releases,"
                f" {one.notices.filter(acknowledged_at__isnull=True).count()} open notices"
            )

    def _open(self, matter: Matter, options: dict[str, Any], by: User) -> None:
        prices = Prices(*(int(options[name] * MILLION) for name in ("price_in", "price_out")))
        endpoint = collections.endpoint(
            options["kind"],
            options["url"],
            options["model"],
            key_name=options["key"],
            prices=prices,
            currency=options["currency"],
        )
        collections.authorise(
            endpoint, confirmed_by=options["confirmed_by"], basis=options["basis"]
        )
        exhibits = ready_exhibits(matter).exclude(role="suspect")
        asked = watches.Asked(endpoint, list(exhibits), line=options["line"])
        timing = watches.Timing(
            options["zone"], options["crontab"], options["every"], options["missed"]
        )
        opened = watches.open_watch(matter, options["name"], asked, timing, by=by)
        self.stdout.write(f"watch {opened.number} is open; its first look is due at once")

    def _act(self, options: dict[str, Any], watch: Watch, by: User) -> None:
        if options["act"] == "run":
            run = watches.look_now(watch, by=by)
            if run is None:
                raise CommandError("A look is under way already.")
            watch_run.delay(run.pk)
            self.stdout.write(f"a look of watch {watch.number} is asked for; a worker takes it on")
        elif options["act"] == "renew":
            plan = watches.renew(watch, options["why"], by=by)
            self.stdout.write(f"watch {watch.number}: version {plan.version} is sealed")
        else:
            act = watches.pause if options["act"] == "pause" else watches.resume
            done = act(watch, by=by)
            self.stdout.write(
                f"watch {watch.number}: {options['act']}d" if done else "nothing to do"
            )


def _add_opening(parser: CommandParser) -> None:
    parser.add_argument("--name", required=True)
    parser.add_argument("--kind", choices=sorted(PROVIDERS), default="chat_completions")
    parser.add_argument("--url", required=True, help="the base address of the API")
    parser.add_argument("--model", required=True)
    parser.add_argument("--line", default="", help="how the names of its releases begin")
    parser.add_argument("--key", default="", metavar="NAME", help="the name of a kept key")
    parser.add_argument("--price-in", type=Decimal, default=Decimal(0), help="a million tokens")
    parser.add_argument("--price-out", type=Decimal, default=Decimal(0))
    parser.add_argument("--currency", default="")
    parser.add_argument("--confirmed-by", required=True, help="who confirms that it may be asked")
    parser.add_argument("--basis", required=True, help="the legal basis; its terms allow it")
    when = parser.add_mutually_exclusive_group(required=True)
    when.add_argument("--crontab", default="", help="five fields, such as '30 6 * * *'")
    when.add_argument("--every", type=int, default=0, metavar="SECONDS")
    parser.add_argument("--zone", default="UTC", help="the time zone of the crontab")
    parser.add_argument("--missed", choices=Watch.Missed.values, default=Watch.Missed.ONCE)


def _watch(matter: Matter, number: int) -> Watch:
    found = matter.watches.select_related("matter").filter(number=number).first()
    if found is None:
        raise CommandError(f"Matter {matter.pk} has no watch {number}.")
    return found


def _actor(username: str | None) -> User:
    if username is None:
        return desk.clerk()
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise CommandError(f"There is no user {username}. Make one: manage.py createsuperuser.")
    return found
