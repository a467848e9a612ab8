"""`manage.py check_store`: look whether each stored file is there, unchanged and named."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.analysis.digests import sha256_hex
from cases.services import evidence
from cases.site import preflight


class Command(BaseCommand):
    """Reads everything in the blob store and changes nothing."""

    help = "Report stored files that are missing, changed, or named by nothing; changes nothing."

    def handle(self, *_: Any, **__: Any) -> None:
        """Print a line for each as it is found; exit status 1 if any is missing or changed."""
        preflight.check_database()
        preflight.check_migrations()
        damaged = 0
        for sentence in evidence.damage():
            damaged += 1
            self.stdout.write(sentence)
        for sha256 in evidence.orphans():
            if sha256 != sha256_hex(preflight.PROBE):
                self.stdout.write(f"Nothing names the stored file {sha256}; it harms nothing.")
        if damaged:
            raise CommandError(f"Missing or changed: {damaged}. Restore them from a backup.")
        self.stdout.write("Every file that was handed in or issued is there and unchanged.")
