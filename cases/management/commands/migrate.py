"""`manage.py migrate`: Django's own, as the owner of the tables; then the services' rights."""

from typing import Any

from django.core.management.commands import migrate

from cases.site.postgresql.roles import as_owner


class Command(migrate.Command):
    """Migrates as the owner of the tables, then gives the account of the services its rights."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, and leave the services exactly what they need."""
        with as_owner():
            super().handle(*args, **options)
