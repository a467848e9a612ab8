"""What the material can show, on the page before a plan is sealed."""

import csv
import io

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from audit.analysis import battery
from audit.analysis.text import text_key
from audit.models import Exchange
from audit.services.matching import to_put
from cases.models import CustodyEntry, Exhibit, Matter
from tests.cases.views.test_asking_with_facts import given, press

pytestmark = pytest.mark.django_db


def test_a_look_seals_nothing_and_keeps_what_was_chosen(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit]
) -> None:
    before = CustodyEntry.objects.count()
    response = press(client, alice, matter, given(exhibits, look="1", seed=7))
    assert response.status_code == 200
    page = response.content.decode()
    assert "36 prompts in every file, 5 controls." in page
    assert "a rank among the controls with a p-value of 0.167" in page
    assert 'name="seed" value="7"' in page
    assert not matter.findings.exists()
    assert CustodyEntry.objects.count() == before


def test_a_look_at_what_cannot_be_is_answered_with_its_reason(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit]
) -> None:
    few = given(exhibits, look="1") | {"controls": [exhibits[3].pk]}
    page = press(client, alice, matter, few).content.decode()
    assert "nothing: no plan can be sealed over it" in page
    assert "Add 4 more" in page
    circle = given(exhibits, look="1") | {f"tie_{exhibits[1].pk}": "version C"}
    response = press(client, alice, matter, circle)
    assert response.status_code == 422
    assert "is named as a teacher and is no candidate" in response.content.decode()


def test_the_prompts_that_not_every_file_answers_are_handed_out(
    client: Client, bob: User, mallory: User, matter: Matter, exhibits: list[Exhibit]
) -> None:
    address = reverse("prompts_to_put", args=[matter.pk])
    client.force_login(bob)
    content = client.get(address).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [one["text"] for one in rows] == [one.text for one in battery.load()]
    client.force_login(mallory)
    assert client.get(address).status_code == 404


def test_a_prompt_that_one_file_lacks_is_still_to_be_put(exhibits: list[Exhibit]) -> None:
    sources = [one.source for one in exhibits]
    first, second = battery.load()[:2]
    answered = [(one, source) for source in sources for one in (first, second)][:-1]
    Exchange.objects.bulk_create(
        Exchange(
            source=source, record=900 + place, prompt=one.text, answer="So.",
            prompt_key=text_key(one.text), answer_key="0" * 64,
        )
        for place, (one, source) in enumerate(answered)
    )  # fmt: skip
    assert to_put(sources) == battery.load()[1:]
