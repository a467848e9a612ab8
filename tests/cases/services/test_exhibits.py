import pytest

from audit.analysis.errors import UnreadableSourceError
from audit.models import Job, Source
from audit.services import jobs
from cases.models import Exhibit
from cases.services import exhibits, matters
from cases.services.exhibits import Deposit, ExhibitRefusedError
from tests.making import alpaca, hand_in

pytestmark = pytest.mark.django_db
DATA = alpaca([("a?", "yes"), ("b?", ""), ("c?", "no")])


@pytest.fixture
def alice(django_user_model):
    return django_user_model.objects.create_user("alice")


@pytest.fixture
def matter(alice):
    return matters.open_matter("Orchard v. Harbour", "Was it?", by=alice)


def acts(matter) -> list[str]:
    return list(matter.custody.order_by("number").values_list("act", flat=True))


def test_an_exhibit_is_received_and_read_with_its_custody(matter, alice):
    exhibit = hand_in(matter, "quarry", "teacher", DATA, alice)
    assert (exhibit.label, exhibit.role, exhibit.model_name) == ("A", "teacher", "quarry")
    assert acts(matter) == ["opened", "party", "received", "read"]
    read = matter.custody.get(act="read")
    assert read.facts["taken"] == 2
    assert read.facts["left_out"] == 1
    assert matter.custody.get(act="received").facts["sha256"] == exhibit.source.sha256


def test_the_outcome_of_reading_is_entered_once(matter, alice):
    exhibit = hand_in(matter, "quarry", "teacher", DATA, alice)
    exhibits.read(exhibit, by=alice)
    assert acts(matter).count("read") == 1


def test_one_file_cannot_have_two_roles(matter, alice):
    hand_in(matter, "quarry", "teacher", DATA, alice)
    with pytest.raises(ExhibitRefusedError) as refused:
        hand_in(matter, "other", "suspect", DATA, alice)
    assert str(refused.value).startswith("other.json: the same bytes are exhibit A already")
    assert "withdraw exhibit A first" in str(refused.value)
    assert Exhibit.objects.count() == 1
    assert acts(matter).count("received") == 1


def test_one_model_cannot_have_two_files(matter, alice):
    hand_in(matter, "quarry", "teacher", DATA, alice)
    with pytest.raises(ExhibitRefusedError, match="the model quarry has exhibit A already"):
        hand_in(matter, "quarry", "control", alpaca([("d?", "e")]), alice)
    assert Exhibit.objects.count() == 1


def test_a_withdrawn_exhibit_makes_room_and_stays_on_record(matter, alice):
    first = hand_in(matter, "quarry", "teacher", DATA, alice)
    exhibits.withdraw(first, "wrong file", by=alice)
    exhibits.withdraw(first, "wrong file", by=alice)
    second = hand_in(matter, "quarry", "teacher", DATA, alice)
    assert second.label == "B"
    assert acts(matter).count("withdrawn") == 1
    assert matter.custody.get(act="withdrawn").facts["reason"] == "wrong file"


def test_an_empty_file_leaves_neither_row_nor_entry(matter, alice):
    deposit = Deposit("empty.json", "control", "m", "p")
    with pytest.raises(UnreadableSourceError, match=r"empty\.json, whole file: it is empty"):
        exhibits.receive(matter, [], deposit, by=alice)
    assert not Source.objects.exists()
    assert acts(matter) == ["opened"]


def test_an_unreadable_file_is_entered_as_such(matter, alice):
    exhibit = hand_in(matter, "quarry", "teacher", b"nothing", alice)
    read = matter.custody.get(act="read")
    assert read.facts["state"] == "unreadable"
    assert read.facts["problem"] == exhibit.source.problem != ""


def test_two_matters_share_the_bytes_and_nothing_else(matter, alice):
    other = matters.open_matter("Another", "Was it?", by=alice)
    first = hand_in(matter, "quarry", "teacher", DATA, alice)
    second = hand_in(other, "larch", "control", DATA, alice)
    assert first.source == second.source
    assert acts(other) == ["opened", "party", "received", "read"]


def test_the_name_that_a_file_bears_in_another_matter_is_not_told(matter, alice, mallory):
    hand_in(matter, "secret-client", "teacher", b"nothing", alice)
    other = matters.open_matter("Another", "Was it?", by=mallory)
    exhibit = hand_in(other, "larch", "control", b"nothing", mallory)
    assert exhibit.problem.startswith("larch.json, line 1")
    assert other.custody.get(act="read").facts["problem"] == exhibit.problem


def test_bytes_that_are_tried_anew_get_a_new_entry_in_every_matter(matter, alice):
    first = hand_in(matter, "quarry", "teacher", b"nothing", alice)
    other = matters.open_matter("Another", "Was it?", by=alice)
    hand_in(other, "larch", "control", b"nothing", alice)
    first.refresh_from_db()
    assert first.disposed_at is None
    exhibits.read(first, by=alice)
    assert acts(matter).count("read") == 2
    assert [one.facts["state"] for one in matter.custody.filter(act="read")] == ["unreadable"] * 2


def test_a_reading_that_failed_outside_the_file_can_be_asked_for_again(matter, alice):
    deposit = Deposit("quarry.json", "teacher", "quarry", "the claimant")
    exhibit = exhibits.receive(matter, [DATA], deposit, by=alice)
    job = jobs.claim(Job.Kind.READ, exhibit.source_id)
    jobs.fail(job, "The store does not answer.")
    assert not exhibits.read(exhibit, by=alice)
    exhibits.read_again(exhibit, by=alice)
    assert exhibits.read(exhibit, by=alice)
    assert acts(matter) == ["opened", "party", "received", "unread", "reread", "read"]
