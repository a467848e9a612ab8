"""`manage.py web`: become the web server."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cases.site import preflight
from cases.site.supervisor import become


class Command(BaseCommand):
    """Checks the settings, then turns this process into gunicorn."""

    help = "Run the web server at TOUCHSTONE_BIND."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        """Replace this process."""
        preflight.check_all()
        preflight.check_address(settings.BIND)
        become("-m", "gunicorn", "-c", "python:cases.site.gunicorn", "cases.site.wsgi")
