"""`manage.py bundle`: a whole matter as a folder that anyone can check without this site."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.analysis.errors import TouchstoneError
from cases.models import Matter
from cases.services import bundles, desk
from cases.site import preflight


class Command(BaseCommand):
    """Write the bundle of a matter."""

    help = "Write a matter as a folder (BagIt) that verifies without this site."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare which matter, and where to."""
        parser.add_argument("matter", type=int, help="the matter's number")
        parser.add_argument("--out", type=Path, required=True, metavar="PATH")
        parser.add_argument("--as", dest="username", help="the account to act for in the matter")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the bundle whole, or leave nothing and say why."""
        preflight.make_ready()
        matter = Matter.objects.filter(pk=options["matter"]).first()
        if matter is None:
            raise CommandError(f"There is no matter {options['matter']}.")
        try:
            written = bundles.write(
                matter, options["out"], say=self._say, by=desk.acting(options["username"])
            )
        except TouchstoneError as error:
            raise CommandError(str(error)) from error
        for name, many in written.counts.items():
            self.stdout.write(f"{many:>14,}  {name.replace('_', ' ')}")
        self.stdout.write(f"as many as matter {matter.pk} has; in {written.place}")
        self.stdout.write(f"python -m audit.analysis verify {written.place}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
