"""`manage.py preflight`: say whether everything that was set can be used."""

from typing import Any

from django.core.management.base import BaseCommand

from cases.site import preflight


class Command(BaseCommand):
    """Checks the settings against the world."""

    help = "Check that the database, the broker, the storage and the encoder can be used."

    def handle(self, *_: Any, **__: Any) -> None:
        """Raise on the first thing that is wrong."""
        preflight.check_all()
        self.stdout.write("Everything that was set can be used.")
