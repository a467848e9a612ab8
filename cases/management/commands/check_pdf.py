"""`manage.py check_pdf FILE...`: what a PDF says that it is, and whether it is."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases.reports.inspecting import inspect

_WORDS = {True: "pass", False: "FAIL", None: "not checked"}


class Command(BaseCommand):
    """Check PDFs with our own eyes and with every program that is installed."""

    help = (
        "Check PDFs for PDF/A-3a and PDF/UA-1: by checks of our own, and by pdfua, qpdf, "
        "poppler's tools and veraPDF where they are installed. Ends with 1 if a check fails."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the files."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print a line for each check of each file."""
        failed = False
        for path in options["files"]:
            self.stdout.write(str(path))
            for one in inspect(path):
                failed |= one.passed is False
                told = f": {one.told}" if one.told else ""
                self.stdout.write(f"  {_WORDS[one.passed]:<12} {one.name}{told}")
        if failed:
            sys.exit(1)
