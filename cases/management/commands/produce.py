"""`manage.py produce`: the exhibits of a matter as a ZIP with a load file for review platforms."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.analysis.digests import chunks_of
from audit.analysis.errors import TouchstoneError
from audit.models import Job
from audit.services import jobs
from cases.models import Matter, Production
from cases.services import desk, productions
from cases.site import preflight


class Command(BaseCommand):
    """Write a production of a matter."""

    help = "Write a production: numbered native files, texts, a load file, and what was checked."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare which matter, how, and where to."""
        parser.add_argument("matter", type=int, help="the matter's number")
        parser.add_argument("--out", type=Path, required=True, metavar="PATH")
        parser.add_argument("--profile", default=productions.CONCORDANCE.name)
        parser.add_argument(
            "--prefix", default="", help="of the Bates numbers; the matter's own where left out"
        )
        parser.add_argument("--digits", type=int, help="of the numbers of a new prefix: 7")
        parser.add_argument("--as", dest="username", help="the account to act for in the matter")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the production whole, or leave nothing and say why."""
        preflight.make_ready()
        matter = Matter.objects.filter(pk=options["matter"]).first()
        if matter is None:
            raise CommandError(f"There is no matter {options['matter']}.")
        if options["out"].exists():
            raise CommandError(f"{options['out']} is there already. Name another path.")
        try:
            by = desk.acting(options["username"])
            made = _made(matter, options, by=by)
            _copy(made, options["out"], by=by)
        except (TouchstoneError, OSError) as error:
            raise CommandError(str(error)) from error
        for name, many in made.counts.items():
            self.stdout.write(f"{many:>14,}  {name.replace('_', ' ')}")
        self.stdout.write(f"SHA-256 {made.sha256}; in {options['out']}")


def _made(matter: Matter, options: dict[str, Any], *, by: User) -> Production:
    """Write a production here and now; broken off, a worker takes it up."""
    how = (options["profile"], options["prefix"], options["digits"])
    asked = productions.ask(matter, *how, by=by)
    job = jobs.claim(Job.Kind.PRODUCE, asked.pk)
    if job is None:
        raise CommandError(f"{asked} is being written by a worker. See the page Productions.")
    with jobs.held(job):
        productions.carry_out(asked, job)
    asked.refresh_from_db()
    return asked


def _copy(made: Production, place: Path, *, by: User) -> None:
    """Copy the file to its place, where it appears whole or not at all."""
    with (
        productions.open_made(made, by=by) as source,
        tempfile.TemporaryDirectory(dir=place.resolve().parent, prefix=".producing-") as folder,
    ):
        draft = Path(folder) / "volume.zip"
        with draft.open("wb") as target:
            for chunk in chunks_of(source):
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        # A link never replaces what is there.
        os.link(draft, place)
