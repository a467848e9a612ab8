"""The timeline of a watch and its series: events entered, ratios, versions, ageing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from playwright.sync_api import Page

from audit.analysis.text import text_key
from cases.models import CustodyEntry, Exhibit, Watch, WatchEvent
from cases.services import custody, watches
from tests.browser import serious_violations
from tests.cast import PROMPTS
from tests.releases import audited
from tests.watching import quiet_watch

FIRST = datetime(2026, 1, 10, 9, tzinfo=UTC)
TERMS = {
    "kind": "terms",
    "happened_on": "2026-02-20",
    "text": "The terms forbid training on outputs, in section 3",
    "source": "https://example.org/terms, seen on 2026-02-21",
    "sha256": "ab" * 32,
}


def renewed(watch: Watch, monkeypatch, **other: str) -> None:
    """Seal the plan again over another method, as after an update of the site."""
    now = watches.opening.pins()
    monkeypatch.setattr(watches.opening, "pins", lambda: type(now)(**(vars_of(now) | other)))
    watches.renew(watch, "The site computes with another method.", by=watch.opened_by)


def vars_of(pins) -> dict[str, str]:
    return {name: getattr(pins, name) for name in ("software", "encoder", "pack")}


@pytest.fixture
def watch(matter, exhibits, alice, monkeypatch) -> Watch:
    """Five releases; one audited twice, one abstains, and the last two under another encoder."""
    opened = quiet_watch(matter, exhibits, by=alice, every_s=3600)
    rng = np.random.default_rng(5)
    keys = [text_key(one) for one in PROMPTS]
    rows = (
        (1, 0.02, -0.6, True, 0),
        (2, 0.02, None, True, 1),
        (2, 0.02, -0.5, False, 1),
        (3, 0.3, 1.2, True, 1),
        (4, 0.3, 1.1, True, 12),
        (5, 0.3, 1.2, True, 13),
    )
    for number, lead, ratio, ordinary, missing in rows:
        if number == 4:
            renewed(opened, monkeypatch, encoder="f" * 64)
        values = lead + 0.02 * rng.normal(size=len(PROMPTS))
        battery = {"missing": keys[:missing], "refused": [], "alike": keys[-number:]}
        audited(
            *(opened, exhibits, alice, number, values),
            at=FIRST + timedelta(days=30 * (number - 1)),
            log10_lr=ratio,
            ordinary_course=ordinary,
            battery=battery,
        )
    return opened


def page_of(watch: Watch) -> str:
    return f"/matters/{watch.matter_id}/watches/{watch.number}/"


def test_an_event_is_entered_from_the_page_into_ledger_timeline_and_figures(client, alice, watch):
    client.force_login(alice)
    page = page_of(watch)
    assert client.get(f"{page}events/new/").status_code == 200
    answered = client.post(f"{page}events/new/", TERMS)
    assert answered.status_code == 302, answered.content.decode()
    event = watch.events.get()
    assert (event.kind, event.happened_on, event.entered_by) == ("terms", date(2026, 2, 20), alice)
    entry = CustodyEntry.objects.get(act="watch event")
    assert (entry.facts["happened_on"], entry.facts["sha256"]) == ("2026-02-20", "ab" * 32)
    assert custody.problems(watch.matter) == []
    shown = client.get(page).content.decode()
    assert TERMS["text"] in shown
    figure = client.get(f"{page}figures.json").json()["series-B"]
    told = [
        row["told"] for one in figure["layer"] for row in one["data"]["values"] if "told" in row
    ]
    (marked,) = {one for one in told if "forbid training" in one}
    assert marked.startswith("2026-02-20 change of terms: ")
    drawn = client.get(f"{page}figures/ratios-B.svg").content.decode()
    assert "change of terms" in drawn


def test_events_stand_between_the_releases_of_their_time(client, alice, watch):
    for day in ("2026-02-09", "2026-02-08", "2026-12-01"):
        happened = watches.Happened("other", date.fromisoformat(day), f"On {day}", "a letter")
        watches.enter_event(watch, happened, by=alice)
    client.force_login(alice)
    chart = client.get(f"{page_of(watch)}figures.json").json()["ratios-B"]
    rows = {
        row["row"]: row["told"]
        for one in chart["layer"]
        for row in one["data"]["values"]
        if "told" in row
    }
    # Teachers came in when the matter was opened: today, after all releases and before December.
    order = [rows[place].split(":")[0] for place in sorted(rows)]
    assert [one for one in order if "snapshot" not in one] == [
        "release 1, 2026-01-10",
        "2026-02-08 other event",
        "2026-02-09 other event",
        "release 2, 2026-02-09",
        "release 2, 2026-02-09 (as a person asked)",
        "release 3, 2026-03-11",
        "From here",
        "release 4, 2026-04-10",
        "release 5, 2026-05-10",
        "2026-12-01 other event",
    ]
    assert "none given. The ratio would lie between" in rows[3]


def test_events_are_never_changed_and_one_entered_wrongly_is_replaced(client, alice, watch):
    client.force_login(alice)
    page = page_of(watch)
    client.post(f"{page}events/new/", TERMS)
    first = watch.events.get()
    for change in (
        lambda: WatchEvent.objects.filter(pk=first.pk).update(text="Nothing of the kind"),
        lambda: WatchEvent.objects.filter(pk=first.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    wrong = {"text": "That was another service", "kind": "nothing", "replaces": first.pk}
    assert client.post(f"{page}events/new/", TERMS | wrong).status_code == 302
    assert watches.standing_events(watch) == []
    shown = client.get(page).content.decode()
    assert "replaced by another event" in shown
    figure = client.get(f"{page}figures/series-B.svg").content.decode()
    assert "change of terms" not in figure
    again = client.post(f"{page}events/new/", TERMS | wrong)
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"happened_on": "2026-02-30"}, "Enter a valid date"),
        ({"sha256": "AB" * 32}, "64 characters"),
        ({"source": " "}, "This field is required"),
        ({"kind": "nothing"}, "Choose the event that was entered in error"),
        ({"replaces": "999"}, "valid choice"),
    ],
)
def test_what_is_no_event_is_refused_in_words(client, alice, watch, other, said):
    client.force_login(alice)
    answered = client.post(f"{page_of(watch)}events/new/", TERMS | other)
    assert answered.status_code == 422
    assert said in answered.content.decode()
    assert not WatchEvent.objects.exists()


def test_who_may_only_read_enters_nothing(client, bob, mallory, watch):
    for person in (bob, mallory):
        client.force_login(person)
        assert client.get(f"{page_of(watch)}events/new/").status_code == 404
        assert client.post(f"{page_of(watch)}events/new/", TERMS).status_code == 404
    assert not WatchEvent.objects.exists()
    client.force_login(bob)
    assert "Enter an event" not in client.get(page_of(watch)).content.decode()


def test_an_event_of_another_watch_is_not_replaced_nor_an_exhibit_of_another_matter_named(
    client, alice, watch, exhibits
):
    client.force_login(alice)
    client.post(f"{page_of(watch)}events/new/", TERMS)
    other = quiet_watch(watch.matter, exhibits, by=alice, every_s=60)
    happened = watches.Happened("other", date(2026, 1, 1), "So", "there")
    with pytest.raises(watches.WatchRefusedError, match="not one of this watch"):
        watches.enter_event(other, replace(happened, replaces=watch.events.get()), by=alice)
    elsewhere = Exhibit(matter_id=watch.matter_id + 1, number=1)
    with pytest.raises(watches.WatchRefusedError, match="not one of this matter"):
        watches.enter_event(other, replace(happened, exhibit=elsewhere), by=alice)


def test_the_page_says_where_a_version_cannot_be_held_against_another(client, alice, watch):
    (first, _) = watches.series_of(watch)
    assert [one["look"] for one in first["changes"]] == [1, 2, 3]
    (gap,) = first["untested"]
    assert (gap["before"], gap["after"]) == ("release 3", "release 4")
    client.force_login(alice)
    shown = client.get(page_of(watch)).content.decode()
    assert "The change from release 3 to release 4 is not tested." in shown
    assert "the encoder is another" in shown
    assert "audit it again under version 2" in shown


def test_the_page_says_how_the_battery_aged(client, alice, watch):
    client.force_login(alice)
    shown = client.get(page_of(watch)).content.decode()
    assert "13 have no answer any more and 0 have one now" in shown
    assert "more prompts go without an answer than at first" in shown
    assert "4 prompts that told models apart at first are now answered alike" in shown


def sign_in(page: Page, live_server, person: User, width: int) -> None:
    person.set_password("a long pass phrase")
    person.save()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(live_server.url)
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Matters").wait_for()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_timeline_and_figures_can_be_used_by_everybody(
    page: Page, live_server, alice, watch, width
):
    watches.enter_event(
        watch,
        watches.Happened("terms", date(2026, 2, 20), TERMS["text"], TERMS["source"]),
        by=alice,
    )
    sign_in(page, live_server, alice, width)
    page.goto(f"{live_server.url}{page_of(watch)}events/new/")
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{live_server.url}{page_of(watch)}")
    for key in ("series-B", "ratios-B"):
        figure = page.locator(f"#figure-{key}")
        figure.scroll_into_view_if_needed()
        figure.locator("svg").first.wait_for()
        figure.focus()
        page.keyboard.press("ArrowRight")
        assert "release" in page.locator("figure", has=figure).locator(".reading").inner_text()
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
