"""`manage.py calibrate`: a population of documented lineage into a calibration pack."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.analysis.errors import TouchstoneError
from audit.analysis.validation.running import add_arguments, run_calibrate


class Command(BaseCommand):
    """Write a calibration pack; stopped, it goes on from the last measured block of prompts."""

    help = "Make a calibration pack from a folder of transcripts, one file a model."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make the pack; a refusal is one sentence and exit status 1."""
        try:
            place = run_calibrate(
                options["population"],
                options["lineage"],
                options["out"],
                say=self.stdout.write,
            )
        except TouchstoneError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Pack: {place}")
