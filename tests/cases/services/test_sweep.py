from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import Job, Source
from cases.models import Exhibit
from cases.services import exhibits
from cases.services.exhibits import Deposit
from cases.services.sweep import due_work
from tests.making import alpaca, past_the_triggers

pytestmark = pytest.mark.django_db


def received(matter, name, by) -> Exhibit:
    """An exhibit whose bell was lost long ago."""
    deposit = Deposit(f"{name}.json", "control", name, "the claimant")
    exhibit = exhibits.receive(matter, [alpaca([("a?", name)])], deposit, by=by)
    long_ago = timezone.now() - timedelta(hours=1)
    with past_the_triggers():
        Exhibit.objects.filter(pk=exhibit.pk).update(received_at=long_ago)
    Job.objects.filter(subject=exhibit.source_id).update(touched_at=long_ago)
    return exhibit


def test_an_exhibit_whose_bell_was_lost_is_due(matter, alice):
    exhibit = received(matter, "osier", alice)
    assert due_work().exhibits == (exhibit.pk,)
    assert due_work().exhibits == ()


def test_an_exhibit_that_another_matter_had_read_is_due(matter, alice):
    exhibit = received(matter, "osier", alice)
    Source.objects.update(state=Source.State.READ)
    Job.objects.update(state=Job.State.DONE)
    assert due_work().exhibits == (exhibit.pk,)


def test_an_exhibit_whose_bytes_are_away_is_due_when_they_are_handed_in_again(matter, alice):
    exhibit = received(matter, "osier", alice)
    Job.objects.update(state=Job.State.FAILED, error="The stored file is missing.")
    assert due_work().exhibits == ()
    with pytest.raises(exhibits.ExhibitRefusedError):
        received(matter, "osier", alice)
    Job.objects.update(touched_at=timezone.now() - timedelta(hours=1))
    assert due_work().exhibits == (exhibit.pk,)


def test_work_of_other_kinds_does_not_hide_a_finding():
    old = timezone.now() - timedelta(hours=1)
    Job.objects.bulk_create(
        Job(kind=Job.Kind.READ, subject=number, touched_at=old) for number in range(1, 600)
    )
    Job.objects.create(kind=Job.Kind.AUDIT, subject=7, touched_at=old + timedelta(minutes=1))
    Job.objects.create(kind=Job.Kind.PRINT, subject=8, touched_at=old + timedelta(minutes=1))
    due = due_work()
    assert (due.findings, due.reports) == ((7,), (8,))
