"""The audit application."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Sources, exchanges, embeddings and runs: evidence known only by its digest."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"
