"""A key of the site goes where it was meant to go, whatever address a person names for it."""

from audit.collect.pacing import Prices
from audit.services import collections
from cases.models import Watch
from tests.cases.views.test_watches_pages import agreed, given

KEY, HOME = "LAB_ONE", "https://models.example.org/v1"


def new(matter) -> str:
    return f"/matters/{matter.pk}/watches/new/"


def test_who_may_act_on_a_matter_cannot_send_a_key_to_an_address_of_their_own(
    client, alice, matter, exhibits, monkeypatch
):
    monkeypatch.setenv(f"TOUCHSTONE_KEY_{KEY}", "sk-made-up-0123456789")
    client.force_login(alice)
    taken = given(exhibits, key_name=KEY, url="https://collector.example.net/v1")
    answered = client.post(new(matter), taken)
    assert answered.status_code == 422
    assert "was never used at https://collector.example.net/v1" in answered.content.decode()
    collections.endpoint("chat_completions", HOME, "m", key_name=KEY, prices=Prices(0, 0))
    # Another place of the same host may be another's.
    beside = client.post(new(matter), taken | {"url": "https://models.example.org/other"})
    assert beside.status_code == 422
    assert not Watch.objects.exists()
    assert agreed(client, new(matter), taken | {"url": f"{HOME}/"}).status_code == 302


def test_staff_may_use_a_key_at_an_address_for_the_first_time(client, alice, matter, exhibits):
    alice.is_staff = True
    alice.save()
    client.force_login(alice)
    posted = given(exhibits, key_name=KEY, url=HOME)
    assert agreed(client, new(matter), posted).status_code == 302
