"""`manage.py beat`: become the one process that rings for the sweep."""

from typing import Any

from django.core.management.base import BaseCommand

from cases.site import preflight
from cases.site.supervisor import become


class Command(BaseCommand):
    """Checks the settings, then turns this process into Celery's beat."""

    help = "Run the scheduler; one for a site."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        """Replace this process."""
        preflight.check_all()
        become("-m", "celery", "-A", "cases.site.celery", "--quiet", "beat", "--pidfile=")
