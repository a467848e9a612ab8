"""`manage.py battery`: the prompts to put to models where the transcripts do not suffice."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.analysis import battery
from audit.analysis.errors import TouchstoneError


class Command(BaseCommand):
    """Write the prompts of the battery, or a balanced choice of them, into a file."""

    help = "Write the battery of prompts, or a balanced choice of it, as JSON Lines or CSV."
    # It needs no database, and so runs where the rest is not set up.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options, which are those of the library's own command."""
        battery.add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file; a refusal is one sentence and exit status 1."""
        try:
            self.stdout.write(battery.export(options))
        except TouchstoneError as error:
            raise CommandError(str(error)) from error
