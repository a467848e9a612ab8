"""The Celery application of the site: `celery -A cases.site.celery`."""

import logging.config
import os
import warnings
from typing import Any

from celery import Celery
from celery.signals import celeryd_after_setup, setup_logging
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cases.site.settings")
TRANSPORT_ALIASES["pgmq"] = "cases.site.broker:Transport"

# Celery warns root of pickled messages; here only JSON is accepted.
warnings.filterwarnings("ignore", message="You're running the worker with superuser")

app = Celery("touchstone")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect  # type: ignore[untyped-decorator] # Celery has no types
def _log_as_the_site_does(**_: Any) -> None:
    from django.conf import settings  # noqa: PLC0415 - read only once the settings are wanted

    logging.config.dictConfig(settings.LOGGING)


@celeryd_after_setup.connect  # type: ignore[untyped-decorator] # Celery has no types
def _acts_come_in_by_a_worker(**_: Any) -> None:
    # Before the worker forks: every process of it inherits the way.
    from cases.models import CustodyEntry  # noqa: PLC0415 - models only once Django is set up
    from cases.services import custody  # noqa: PLC0415 - as above

    custody.way.set(CustodyEntry.Way.WORKER)
