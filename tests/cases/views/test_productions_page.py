"""The page of productions: who may ask for one and take it, in plain words, at any width."""

import io
import zipfile

import pytest

from audit.models import Job
from cases.models import Production
from cases.services import custody, designations, productions
from cases.services.productions import CONCORDANCE
from cases.tasks import write_production
from tests.browser import serious_violations
from tests.making import alpaca, answers, hand_in

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = {"bates_prefix": "LARK", "digits": "7", "profile": CONCORDANCE.name}


@pytest.fixture
def filled(matter, alice):
    """The matter with two exhibits."""
    for name in ("suspect", "teacher"):
        hand_in(matter, name, name, alpaca(answers(len(name), 31).items(), name), alice)
    return matter


@pytest.fixture
def written(filled, alice):
    """A production that a worker has written."""
    asked = productions.ask(filled, CONCORDANCE.name, "LARK", by=alice)
    write_production(asked.pk)
    asked.refresh_from_db()
    return asked


def test_a_production_is_asked_for_watched_and_taken_away(client, alice, filled):
    client.force_login(alice)
    page = f"/matters/{filled.pk}/productions/"
    assert client.post(page, ASKED).headers["Location"] == page
    assert "waiting" in client.get(page).content.decode()
    write_production(Production.objects.get().pk)
    shown = client.get(page).content.decode()
    assert f'href="{page}1.zip"' in shown
    assert 'value="LARK"' in shown
    answer = client.get(f"{page}1.zip")
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="matter-{filled.pk}-LARK_VOL001.zip"'
    )
    packed = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert "NATIVES/LARK0000002.json" in packed.namelist()
    acts = list(filled.custody.order_by("-number").values_list("act", flat=True)[:4])
    assert acts == ["delivered", "produced", "numbered", "prefix"]
    told = client.get(f"/matters/{filled.pk}/custody/").content.decode()
    assert "Production 1 taken away" in told
    assert "Numbers LARK0000001 to LARK0000002 given" in told
    assert custody.problems(filled) == []


def test_a_production_bears_the_mark_of_its_matter(client, alice, written):
    exhibit = written.matter.exhibits.get(number=1)
    designations.designate(exhibit, "CONFIDENTIAL", "", by=alice)
    client.force_login(alice)
    page = f"/matters/{written.matter_id}/productions/"
    assert "CONFIDENTIAL" in client.get(page).content.decode()
    answer = client.get(f"{page}1.zip")
    assert 'filename="CONFIDENTIAL-matter-' in answer.headers["Content-Disposition"]
    assert answer.getvalue().startswith(b"PK")


def test_only_who_may_act_sees_asks_for_or_takes_productions(client, bob, mallory, written):
    page = f"/matters/{written.matter_id}/productions/"
    for person in (bob, mallory):
        client.force_login(person)
        tried = [client.get(page), client.post(page, ASKED), client.get(f"{page}1.zip")]
        assert [one.status_code for one in tried] == [404, 404, 404]
    assert Production.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bates_prefix": "lark"}, "with a letter first and no digit last"),
        ({"bates_prefix": ""}, "This field is required"),
        ({"digits": "2"}, "greater than or equal to 3"),
        ({"profile": "Summation"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_asked_for_is_said_beside_its_field(client, alice, filled, change, words):
    client.force_login(alice)
    answer = client.post(f"/matters/{filled.pk}/productions/", ASKED | change)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Production.objects.count() == 0


def test_what_goes_wrong_is_said_on_the_page(client, alice, matter):
    asked = productions.ask(matter, CONCORDANCE.name, "LARK", by=alice)
    write_production(asked.pk)
    client.force_login(alice)
    shown = client.get(f"/matters/{matter.pk}/productions/").content.decode()
    assert "No exhibit stands in the matter: there is nothing to produce." in shown
    assert Job.objects.get(kind=Job.Kind.PRODUCE).state == Job.State.FAILED


def test_a_production_that_is_not_there_is_told(client, alice, filled):
    client.force_login(alice)
    productions.ask(filled, CONCORDANCE.name, "LARK", by=alice)
    page = f"/matters/{filled.pk}/productions/"
    assert client.get(f"{page}7.zip").status_code == 404
    told = client.get(f"{page}1.zip", follow=True).content.decode()
    assert "Production 1 is not here. Ask for a new one." in told


@pytest.mark.browser
def test_the_page_can_be_read_and_used_on_a_small_screen(page, live_server, client, written):
    client.force_login(written.asked_by)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/matters/{written.matter_id}/productions/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious_violations(page) == []
    page.get_by_label("Prefix of the Bates numbers").fill("SALT-")
    page.get_by_role("button", name="Write it").press("Enter")
    page.get_by_text("SALT-_VOL002").wait_for()
    assert Production.objects.order_by("number").last().prefix == "SALT-"
