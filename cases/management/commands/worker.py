"""`manage.py worker`: become a Celery worker with the options this site needs."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases.site import preflight
from cases.site.supervisor import become

# Without these three, workers would tell each other of themselves by broadcasts that nobody reads.
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


class Command(BaseCommand):
    """Checks the settings, then turns this process into a worker."""

    help = (
        "Run a worker; queue `embed` for embedding, `collect` for asking models, `default` for all"
        " else."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which queues, how many at once, and further task modules."""
        parser.add_argument("--queues", default="default,embed,collect")
        parser.add_argument("--concurrency", type=int, default=2)
        parser.add_argument("--include", default="")

    def handle(self, *_: Any, **options: Any) -> None:
        """Replace this process."""
        preflight.check_all()
        queues = options["queues"]
        words = ["celery", "-A", "cases.site.celery", "--quiet", "worker", *QUIET]
        words += ["--loglevel", "INFO", "--queues", queues]
        words += ["--concurrency", str(options["concurrency"])]
        words += ["--hostname", f"{queues.replace(',', '-')}-{os.getpid()}@%h"]
        words += ["--include", options["include"]] if options["include"] else []
        become("-m", *words)
