"""The cases application."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Matters, exhibits, custody, findings and reports."""

    name = "cases"
    default_auto_field = "django.db.models.BigAutoField"
