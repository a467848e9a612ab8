"""The pages of collections: how far they are, halting them, and the folders that fill a matter."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Page

from audit.models import Collection
from audit.services import collections
from cases.services import captures, folders, gathering, matters
from cases.services.captures import As
from tests import collecting
from tests.browser import serious_violations
from tests.cast import HOSTILE
from tests.making import alpaca
from tests.provider import provider

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = timedelta(0)
AS = As("suspect", "suspect-1", "Orchard Ltd")


@pytest.fixture
def playing(tmp_path):
    faults = [{"prompt": "No?", "do": "refuse"}, {"prompt": "Bad?", "do": "400"}]
    with provider(tmp_path, faults=faults, models=["suspect-1"]) as found:
        yield found


def carried_out_apart(begun: Collection) -> None:
    collecting.carried_out(begun)
    connection.close()


@pytest.fixture
def done(playing, matter, alice, monkeypatch) -> Collection:
    """A collection that was begun for the matter, with a key, and ended."""
    monkeypatch.setenv("TOUCHSTONE_KEY_LAB", "sk-secret-0123456789")
    asked = ["Why?", "No?", "Bad?", HOSTILE]
    begun = collecting.started(playing, asked, key_name="LAB", repeats=2)
    gathering.bind(begun, matter, AS, by=alice)
    # On a thread: the one of the browser has an event loop of its own.
    with ThreadPoolExecutor(1) as other:
        other.submit(carried_out_apart, begun).result()
    begun.refresh_from_db()
    return begun


def page_of(client, matter, place="") -> str:
    answered = client.get(f"/matters/{matter.pk}/collections/{place}")
    assert answered.status_code == 200
    return answered.content.decode()


def test_the_collections_of_a_matter_are_listed(client, alice, matter, done):
    client.force_login(alice)
    shown = page_of(client, matter)
    # Each fault is made once: the second time the question is answered.
    found = collections.counts(done)
    assert found == {"answered": 6, "refused": 1, "failed": 1}
    for count in found.values():
        assert f'<td class="number">{count}</td>' in shown
    assert f"Collection {done.pk}</a>" in shown
    assert "begun by <bdi>alice</bdi>" in shown
    assert "<td><bdi>suspect-1</bdi></td>" in shown
    assert f"{sum(call.cost for call in done.calls.all()) / 1e6:.4f} EUR" in shown
    assert "sk-secret" not in shown


def test_a_collection_is_shown_with_all_that_came_of_it(client, alice, matter, done):
    client.force_login(alice)
    shown = page_of(client, matter, f"{done.pk}/")
    for text in (
        "8 of 8 questions settled",
        "HTTP 400: made up",
        "repeat 2, attempt 1",
        done.plan_digest,
        done.capture_sha256,
        "Ann Other",
        "OpenAI-compatible chat completions",
        "fp_1",
    ):
        assert text in shown
    for text in ("<script>alert(1)", "Stop for good", "sk-secret"):
        assert text not in shown


def test_the_capture_comes_in_as_an_exhibit_and_is_linked(client, alice, matter, done):
    client.force_login(alice)
    [bound] = gathering.due(9)
    exhibit = gathering.hand_in(bound)
    assert gathering.hand_in(bound) == exhibit
    assert list(gathering.due(9)) == []
    link = f'<a href="/matters/{matter.pk}/exhibits/{exhibit.number}/">Exhibit {exhibit.label}</a>'
    assert link in page_of(client, matter)
    assert link in page_of(client, matter, f"{done.pk}/")


def test_a_capture_that_is_refused_says_why(client, alice, matter, playing, exhibits):
    client.force_login(alice)
    begun = collecting.started(playing, ["Why?"])
    taken = As("suspect", exhibits[0].model_name, "Orchard Ltd")
    gathering.bind(begun, matter, taken, by=alice)
    collecting.carried_out(begun)
    assert gathering.hand_in(gathering.of(begun)) is None
    assert list(gathering.due(9)) == []
    assert "has exhibit" in page_of(client, matter, f"{begun.pk}/")


def test_pause_resume_and_stop_are_entered(client, alice, matter, playing):
    begun = collecting.started(playing, ["Why?", "How?"])
    gathering.bind(begun, matter, AS, by=alice)
    client.force_login(alice)
    place = f"/matters/{matter.pk}/collections/{begun.pk}/"
    assert "Pause" in page_of(client, matter, f"{begun.pk}/")
    for what, state in (("pause", "paused"), ("resume", "running"), ("stop", "stopped")):
        assert client.post(f"{place}act/", {"act": what}).status_code == 302
        begun.refresh_from_db()
        assert begun.state == state
    client.post(f"{place}act/", {"act": "resume"})
    client.post(f"{place}act/", {"act": "burn"})
    begun.refresh_from_db()
    assert begun.state == "stopped"
    acts = list(matter.custody.order_by("number").values_list("act", flat=True))
    assert acts[-4:] == [
        "collection begun",
        "collection pause",
        "collection resume",
        "collection stop",
    ]


def test_what_a_person_paused_is_not_taken_up_by_a_watch(playing):
    begun = collecting.started(playing, ["Why?"])
    collections.pause(begun)
    assert begun not in collections.stalled()
    collections.resume(begun)
    collections.pause(begun, "The endpoint is dead.")
    assert begun in collections.stalled()


def test_readers_look_and_strangers_find_nothing(
    client, bob, mallory, alice, matter, done, playing
):
    begun = collecting.started(playing, ["Why?"])
    gathering.bind(begun, matter, AS, by=alice)
    client.force_login(bob)
    shown = page_of(client, matter, f"{begun.pk}/")
    assert "Stop for good" not in shown
    base = f"/matters/{matter.pk}/collections/"
    acts = [(f"{begun.pk}/act/", {"act": "stop"}), ("folders/", {}), ("folders/1/close/", {})]
    for place, given in acts:
        assert client.post(base + place, given).status_code == 404
    client.force_login(mallory)
    own = mallory.memberships.get().matter
    for place in (base, f"{base}{begun.pk}/", f"/matters/{own.pk}/collections/{begun.pk}/"):
        assert client.get(place).status_code == 404
    answered = client.post(f"/matters/{own.pk}/collections/{begun.pk}/act/", {"act": "stop"})
    assert answered.status_code == 404
    begun.refresh_from_db()
    assert begun.state == "running"


def test_who_has_the_capture_as_an_exhibit_sees_and_cannot_act(
    client, mallory, alice, matter, done
):
    [bound] = gathering.due(9)
    gathering.hand_in(bound)
    own = matters.open_matter("Another", "Whose?", by=mallory)
    client.force_login(mallory)
    assert client.get(f"/matters/{own.pk}/collections/{done.pk}/").status_code == 404
    captures.hand_in(done, own, AS, by=mallory)
    shown = page_of(client, own, f"{done.pk}/")
    assert "its capture is an exhibit" in shown
    assert "alice" not in shown
    place = f"/matters/{own.pk}/collections/{done.pk}/act/"
    assert client.post(place, {"act": "stop"}).status_code == 404


@pytest.fixture
def root(tmp_path, settings) -> Path:
    found = tmp_path / "in"
    (found / "may").mkdir(parents=True)
    settings.COLLECT_FOLDERS = [found.as_uri()]
    return found


def named(place: Path, **other: str) -> dict[str, str]:
    given = {"root": place.as_uri(), "below": "may", "role": "control"}
    return given | {"model_name": "m", "party": "Thornbury"} | other


@pytest.mark.parametrize(
    "other",
    [{"below": "../.."}, {"root": "file:///etc"}, {"party": ""}, {"model_name": "m" * 99}],
)
def test_a_folder_that_may_not_be_named_is_refused(client, alice, matter, root, other):
    client.force_login(alice)
    place = f"/matters/{matter.pk}/collections/folders/"
    assert client.post(place, named(root, **other)).status_code == 422
    assert not matter.folders.exists()


def test_without_roots_no_folder_is_named(client, alice, matter):
    client.force_login(alice)
    assert "No folder may be named on this page" in page_of(client, matter)


def test_a_folder_is_watched_and_closed_on_the_page(client, alice, matter, root):
    client.force_login(alice)
    place = f"/matters/{matter.pk}/collections/folders/"
    assert client.post(place, named(root)).status_code == 302
    again = client.post(place, named(root))
    assert "for this matter already" in again.content.decode()
    (root / "may" / "one.json").write_bytes(alpaca([("Why?", "Because.")]))
    (root / "may" / "<script>alert(1).json").write_bytes(b"")
    folders.look(matter.folders.get().pk, AT_ONCE)
    shown = page_of(client, matter)
    assert "Exhibit A</a>" in shown
    assert "it is empty (0 bytes)" in shown
    assert "<script>alert(1)" not in shown
    assert client.post(f"{place}1/close/").status_code == 302
    assert "no longer watched" in page_of(client, matter)


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_collections_can_be_read_by_everybody(
    page: Page, live_server, alice, matter, done, root, width
):
    folder = folders.watch(matter, root.as_uri(), AS, by=alice)
    (root / "one.json").write_bytes(alpaca([("Why?", "Because.")]))
    (root / "none.json").write_bytes(b"")
    folders.look(folder.pk, AT_ONCE)
    alice.set_password("a long pass phrase")
    alice.save()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(live_server.url)
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Matters").wait_for()
    for place in ("", f"{done.pk}/"):
        page.goto(f"{live_server.url}/matters/{matter.pk}/collections/{place}")
        assert serious_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
