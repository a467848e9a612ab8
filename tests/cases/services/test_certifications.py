import pytest
from django.db import DatabaseError, connection, transaction

from audit.analysis.digests import sha256_hex
from audit.analysis.errors import InsufficientDataError
from audit.blobs.stored import place_of
from audit.models import Job
from audit.services import jobs
from audit.services.sources import store
from cases.services import certifications, custody
from cases.services.certifications import Certifier
from cases.tasks import certify
from tests.making import alpaca, hand_in

pytestmark = pytest.mark.django_db
ANN = Certifier("Ann Other", "forensic examiner, ten years")


@pytest.fixture
def exhibits(matter, alice, settings, tmp_path):
    settings.STORAGE_URL = (tmp_path / "blobs").as_uri()
    return [
        hand_in(matter, name, "control", alpaca([("a?", name)]), alice)
        for name in ("osier", "larch", "alder")
    ]


def test_digests_are_recomputed_from_the_bytes_and_kept_beside_those_on_record(
    matter, alice, exhibits
):
    asked = certifications.ask(matter, exhibits[:2], ANN, by=alice)
    certify(asked.pk)
    certify(asked.pk)
    rows = list(asked.exhibits.all())
    assert [row.computed for row in rows] == [one.source.sha256 for one in exhibits[:2]]
    assert rows[0].size == exhibits[0].source.size
    assert rows[0].same
    assert rows[0].tool.startswith("Touchstone ")
    (entry,) = matter.custody.filter(act="certified")
    assert entry.facts["name"] == "Ann Other"
    assert entry.facts["digests"]["B"]["computed"] == exhibits[1].source.sha256
    assert Job.objects.get(kind=Job.Kind.CERTIFY).state == Job.State.DONE
    assert custody.problems(matter) == []


def test_changed_and_missing_bytes_are_said_with_what_was_found(matter, alice, exhibits):
    changed, missing = (store().root / place_of(one.source.sha256) for one in exhibits[:2])
    changed.chmod(0o644)
    changed.write_bytes(b"forged")
    missing.unlink()
    asked = certifications.ask(matter, exhibits, ANN, by=alice)
    certify(asked.pk)
    rows = list(asked.exhibits.all())
    assert [row.same for row in rows] == [False, False, True]
    assert rows[0].computed == sha256_hex(b"forged")
    assert "is missing" in rows[1].problem
    digests = matter.custody.get(act="certified").facts["digests"]
    assert digests["A"]["computed"] != digests["A"]["recorded"]
    assert "is missing" in digests["B"]["problem"]


def test_a_ceremony_that_was_killed_goes_on_where_it_was(matter, alice, exhibits):
    asked = certifications.ask(matter, exhibits, ANN, by=alice)
    job = jobs.claim(Job.Kind.CERTIFY, asked.pk)
    certifications._recompute(asked.exhibits.all()[0], certifications._Progress(job, 1))
    first = asked.exhibits.all()[0].at
    Job.objects.update(state=Job.State.WAITING)
    certify(asked.pk)
    assert asked.exhibits.all()[0].at == first
    assert not asked.exhibits.filter(at__isnull=True).exists()


def test_what_is_certified_stays(matter, alice, exhibits):
    certify(certifications.ask(matter, exhibits, ANN, by=alice).pk)
    for change in (
        "UPDATE cases_certifiedexhibit SET computed = recorded",
        "DELETE FROM cases_certifiedexhibit",
        "UPDATE cases_certification SET name = 'x'",
        "TRUNCATE cases_certification CASCADE",
    ):
        connection.check_constraints()
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(change)
    assert matter.certifications.count() == 1


def test_nothing_to_certify_is_refused(matter, alice):
    with pytest.raises(InsufficientDataError, match="Nothing is chosen"):
        certifications.ask(matter, [], ANN, by=alice)
    assert not matter.certifications.exists()
