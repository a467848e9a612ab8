"""`manage.py collect`: put prompts to a model and keep every call, without the web page."""

import getpass
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit.analysis.errors import TouchstoneError
from audit.models import Collection, Endpoint, Source
from audit.services import collections, keys
from audit.services.sources import store
from cases.management.collecting import (
    CONFIRMS,
    add_endpoint,
    add_limits,
    add_plan,
    endpoint_of,
    plan_of,
)
from cases.models import Exhibit, Gathering, Matter, WatchedFolder
from cases.services import desk, exhibits, folders, gathering
from cases.services.captures import As
from cases.site import preflight


class Command(BaseCommand):
    """Ask, go on asking, or close; also keeps keys, lists models and takes files from folders."""

    help = "Put prompts to a model behind an API, keep every call, and write them as a capture."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what a plan is made of, and what else can be done."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--battery", type=int, nargs="?", const=0, metavar="N",
                          help="ask N prompts of the battery; without N, all")  # fmt: skip
        what.add_argument("--prompts", type=Path, metavar="FILE", help=".txt or .jsonl")
        what.add_argument("--resume", type=int, metavar="NUMBER", help="go on with a collection")
        what.add_argument("--stop", type=int, metavar="NUMBER", help="close one with what it has")
        what.add_argument("--hand-in", type=int, metavar="NUMBER", help="hand its capture in")
        what.add_argument("--list-models", action="store_true")
        what.add_argument("--keep-key", metavar="NAME", help="keep a key, read from the terminal")
        what.add_argument("--folder", metavar="URL", help="take files from it from now on")
        what.add_argument("--take", action="store_true", help="look through the folders at once")
        what.add_argument("--close-folder", type=int, metavar="NUMBER", help="take no more of it")
        parser.add_argument(
            "--out", type=Path, metavar="FILE.jsonl", help="where the capture goes"
        )
        add_endpoint(parser)
        add_plan(parser)
        add_limits(parser)
        _add_matter(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        """Do the one thing asked for; a refusal is one sentence and exit status 1."""
        preflight.make_ready()
        try:
            if options["keep_key"]:
                self._keep_key(options["keep_key"])
            elif options["list_models"]:
                self._list(endpoint_of(options))
            elif options["folder"] or options["take"] or options["close_folder"]:
                self._folders(options)
            else:
                self._collect(options)
        except TouchstoneError as error:
            raise CommandError(str(error)) from error

    def _keep_key(self, name: str) -> None:
        keys.check_name(name)
        given = getpass.getpass("key: ") if sys.stdin.isatty() else sys.stdin.readline()
        keys.keep(name, given.strip())
        self.stdout.write(f"The key {name} is kept, encrypted.")

    def _list(self, endpoint: Endpoint) -> None:
        for one in collections.listed(endpoint):
            self.stdout.write("  ".join(part for part in (one.name, one.made, one.digest) if part))

    def _folders(self, options: dict[str, Any]) -> None:
        """Begin to watch a folder, take what is new in those of a matter, or close one."""
        matter, by = _matter(options), desk.acting(options["username"])
        if options["folder"]:
            one = folders.watch(matter, options["folder"], _as(options), by=by)
            self.stdout.write(f"folder {one.number} is watched; workers take what comes into it")
        elif options["close_folder"]:
            closed = folders.close(_folder(matter, options["close_folder"]), by=by)
            self.stdout.write("it is closed" if closed else "it was closed already")
        else:
            self._take(matter)

    def _take(self, matter: Matter) -> None:
        for folder in matter.folders.filter(state=WatchedFolder.State.OPEN):
            came = folders.look(folder.pk)
            folder.refresh_from_db()
            self.stdout.write(f"folder {folder.number}: {len(came)} new {folder.problem}".strip())
            for exhibit in came:
                self._read(exhibit)
            for file in folder.files.exclude(problem=""):
                self.stdout.write(f"  {file.name}: {file.problem}")

    def _read(self, exhibit: Exhibit) -> None:
        exhibits.read(exhibit, by=exhibit.received_by)
        exhibit.source.refresh_from_db()
        source = exhibit.source
        told = f"{source.taken:,} taken, {source.left_out:,} left out"
        is_read = source.state == Source.State.READ
        self.stdout.write(f"exhibit {exhibit.label}: {told if is_read else exhibit.problem}")

    def _collect(self, options: dict[str, Any]) -> None:
        _require_free(options["out"])
        number = options["resume"] or options["stop"] or options["hand_in"]
        collection = _found(number) if number else self._started(options)
        if collection is None:
            return
        if number and options["matter"]:
            self._bind(collection, options)
        if options["resume"] and not collections.resume(collection):
            collection.refresh_from_db()
        if options["stop"]:
            collections.stop(collection)
        self._carry_out(collection)
        self._tell(collection, options["out"])
        self._hand_in(collection)

    def _bind(self, collection: Collection, options: dict[str, Any]) -> None:
        matter, by = _matter(options), desk.acting(options["username"])
        if Gathering.objects.filter(collection=collection).exists():
            raise CommandError(f"Collection {collection.pk} is one of a matter already.")
        gathering.bind(collection, matter, _as(options), by=by)

    def _hand_in(self, collection: Collection) -> None:
        """Hand the capture in as an exhibit of the matter that it was begun for, if of any."""
        bound = gathering.of(collection)
        if bound is None:
            return
        exhibit = gathering.hand_in(bound)
        if exhibit is None:
            bound.refresh_from_db()
            raise CommandError(bound.problem)
        self._read(exhibit)

    def _started(self, options: dict[str, Any]) -> Collection | None:
        """Say what a plan takes, and seal it unless only that was wanted."""
        endpoint = endpoint_of(options)
        plan = plan_of(options, endpoint)
        self.stdout.write(collections.estimate(plan).in_words(plan.currency))
        if options["estimate"]:
            return None
        if options["authorised_by"]:
            collections.authorise(
                endpoint, confirmed_by=options["authorised_by"], basis=options["basis"]
            )
            self.stdout.write(f"{options['authorised_by']} confirms {CONFIRMS}.")
        with transaction.atomic():
            collection = collections.start(endpoint, plan)
            if options["matter"]:
                self._bind(collection, options)
        self.stdout.write(f"collection {collection.pk}, plan {collection.plan_digest}")
        return collection

    def _carry_out(self, collection: Collection) -> None:
        try:
            collections.carry_out(collection, self._progress)
        except KeyboardInterrupt:
            raise CommandError(
                f"Collection {collection.pk} was broken off; nothing is lost. Go on with"
                f" --resume {collection.pk}, or close it with --stop {collection.pk}."
            ) from None
        collection.refresh_from_db()

    def _progress(self, done: int, total: int) -> None:
        self.stdout.write(f"{done:,} of {total:,}")
        self.stdout.flush()

    def _tell(self, collection: Collection, out: Path | None) -> None:
        counts = collections.counts(collection)
        told = ", ".join(f"{count:,} {state}" for state, count in counts.items()) or "none"
        self.stdout.write(f"calls: {told}")
        if not collection.capture_sha256:
            why = collection.problem or "another process is at it, or was killed a moment ago."
            raise CommandError(f"Collection {collection.pk} is {collection.state}: {why}")
        if collection.problem:
            self.stdout.write(collection.problem)
        if out is not None:
            _write(collection, out)
            self.stdout.write(f"capture  {out}")
        self.stdout.write(f"SHA-256  {collection.capture_sha256}")


def _add_matter(parser: CommandParser) -> None:
    matter = parser.add_argument_group("a matter", "whose exhibit a capture or file becomes")
    matter.add_argument("--matter", type=int, metavar="NUMBER")
    matter.add_argument("--role", choices=Exhibit.Role.values)
    matter.add_argument("--as-model", default="", metavar="NAME", help="the model, as asserted")
    matter.add_argument("--party", default="", help="the party that hands it in")
    matter.add_argument("--as", dest="username", help="the account to act for")


def _matter(options: dict[str, Any]) -> Matter:
    found = Matter.objects.filter(pk=options["matter"]).first()
    if found is None:
        raise CommandError("Name a matter that is there: --matter NUMBER.")
    return found


def _folder(matter: Matter, number: int) -> WatchedFolder:
    found = matter.folders.filter(number=number).first()
    if found is None:
        raise CommandError(f"There is no folder {number} in matter {matter.pk}.")
    return found


def _as(options: dict[str, Any]) -> As:
    model = options["as_model"] or options["model"]
    if not options["role"] or not options["party"] or not model:
        raise CommandError(
            "Say as what it is handed in: --role ROLE --as-model NAME --party PARTY."
        )
    return As(options["role"], model, options["party"])


def _found(number: int) -> Collection:
    found = Collection.objects.select_related("endpoint").filter(pk=number).first()
    if found is None:
        raise CommandError(f"There is no collection {number}.")
    return found


def _require_free(out: Path | None) -> None:
    """Refuse before the work what could not be written after it."""
    if out is None:
        return
    if out.exists():
        raise CommandError(f"{out}: this is there already and was left as it is. Give another.")
    if not out.absolute().parent.is_dir() or not os.access(out.absolute().parent, os.W_OK):
        raise CommandError(f"{out}: nothing can be written there. Give --out another folder.")


def _write(collection: Collection, out: Path) -> None:
    """Copy the capture to its place, under another name until it is whole."""
    with (
        store().open(collection.capture_sha256) as source,
        tempfile.TemporaryDirectory(dir=out.absolute().parent, prefix=".capture-") as folder,
    ):
        part = Path(folder) / out.name
        with part.open("wb") as target:
            shutil.copyfileobj(source, target)
        part.replace(out)
