"""`manage.py check_evidence`: look whether store and database are as they were left."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.models import EvidenceCheck
from cases.services import evidence
from cases.services.evidence.words import Found
from cases.site import preflight


class Command(BaseCommand):
    """Reads everything that is stored and changes nothing of it."""

    help = (
        "Look for what is missing, changed or put in, in store and database; changes nothing. "
        "Exit status 1 if anything grave is found."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare how much is done and how it is said."""
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
        parser.add_argument(
            "--replay", action="store_true", help="compute every result anew, which takes longer"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Print each finding as it is made; exit status 1 if any is grave."""
        preflight.check_database()
        preflight.check_migrations()
        say = _silent if options["json"] else self._say
        outcome = evidence.check(say, replay=options["replay"])
        if options["json"]:
            self.stdout.write(json.dumps(_as_dict(outcome), indent=2))
        else:
            looked_at = ", ".join(f"{count} {what}" for what, count in outcome.looked_at.items())
            self.stdout.write(f"Looked at: {looked_at}.")
        if outcome.problems:
            raise CommandError(f"Found to be not as it was left: {outcome.problems}.")
        if not options["json"]:
            self.stdout.write("Everything is as it was left.")

    def _say(self, found: Found) -> None:
        self.stdout.write(str(found) if found.grave else f"(to know) {found}")


def _silent(_found: Found) -> None:
    pass


def _as_dict(outcome: EvidenceCheck) -> dict[str, Any]:
    return {
        "clean": not outcome.problems,
        "problems": outcome.problems,
        "started_at": outcome.started_at.isoformat(),
        "finished_at": outcome.finished_at and outcome.finished_at.isoformat(),
        "looked_at": outcome.looked_at,
        "found": outcome.found,
    }
