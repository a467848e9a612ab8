import pytest

from cases.models import Membership
from cases.services import matters
from cases.services.matters import LastAnalystError

pytestmark = pytest.mark.django_db


def change(client, matter, person, level):
    return client.post(f"/matters/{matter.pk}/people/", {"person": person, "level": level})


def test_an_analyst_lets_a_stranger_in_and_out_again(client, matter, alice, mallory):
    client.force_login(alice)
    assert change(client, matter, "mallory", "viewer").status_code == 302
    client.force_login(mallory)
    assert client.get(f"/matters/{matter.pk}/").status_code == 200
    assert change(client, matter, "mallory", "analyst").status_code == 404
    client.force_login(alice)
    assert change(client, matter, "mallory", "").status_code == 302
    client.force_login(mallory)
    assert client.get(f"/matters/{matter.pk}/").status_code == 404
    acts = matter.custody.filter(act="permission", facts__person="mallory")
    assert [one.facts["level"] for one in acts.order_by("number")] == ["viewer", "none"]


def test_a_viewer_sees_who_is_in_and_cannot_change_it(client, matter, bob):
    client.force_login(bob)
    page = client.get(f"/matters/{matter.pk}/people/")
    assert b"alice" in page.content
    assert b"Let a person in" not in page.content
    assert change(client, matter, "bob", "analyst").status_code == 404
    assert Membership.objects.get(user=bob, matter=matter).level == "viewer"


def test_an_unknown_name_is_answered_in_words(client, matter, alice):
    client.force_login(alice)
    page = change(client, matter, "nobody", "viewer")
    assert page.status_code == 422
    assert b"There is no active account of this name." in page.content


def test_the_last_who_may_act_cannot_leave(client, matter, alice):
    client.force_login(alice)
    page = change(client, matter, "alice", "viewer")
    assert page.status_code == 422
    assert b"alice is the last who may act in this matter" in page.content
    with pytest.raises(LastAnalystError):
        matters.set_level(matter, alice, None, by=alice)
    assert Membership.objects.get(user=alice, matter=matter).level == "analyst"
