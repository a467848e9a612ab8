"""The pages of watches: opening one, seeing what it saw, who may, and how it looks on a phone."""

import numpy as np
import pytest
from django.utils import timezone
from playwright.sync_api import Page

from audit.models import Endpoint
from cases.models import Notice, Watch, WatchRun
from cases.services import watches
from cases.services.watches import notices
from tests.browser import serious_violations
from tests.cast import PROMPTS
from tests.releases import audited
from tests.watching import quiet_watch

GIVEN = {
    "name": "Larkspur's line",
    "kind": "chat_completions",
    "url": "https://models.example.org/v1",
    "model": "larkspur-latest",
    "line": "larkspur-",
    "price_in": "1.5",
    "price_out": "6",
    "currency": "EUR",
    "basis": "our contract of May",
    "terms_allow": "on",
    "crontab": "30 6 * * *",
    "zone": "Europe/Berlin",
    "missed": "once",
    "max_tokens": "512",
    "rate": "2",
    "put": "shared",
    "threshold": "10",
    "sentinels_from": "drawn",
    "repeats": "3",
    "reserve": "3",
    "looks_per_alarm": "365",
    "at_once": "4",
    "attempts": "6",
    "alpha": "0.05",
    "least_controls": "5",
    "least_prompts": "30",
    "draw_seed": "1",
    "money": "3",
    "emails": "ann@example.org, ben@example.org",
}


def given(exhibits, **other: str) -> dict[str, object]:
    chosen = {
        "teachers": [one.pk for one in exhibits if one.role == "teacher"],
        "controls": [one.pk for one in exhibits if one.role == "control"],
    }
    return GIVEN | chosen | other


def agreed(client, page: str, posted: dict[str, object]):
    """Send a form, and agree to what is shown then."""
    shown = client.post(page, posted)
    assert shown.status_code == 200, shown.content.decode()
    seen = shown.context["proposal"].digest
    return client.post(page, posted | {"step": "agree", "seen": seen})


@pytest.fixture
def watch(matter, exhibits, alice) -> Watch:
    """A watch that has seen three releases, the last of them audited twice."""
    opened = quiet_watch(matter, exhibits, by=alice, every_s=3600)
    rng = np.random.default_rng(5)
    for number, lead in ((1, 0.02), (2, 0.02), (3, 0.3), (3, 0.3)):
        values = lead + 0.02 * rng.normal(size=len(PROMPTS))
        audited(opened, exhibits, alice, number, values)
    notices.tell(opened, Notice.Kind.CHANGE, "release 2", "Suspects: release 2 was noticed.")
    return opened


def test_a_watch_is_opened_from_the_page(client, alice, matter, exhibits):
    client.force_login(alice)
    page = f"/matters/{matter.pk}/watches/new/"
    assert client.get(page).status_code == 200
    assert not Watch.objects.exists()
    answered = agreed(client, page, given(exhibits))
    assert answered.status_code == 302, answered.content.decode()
    watch = matter.watches.get()
    assert watches.schedule_in_words(watch) == "30 6 * * * in Europe/Berlin"
    assert watch.emails == ["ann@example.org", "ben@example.org"]
    design = watch.plans.get().plan["design"]
    assert design["line"] == "larkspur-"
    assert design["limits"]["money"] == 3_000_000
    assert len(design["prompts"]) == len(PROMPTS)
    assert Endpoint.objects.get().authorisations.get().confirmed_by == "alice"
    shown = client.get(answered.headers["Location"]).content.decode()
    assert "30 6 * * * in Europe/Berlin" in shown
    assert "Europe/Berlin" in shown


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"crontab": "99 6 * * *"}, "The schedule"),
        ({"crontab": "daily"}, "is not a crontab"),
        ({"url": "models.example.org"}, "The address of an endpoint begins with"),
        ({"url": "http://169.254.169.254/latest"}, "their own secrets"),
        ({"url": "http://[::ffff:169.254.169.254]/latest"}, "their own secrets"),
        ({"webhook": "https://169.254.169.254/"}, "not one of the link itself"),
        ({"sentinels_from": "own", "sentinels": "One?"}, "no change of behaviour could be"),
        ({"key_name": "sk-secret"}, "The name of a key has capital letters"),
        ({"webhook": "http://example.org/"}, "begins with https://"),
        ({"webhook": "https://example.org/"}, "needs the name of a key"),
        ({"quiet_from": "22:00"}, "a beginning and an end"),
        ({"emails": "nobody"}, "valid email"),
        ({"price_in": "0", "price_out": "0"}, "A budget in money needs prices"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_words_and_leaves_nothing(
    client, alice, matter, exhibits, other, said
):
    client.force_login(alice)
    answered = client.post(f"/matters/{matter.pk}/watches/new/", given(exhibits, **other))
    assert answered.status_code == 422
    assert said in answered.content.decode()
    assert not Watch.objects.exists()
    assert not Endpoint.objects.exists()


def test_without_a_confirmation_nothing_is_asked(client, alice, matter, exhibits):
    client.force_login(alice)
    posted = given(exhibits)
    del posted["terms_allow"]
    answered = client.post(f"/matters/{matter.pk}/watches/new/", posted)
    assert answered.status_code == 422
    assert not Watch.objects.exists()


def test_readers_see_and_acknowledge_and_strangers_find_nothing(client, bob, mallory, watch):
    base = f"/matters/{watch.matter_id}/watches/"
    client.force_login(bob)
    shown = client.get(f"{base}1/").content.decode()
    assert "Look now" not in shown
    assert "Audit again" not in shown
    assert client.post(f"{base}1/act/", {"act": "pause"}).status_code == 404
    assert client.post(f"{base}1/releases/1/again/").status_code == 404
    assert client.get(f"{base}new/").status_code == 404
    notice = Notice.objects.get()
    client.post(f"{base}1/notices/{notice.pk}/")
    notice.refresh_from_db()
    assert notice.acknowledged_by == bob
    client.force_login(mallory)
    for page in (base, f"{base}1/", f"{base}new/"):
        assert client.get(page).status_code == 404
    assert client.post(f"{base}1/notices/{notice.pk}/").status_code == 404
    own = mallory.memberships.get().matter_id
    assert client.post(f"/matters/{own}/watches/1/notices/{notice.pk}/").status_code == 404


def test_the_series_says_which_change_stands(client, alice, watch):
    first, _ = watches.series_of(watch)
    assert [one["release"] for one in first["points"]] == [1, 2, 3, 3]
    assert [one["stands"] for one in first["changes"]] == [False, True]
    assert 0 < first["noise"] < 0.05
    client.force_login(alice)
    shown = client.get(f"/matters/{watch.matter_id}/watches/1/").content.decode()
    assert "release 2 to release 3" in shown
    figures = client.get(f"/matters/{watch.matter_id}/watches/1/figures.json").json()
    assert sorted(figures) == ["series-B", "series-C"]
    drawn = client.get(f"/matters/{watch.matter_id}/watches/1/figures/series-B.svg")
    assert drawn.content.startswith(b"<svg")
    assert client.get(f"/matters/{watch.matter_id}/watches/1/figures/x.svg").status_code == 404
    assert "1.2345 EUR" in shown
    assert "1 prompt without an answer" in shown


def test_a_list_that_was_not_read_whole_is_told_with_its_look(client, alice, watch):
    listing = {"problem": "HTTP 503\u202e", "left_out": 7}
    WatchRun.objects.create(
        watch=watch,
        plan=watch.plans.get(),
        kind="look",
        due_at=timezone.now(),
        state="done",
        ended_at=timezone.now(),
        facts={"listing": listing},
    )
    client.force_login(alice)
    shown = client.get(f"/matters/{watch.matter_id}/watches/1/").content.decode()
    assert "list was not read: <bdi>HTTP 503[U+202E]</bdi>" in shown
    assert "7 names of the list left out" in shown


def test_acts_of_the_page(client, alice, watch):
    client.force_login(alice)
    page = f"/matters/{watch.matter_id}/watches/1/act/"
    client.post(page, {"act": "pause"})
    watch.refresh_from_db()
    assert watch.state == Watch.State.PAUSED
    client.post(page, {"act": "resume"})
    client.post(page, {"act": "look"})
    run = watch.runs.get(kind="look")
    assert not run.ordinary_course
    client.post(f"/matters/{watch.matter_id}/watches/1/releases/2/again/")
    assert watch.runs.get(state="open", kind="audit").release.number == 2


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_can_be_used_by_everybody(page: Page, live_server, alice, watch, width):
    alice.set_password("a long pass phrase")
    alice.save()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(live_server.url)
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Matters").wait_for()
    for place in ("", "1/", "new/"):
        page.goto(f"{live_server.url}/matters/{watch.matter_id}/watches/{place}")
        assert serious_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{live_server.url}/matters/{watch.matter_id}/watches/1/")
    page.locator(".chart").first.scroll_into_view_if_needed()
    page.locator(".chart svg").first.wait_for()
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("by alice").first.wait_for()
