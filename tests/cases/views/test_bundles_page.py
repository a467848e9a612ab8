"""The page of bundles: who may write and take one, and that it holds."""

import zipfile

import pytest

from audit.analysis.errors import IntegrityError
from audit.analysis.verifying import Effort, Trust, verify
from audit.models import Job
from audit.services.sources import store
from cases.models import Bundle
from cases.services import bundles, checkpoints, custody, erasure, evidence
from cases.services.bundles import keeping, writing
from cases.services.sweep import due_work
from cases.tasks import tidy, write_bundle
from tests.making import alpaca, answers, hand_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def filled(matter, alice):
    """The matter with two exhibits."""
    for name in ("suspect", "teacher"):
        hand_in(matter, name, name, alpaca(answers(len(name), 31).items(), name), alice)
    return matter


@pytest.fixture
def written(filled, alice):
    """A bundle that a worker has written."""
    asked = bundles.ask(filled, by=alice)
    write_bundle(asked.pk)
    asked.refresh_from_db()
    return asked


def test_a_bundle_is_written_and_taken_away_and_holds(client, alice, filled, tmp_path):
    client.force_login(alice)
    page = f"/matters/{filled.pk}/bundles/"
    assert client.post(page).headers["Location"] == page
    assert "waiting" in client.get(page).content.decode()
    write_bundle(Bundle.objects.get().pk)
    shown = client.get(page).content.decode()
    assert str(checkpoints.signing_key().verifier) in shown
    assert f"{page}1.zip" in shown
    (tmp_path / "b.zip").write_bytes(client.get(f"{page}1.zip").getvalue())
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        packed.extractall(tmp_path)
    key = str(checkpoints.signing_key().verifier)
    found = verify(tmp_path / f"matter-{filled.pk}-bundle-1", Trust((key,)), Effort.COMPUTING)
    assert found.failed == ()
    acts = filled.custody.order_by("-number").values_list("act", "actor")[:3]
    assert list(acts) == [("taken", "alice"), ("bundled", "alice"), ("bundling", "alice")]
    assert custody.problems(filled) == []


def test_only_who_may_act_sees_writes_or_takes_bundles(client, bob, mallory, written):
    page = f"/matters/{written.matter_id}/bundles/"
    for person in (bob, mallory):
        client.force_login(person)
        answers_ = [client.get(page), client.post(page), client.get(f"{page}1.zip")]
        assert [one.status_code for one in answers_] == [404, 404, 404]
    assert Bundle.objects.count() == 1


def test_an_erasure_that_is_cut_off_names_no_bundle_that_is_gone(written, alice, monkeypatch):
    def killed(self, sha256):
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(type(store()), "remove", killed)
        with pytest.raises(KeyboardInterrupt):
            erasure.erase(written.matter.exhibits.get(number=1), "asked for", by=alice)
    written.refresh_from_db()
    assert written.removed_at is not None
    found = []
    evidence.check(found.append)
    (told,) = (one for one in found if written.sha256 in one.where)
    assert not told.grave
    assert "a bundle that was removed" in told.what
    assert store().has(written.sha256)
    tidy()
    assert not store().has(written.sha256)


def test_a_bundle_that_is_not_there_is_told(client, alice, filled):
    client.force_login(alice)
    bundles.ask(filled, by=alice)
    page = f"/matters/{filled.pk}/bundles/"
    assert client.get(f"{page}7.zip").status_code == 404
    told = client.get(f"{page}1.zip", follow=True).content.decode()
    assert "Bundle 1 is not here. Ask for a new one." in told


def test_what_goes_wrong_is_said_and_leaves_nothing(client, alice, filled, monkeypatch):
    def short(matter):
        return counted(matter) | {"exchanges": 63}

    # Others, of this data folder, kill workers at it.
    left = set(keeping._drafts().iterdir())
    counted = writing.counts_of
    monkeypatch.setattr(writing, "counts_of", short)
    asked = bundles.ask(filled, by=alice)
    write_bundle(asked.pk)
    client.force_login(alice)
    shown = client.get(f"/matters/{filled.pk}/bundles/").content.decode()
    assert "63 exchanges in the matter, 62 written" in shown
    assert set(keeping._drafts().iterdir()) == left


def test_an_erasure_removes_the_bundles_that_hold_what_was_erased(client, alice, written):
    erasure.erase(written.matter.exhibits.get(number=1), "asked for", by=alice)
    with pytest.raises(IntegrityError):
        store().verify(written.sha256)
    client.force_login(alice)
    shown = client.get(f"/matters/{written.matter_id}/bundles/").content.decode()
    assert "removed: an exhibit was erased" in shown


def test_a_bundle_written_while_an_exhibit_is_erased_is_not_kept(alice, filled, monkeypatch):
    def erasing(folder):
        erasure.erase(filled.exhibits.get(number=1), "asked for", by=alice)
        return [b"packed"]

    monkeypatch.setattr("cases.services.bundles.keeping.packed", erasing)
    asked = bundles.ask(filled, by=alice)
    write_bundle(asked.pk)
    job = Job.objects.get(kind=Job.Kind.BUNDLE, subject=asked.pk)
    assert (job.state, job.error) == (
        "failed",
        "An exhibit was erased while the bundle was written. Ask again.",
    )


def test_a_bundle_whose_bell_was_lost_is_rung_again(alice, filled, monkeypatch):
    asked = bundles.ask(filled, by=alice)
    Job.objects.filter(subject=asked.pk).update(touched_at="2020-01-01T00:00:00Z")
    assert due_work().bundles == (asked.pk,)
