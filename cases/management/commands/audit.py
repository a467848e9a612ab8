"""`manage.py audit`: files in, a PDF and results.json out, without the web page."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.analysis.errors import TouchstoneError
from audit.analysis.likelihood import default_pack
from audit.analysis.plan import OFFERED_NEAR_PROMPT, Parameters
from audit.services import runs
from cases.models import Exhibit, Finding, Report
from cases.reports.likelihood import in_lines
from cases.services import desk, reports
from cases.services.papers import Papers
from cases.site import preflight

# The options that `Papers` takes.
PAPERS = ("declared", "canaries", "gold", "watermarks")


class Command(BaseCommand):
    """Audit a suspect against candidate teachers and controls."""

    help = (
        "Audit a suspect against candidate teachers and controls; write the PDF and its numbers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare one option a role."""
        for role in Exhibit.Role.values:
            parser.add_argument(
                f"--{role}", required=True, metavar="[MODEL=]FILE", action="extend", nargs="+"
            )
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--near-prompt",
            type=float,
            metavar="COSINE",
            help=f"match nearly equal prompts too, such as {OFFERED_NEAR_PROMPT}; else the same "
            "text only",
        )
        parser.add_argument("--as", dest="username", help="the account to act for in the matter")
        _add_papers(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the audit; a refusal is one sentence and exit status 1."""
        preflight.make_ready()
        given = [
            desk.Given.parse(role, text) for role in Exhibit.Role.values for text in options[role]
        ]
        _require_writable(options["out"])
        try:
            for one in given:
                one.require_file()
            papers = Papers(**{name: options[name] for name in PAPERS})
            asserted = papers.read(given)
            finding = desk.audit(
                given,
                Parameters(
                    seed=options["seed"],
                    near_prompt=options["near_prompt"],
                    pack=default_pack().digest,
                ),
                say=self._say,
                by=desk.acting(options["username"]),
                asserted=asserted,
            )
        except TouchstoneError as error:
            raise CommandError(str(error)) from error
        report = Report.objects.get(finding=finding)
        try:
            _write(report, options["out"], by=finding.asked_by)
        except OSError as error:
            raise CommandError(
                f"{options['out']}: the report cannot be written there ({error.strerror}). It is "
                f"kept in matter {finding.matter_id}. Give --out another folder."
            ) from error
        self._tell(finding, options["out"])

    def _tell(self, finding: Finding, folder: Path) -> None:
        result = runs.result_of(finding.run)
        outcome = result["outcome"]
        self.stdout.write("")
        for line in in_lines(result):
            self.stdout.write(line)
        self.stdout.write(f"\nBy rank: {outcome['answer']}\n")
        for limit in outcome["limits"]:
            self.stdout.write(f"  - {limit}")
        self.stdout.write(f"\nreport     {folder / 'report.pdf'}")
        self.stdout.write(f"case file  {folder / 'results.json'}")
        self.stdout.write(f"matter     {finding.matter_id} in {settings.DATA}")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _write(report: Report, folder: Path, *, by: User) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, sha256 in (
        ("report.pdf", report.pdf_sha256),
        ("results.json", report.results_sha256),
    ):
        _write_whole(folder / name, reports.open_issued(report, sha256, by=by))


def _add_papers(parser: CommandParser) -> None:
    """Declare the options for what a party asserts; all of it is sealed with the plan."""
    told = parser.add_argument_group(
        "what a party asserts", "sealed with the plan, and so readable in results.json"
    )
    told.add_argument(
        "--declared",
        type=Path,
        metavar="FILE",
        help="facts about models, JSON: an object for each MODEL, with second_run_of or "
        "version_of a teacher, same_base_as_suspect, released (a date), names (of a teacher and "
        "of its maker), family (of a control: those of one family count as one)",
    )
    told.add_argument(
        "--canaries",
        default="",
        metavar="[MODEL=]FILE",
        help="strings that a teacher planted: .txt with one a line, or .csv or .jsonl with "
        "identity and text; MODEL is the teacher, if there are several",
    )
    told.add_argument(
        "--gold",
        type=Path,
        metavar="FILE",
        help="right answers, JSON Lines: prompt, answer and, for a choice of letters, options",
    )
    told.add_argument(
        "--watermark",
        dest="watermarks",
        action="append",
        default=[],
        metavar="DETECTOR=KEYFILE",
        help="an installed detector with its key, which can be read in results.json from then on",
    )


def _require_writable(folder: Path) -> None:
    """Refuse before the work what could not be written after it; makes no folder yet."""
    standing = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not standing.is_dir() or not os.access(standing, os.W_OK | os.X_OK):
        raise CommandError(
            f"{folder}: the report cannot be written there. Give --out a folder that can be."
        )


def _write_whole(path: Path, source: BinaryIO) -> None:
    """Copy to a path under a temporary name first, so that no half file stands there."""
    with (
        source as stream,
        tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as target,
    ):
        shutil.copyfileobj(stream, target)
    os.chmod(target.name, 0o644)  # noqa: PTH101 # the report is for handing on
    Path(target.name).replace(path)
