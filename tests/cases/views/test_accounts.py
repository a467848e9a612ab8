"""What an administrator does to an account stands in each matter that its person may enter."""

import pytest
from django.contrib.auth.models import User
from django.db.models import ProtectedError

from cases.models import Membership
from cases.services import custody, matters

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client) -> User:
    made = User.objects.create_superuser("root")
    client.force_login(made)
    return made


def change(client, user, **fields):
    form = {"username": user.username, "date_joined_0": "2026-01-02", "date_joined_1": "03:04:05"}
    response = client.post(f"/admin/auth/user/{user.pk}/change/", form | fields)
    assert response.status_code == 302, response.context["errors"]


def changes(matter):
    entries = matter.custody.filter(act="account").order_by("number")
    return [(one.actor, one.facts["person"], one.facts["change"]) for one in entries]


def test_shutting_an_account_is_entered_in_each_of_its_matters(client, root, matter, alice, bob):
    other = matters.open_matter("Another", "Was it?", by=alice)
    change(client, bob)
    assert changes(matter) == [("root", "bob", "deactivated")]
    change(client, alice, is_active="on", is_staff="on")
    change(client, alice, is_active="on", username="alicia")
    said = [
        ("root", "alice", "let into the administration"),
        ("root", "alicia", "shut out of the administration"),
        ("root", "alicia", "named alice before"),
    ]
    assert changes(other) == said
    assert changes(matter)[1:] == said
    assert custody.problems(matter) == []


def test_a_password_set_by_another_is_entered(client, root, matter, bob):
    form = {"password1": "a long made-up one", "password2": "a long made-up one"}
    form |= {"usable_password": "true"}
    assert client.post(f"/admin/auth/user/{bob.pk}/password/", form).status_code == 302
    assert changes(matter) == [("root", "bob", "password set")]
    form["password2"] = "another"
    assert client.post(f"/admin/auth/user/{bob.pk}/password/", form).status_code == 200
    assert len(changes(matter)) == 1


def test_an_account_with_a_membership_or_an_act_is_not_deleted(client, root, matter, alice, bob):
    with pytest.raises(ProtectedError):
        bob.delete()
    custody.record(matter, "note", {}, by=bob)
    matters.set_level(matter, bob, None, by=alice)
    assert not Membership.objects.filter(user=bob).exists()
    page = client.post(f"/admin/auth/user/{bob.pk}/delete/", {"post": "yes"})
    assert b"custody entry" in page.content
    chosen = {"action": "delete_selected", "_selected_action": [bob.pk, alice.pk], "post": "yes"}
    client.post("/admin/auth/user/", chosen)
    assert User.objects.filter(pk__in=[alice.pk, bob.pk]).count() == 2


def test_an_account_that_did_nothing_can_be_deleted(client, root, mallory):
    stray = User.objects.create_user("stray")
    client.post(f"/admin/auth/user/{stray.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(username="stray").exists()
