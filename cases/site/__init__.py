"""Wiring: settings, Celery, WSGI, the embedded database and the supervisor. No rules."""

# Imported with the settings, so that every `shared_task` belongs to this application.
from cases.site.celery import app

__all__ = ["app"]
