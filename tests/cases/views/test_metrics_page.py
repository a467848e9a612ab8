"""The numbers for Prometheus: who may read them, and that they are those of the database."""

import re

import pytest
from django.test import Client

from audit.models import Job
from cases.models import Notice
from cases.services import watches
from cases.services.watches import notices
from tests.watching import quiet_watch

LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? [0-9]+')


@pytest.fixture
def watch(matter, exhibits, alice):
    opened = quiet_watch(matter, exhibits, by=alice, every_s=3600)
    watches.look_if_due(opened.pk)
    watches.tell_where(opened, watches.Telling(emails=("ann@example.org",)), by=alice)
    notices.tell(opened, Notice.Kind.FAILURE, "failure 1", "It failed.")
    Job.objects.create(kind=Job.Kind.READ, subject=1)
    return opened


def test_strangers_find_no_page(client, alice, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 404
    client.force_login(alice)
    assert client.get("/metrics").status_code == 404


def test_who_has_the_token_reads_numbers_that_name_nobody(watch, settings):
    settings.METRICS_TOKEN = "a-token"
    assert Client(HTTP_AUTHORIZATION="Bearer another").get("/metrics").status_code == 404
    answered = Client(HTTP_AUTHORIZATION="Bearer a-token").get("/metrics")
    assert answered.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answered.content.decode().splitlines()
    values = [line for line in lines if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in values), values
    assert 'touchstone_jobs{kind="read",state="waiting"} 1' in values
    assert 'touchstone_watch_runs{kind="look",state="open"} 1' in values
    assert "touchstone_watches_active 1" in values
    assert 'touchstone_notices_unsent{state="waiting"} 1' in values
    assert "touchstone_notices_unacknowledged 1" in values
    assert "suspect" not in answered.content.decode().lower()


def test_staff_read_them_too(admin_client, watch):
    assert admin_client.get("/metrics").status_code == 200
