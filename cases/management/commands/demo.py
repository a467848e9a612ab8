"""`manage.py demo`: the main job on sample transcripts that the project made itself."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from cases import samples
from cases.services import stamping


class Command(BaseCommand):
    """Audit the sample transcripts and say where the report is."""

    help = "Audit the sample transcripts and say where the report and the case file are."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where the report goes."""
        parser.add_argument("--out", type=Path, default=Path("demo"), metavar="DIR")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run `audit` as a user would, stamped by a test authority where no other is named."""
        settings.TIMESTAMP_URLS = settings.TIMESTAMP_URLS or [stamping.TEST]
        call_command(
            "audit",
            suspect=[_given(samples.IMITATOR)],
            teacher=[_given(one) for one in samples.TEACHERS],
            control=[_given(one) for one in samples.CONTROLS],
            out=options["out"],
            stdout=self.stdout,
        )
        self.stdout.write(
            "\nThe sample transcripts were made up: they show how the product works and "
            "validate nothing."
        )


def _given(one: samples.Sample) -> str:
    return f"{one.model}={samples.folder() / one.file}"
