"""`manage.py words`: what must not be said in a report, found in texts and prints."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.reports.reading import read
from cases.reports.said import phrases_of, problems_in_print
from cases.reports.texts_read import Part, UnreadableFileError
from cases.rules.words import VERSION, Problem, problems_in


class Command(BaseCommand):
    """Print each phrase with its place, why it must not stand there and what may."""

    help = (
        "Look in FILE (text, DOCX or PDF) for words that a report may not use. "
        "Exit status 1 if there are any."
    )
    # It needs no database, and so runs where the rest is not set up.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the files."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what is found in each file; exit status 1 if anything is."""
        found = sum(self._look(path) for path in options["files"])
        if found:
            raise CommandError(f"Not to be said: {found}. Rules {VERSION}.")
        self.stdout.write(f"Nothing is refused. Rules {VERSION}.")

    def _look(self, path: Path) -> int:
        try:
            there = read(path.name, path.read_bytes())
        except (OSError, UnreadableFileError) as error:
            raise CommandError(f"{path}: {error}") from error
        quoted, count = phrases_of(there.quotations), 0
        for part in there.parts:
            found = _problems(part, quoted)
            count += len(found)
            for one in found:
                self.stdout.write(f"{path}, {_place(part, one)}: {one}")
        return count


def _problems(part: Part, quoted: Counter[str]) -> list[Problem]:
    if part.quoted:
        return problems_in(part.text, part.quoted)
    return problems_in_print(part.text, quoted)


def _place(part: Part, problem: Problem) -> str:
    line = part.text.count("\n", 0, problem.start) + 1
    return ", ".join(one for one in (part.name, f"line {line}") if one)
