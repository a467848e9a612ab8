"""`manage.py run`: the whole site with one command, and nothing else to install or start."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand

from cases.site import preflight, supervisor
from cases.site.postgresql.cluster import rotate
from cases.site.postgresql.embedded import server_of


class Command(BaseCommand):
    """Prepares the data folder, then supervises the site until Ctrl-C."""

    help = "Run the database, the web server and the workers until Ctrl-C."
    requires_system_checks = ()
    _announced = False

    def handle(self, *_: Any, **__: Any) -> None:
        """Run until a signal."""
        data: Path = settings.DATA
        with supervisor.hold_alone(data):
            self._prepare()
            file = data / "supervisord.conf"
            file.write_text(
                supervisor.configuration(settings.BASE_DIR / "manage.py", data), encoding="utf-8"
            )
            supervisor.Site(file, tend=self._tend).run()
            self.stdout.write("Touchstone has stopped.")

    def _prepare(self) -> None:
        preflight.check_address(settings.BIND)
        preflight.check_database()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        preflight.check_all()
        if not get_user_model().objects.exists():
            self.stdout.write("No user yet: make one with `python manage.py createsuperuser`.")

    def _tend(self) -> None:
        if settings.EMBEDDED:
            server = server_of(settings.DATA)
            rotate(server.cluster.log_file)
            if server.cluster.process() is None:
                self.stderr.write("PostgreSQL is gone; it is started again.")
                server.ensure_running()
        if not self._announced and supervisor.web_answers(settings.BIND):
            self._announced = True
            self.stdout.write(f"Touchstone answers at http://{settings.BIND}/")
            self.stdout.flush()
