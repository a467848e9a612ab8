"""`manage.py ingest`: a file into a matter, as the upload page does it."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import Http404

from audit.analysis.errors import TouchstoneError
from audit.models import Source
from cases import queries
from cases.models import Exhibit
from cases.services import desk, exhibits
from cases.services.exhibits import Deposit
from cases.site import preflight


class Command(BaseCommand):
    """Hand one file in as an exhibit of a matter and read it."""

    help = "Hand one file in as an exhibit of a matter and read it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what the upload form asks for."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--matter", type=int, required=True, help="the matter's number")
        parser.add_argument("--as", dest="username", required=True, help="who hands it in")
        parser.add_argument("--role", choices=Exhibit.Role.values, required=True)
        parser.add_argument("--model", required=True, help="the model's name as asserted")
        parser.add_argument("--party", required=True, help="the party that hands it in")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Take the file in; whatever is wrong with it is said in one sentence."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"{path}: there is no such file. Give the path of a file.")
        preflight.make_ready()
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(
                f"There is no user {options['username']}. Make one: manage.py createsuperuser."
            )
        try:
            matter = queries.matter_to_act_on(user, options["matter"])
        except Http404:
            raise CommandError(
                f"{user} may not add to a matter {options['matter']}. Ask who opened it."
            ) from None
        deposit = Deposit(path.name, options["role"], options["model"], options["party"])
        try:
            exhibit = exhibits.receive(matter, desk.chunks(path), deposit, by=user)
        except TouchstoneError as error:
            raise CommandError(str(error)) from error
        exhibits.read(exhibit, by=user)
        self._report(exhibit)

    def _report(self, exhibit: Exhibit) -> None:
        source = exhibit.source
        if source.state == Source.State.UNREADABLE:
            raise CommandError(exhibit.problem)
        self.stdout.write(
            f"exhibit {exhibit.label}: {source.taken} records taken, {source.left_out} left out"
        )
        for row in source.left_out_records.order_by("record")[:20]:
            self.stdout.write(f"  {row.place}: {row.reason}. {row.mend}.")
