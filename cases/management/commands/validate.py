"""`manage.py validate`: error rates of the method on a population of documented lineage."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.analysis.errors import TouchstoneError
from audit.analysis.validation.running import add_arguments, run_validate


class Command(BaseCommand):
    """Write scores, figures and plots; stopped, it goes on from the last measured block."""

    help = "Measure the method on a folder of transcripts, one file a model."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        add_arguments(parser)
        parser.add_argument(
            "--pack", help="folder of a pack, or `default`; without it, cross-validation"
        )
        parser.add_argument(
            "--trials",
            action="store_true",
            help="also try edits, doses and mix-ups with the pack, into trials.json",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Validate; a refusal is one sentence and exit status 1."""
        try:
            report = run_validate(
                options["population"],
                options["lineage"],
                options["out"],
                pack=options["pack"],
                trials=options["trials"],
                say=self.stdout.write,
            )
        except TouchstoneError as error:
            raise CommandError(str(error)) from error
        figures = report["figures"]
        self.stdout.write(
            f"{figures['pairs_h1']} pairs under H1, {figures['pairs_h2']} under H2: "
            f"AUC {figures['auc']:.3f}, Cllr {figures['cllr']:.3f} "
            f"(at best {figures['cllr_min']:.3f}). Files: {options['out']}"
        )
