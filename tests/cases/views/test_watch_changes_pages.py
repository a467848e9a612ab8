"""The pages that open a watch and change it: what is shown first, and who may."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from playwright.sync_api import Page

from audit.models import Endpoint
from cases.models import Release, Watch, WatchRun
from cases.services import watches
from cases.services.watches.design import Design
from tests.browser import serious_violations
from tests.cases.views.test_watches_pages import agreed, given
from tests.cast import PROMPTS
from tests.watching import quiet_watch

PLANNED = (
    "price_in", "price_out", "currency", "rate", "threshold", "repeats", "reserve",
    "looks_per_alarm", "at_once", "attempts", "alpha", "least_controls", "least_prompts",
    "draw_seed", "max_tokens",
)  # fmt: skip


@pytest.fixture
def watch(matter, exhibits, alice) -> Watch:
    return quiet_watch(matter, exhibits, by=alice, crontab="30 6 * * *")


def new(matter) -> str:
    return f"/matters/{matter.pk}/watches/new/"


def at(watch, place: str) -> str:
    return f"/matters/{watch.matter_id}/watches/1/{place}"


def changed(watch, exhibits, **other: object) -> dict[str, object]:
    """What the page of a change sends that only changes these."""
    posted = given(exhibits)
    kept = {name: posted[name] for name in (*PLANNED, "teachers", "controls")}
    return kept | {
        "put": "kept", "sentinels_from": "kept", "price_in": "0.000001", "price_out": "0.000002",
        "rate": "1", "max_tokens": "1024", "why": "as the client wrote in March",
    } | other  # fmt: skip


def test_what_it_takes_is_shown_before_a_watch_is_opened(client, alice, matter, exhibits):
    client.force_login(alice)
    shown = client.post(new(matter), given(exhibits))
    page = shown.content.decode()
    assert "Audit of a release" in page
    assert "Looks of 30 days, about 30" in page
    assert "0:00:36" in page, "72 calls at two a second"
    assert not Watch.objects.exists()
    assert not Endpoint.objects.exists()
    # What was agreed to is not what is sent by now.
    seen = shown.context["proposal"].digest
    sent = given(exhibits, repeats="4", step="agree", seen=seen)
    assert "not what was shown before" in client.post(new(matter), sent).content.decode()
    assert not Watch.objects.exists()
    sent = given(exhibits, step="agree", seen=seen)
    for _ in range(2):
        assert client.post(new(matter), sent).headers["Location"].endswith("/watches/1/")
    assert Watch.objects.count() == 1
    client.post(new(matter), sent | {"name": "Another"})
    assert Watch.objects.count() == 2


def test_every_setting_of_the_page_is_sealed(client, alice, matter, exhibits):
    client.force_login(alice)
    own = "\n".join((*PROMPTS[:31], '{"text": "In two\\nlines?"}'))
    chosen = given(
        exhibits, put="own", own=own, sentinels_from="own", sentinels="One?\nTwo?",
        repeats="4", reserve="2", looks_per_alarm="500", threshold="20", system="Be brief.",
        temperature="0.5", seed="7", tokens="900000", at_once="2", attempts="3", alpha="0.01",
        least_controls="5", least_prompts="31", draw_seed="9", crontab="", every="7200",
        quiet_from="22:00", quiet_to="07:00", digest_at="08:00",
    )  # fmt: skip
    shown = client.post(new(matter), chosen).content.decode()
    assert "1 of 32 prompts are not answered by every chosen file" in shown
    assert agreed(client, new(matter), chosen).status_code == 302
    watch = Watch.objects.get()
    design = Design.from_dict(watch.plans.get().plan["design"])
    assert design.prompts == (*PROMPTS[:31], "In two\nlines?")
    assert design.sentinels == ("One?", "Two?")
    assert (design.repeats, design.reserve, design.level) == (4, 2, 1 / 500)
    assert (design.threshold, design.sampling) == (20, watches.Sampling("Be brief.", 0.5, 7, 512))
    limits = design.limits
    assert (limits.tokens, limits.concurrency, limits.most_attempts) == (900_000, 2, 3)
    parameters = design.parameters
    assert (parameters.alpha, parameters.least_prompts, parameters.seed) == (0.01, 31, 9)
    assert watches.schedule_in_words(watch) == "every 2:00:00"
    assert (f"{watch.quiet_from:%H}", f"{watch.quiet_to:%H}", f"{watch.digest_at:%H}") == (
        "22", "07", "08",
    )  # fmt: skip


def test_a_file_of_prompts_is_kept_from_what_is_shown_to_what_is_opened(
    client, alice, matter, exhibits
):
    client.force_login(alice)
    lines = "\n".join(f'{{"prompt": "{one}"}}' for one in PROMPTS[:33]).encode()
    sent = given(exhibits, put="own", own_file=SimpleUploadedFile("own.jsonl", lines))
    shown = client.post(new(matter), sent)
    kept = shown.context["form"]["own"].value()
    assert kept.splitlines() == list(PROMPTS[:33])
    sent = given(exhibits, put="own", own=kept, step="agree")
    sent["seen"] = shown.context["proposal"].digest
    assert client.post(new(matter), sent).status_code == 302
    assert Watch.objects.get().plans.get().plan["design"]["prompts"] == list(PROMPTS[:33])


REFUSED = (
    ({"crontab": "0 0 31 2 *"}, "names no time that ever comes"),
    ({"crontab": ""}, "Give a crontab or a number of seconds"),
    ({"money": "0.05"}, "and an audit may take"),
    ({"alpha": "0.2"}, "of 0.05 at most"),
    ({"least_controls": "2"}, "Give 5 at least"),
    ({"put": "own"}, "There is no prompt in it"),
    ({"put": "own", "own": "{"}, "Line 1 of what is written here"),
    ({"put": "own", "own": "\n".join(f"{n}?" for n in range(2001))}, "at most 2,000"),
    ({"put": "battery", "battery_count": "50"}, "Of these 50 prompts every chosen file"),
    ({"put": "battery", "battery_count": "5000"}, "5000 prompts are asked for"),
    ({"sentinels_from": "own"}, "There is no prompt in it"),
    ({"own_file": ("x.csv", b"a"), "put": "own"}, "does not end in .jsonl or .txt"),
    ({"own_file": ("x.txt", b"\xff"), "put": "own"}, "is not UTF-8"),
    ({"own_file": ("x.txt", b"a" * 1_000_001), "put": "own"}, "larger than 1,000 kB"),
)


def test_what_cannot_be_carried_out_is_refused_in_words(client, alice, matter, exhibits):
    client.force_login(alice)
    for other, said in REFUSED:
        file = {"own_file": SimpleUploadedFile(*other["own_file"])} if "own_file" in other else {}
        answered = client.post(new(matter), given(exhibits, **(other | file)))
        assert (said, answered.status_code) == (said, 422)
        assert said in answered.content.decode()
    assert not Watch.objects.exists()


def test_looks_that_come_faster_than_they_end_are_warned_about(client, alice, matter, exhibits):
    client.force_login(alice)
    shown = client.post(new(matter), given(exhibits, crontab="* * * * *", rate="1"))
    assert "a look takes 0:01:11 at least" in shown.content.decode()


def test_a_change_shows_what_differs_and_what_it_means_and_says_why(
    client, alice, exhibits, watch
):
    client.force_login(alice)
    assert client.get(at(watch, "plan/")).status_code == 200
    sent = changed(watch, exhibits, threshold="25", price_out="6", repeats="4")
    shown = client.post(at(watch, "plan/"), sent).content.decode()
    assert "Likelihood ratio that is told of: 25; before: 10" in shown
    assert "The series goes on" in shown
    assert watch.plans.count() == 1
    assert Endpoint.objects.get().price_out == 2
    assert agreed(client, at(watch, "plan/"), sent).status_code == 302
    assert watch.plans.get(version=2).why == "as the client wrote in March"
    assert Endpoint.objects.get().price_out == 6_000_000
    page = client.get(at(watch, "plans/")).content.decode()
    assert "Version 2" in page
    assert "as the client wrote in March" in page
    assert (
        "Prices of a million tokens: 0.000001 EUR in, 6.00 EUR out; before: 0.000001 EUR" in page
    )
    assert "The watch was opened with it." in page


NO_CHANGE = (
    ({}, "Nothing is another"),
    ({"why": "", "threshold": "25"}, "This field is required"),
    ({"money": "0.0000001", "threshold": "25"}, "no more than 6 decimal places"),
    ({"tokens": "500"}, "500 tokens, and an audit may take"),
)


def test_a_change_that_is_none_or_cannot_be_is_refused(client, alice, exhibits, watch):
    client.force_login(alice)
    for other, said in NO_CHANGE:
        answered = client.post(at(watch, "plan/"), changed(watch, exhibits, **other))
        assert (said, answered.status_code) == (said, 422)
        assert said in answered.content.decode()
    assert watch.plans.count() == 1


def test_versions_are_paged(client, bob, alice, watch):
    first = watch.plans.get()
    for version in range(2, 14):
        watch.plans.create(
            version=version, plan=first.plan, digest="d" * 64, why="again", sealed_by=alice
        )
    client.force_login(bob)
    page = client.get(at(watch, "plans/")).content.decode()
    assert "Version 13" in page
    assert "Version 3<" not in page
    assert "Page 1 of 2, 13 versions in all" in page
    assert "Version 3<" in client.get(at(watch, "plans/?page=2")).content.decode()


def test_times_people_and_the_end_of_a_watch(client, alice, watch):
    client.force_login(alice)
    sent = {"crontab": "0 12 * * 1", "zone": "Asia/Tokyo", "missed": "skip"}
    client.post(at(watch, "times/"), sent)
    client.post(at(watch, "told/"), {"emails": "ann@example.org", "digest_at": "09:30"})
    watch.refresh_from_db()
    assert watches.schedule_in_words(watch) == "0 12 * * 1 in Asia/Tokyo"
    assert (watch.emails, f"{watch.digest_at:%H:%M}") == (["ann@example.org"], "09:30")
    assert 'value="ann@example.org"' in client.get(at(watch, "told/")).content.decode()
    assert 'value="09:30"' in client.get(at(watch, "told/")).content.decode()
    assert client.post(at(watch, "close/"), {"why": ""}).status_code == 422
    client.post(at(watch, "close/"), {"why": "settled"})
    watch.refresh_from_db()
    assert watch.state == Watch.State.ENDED
    page = client.get(at(watch, "")).content.decode()
    assert "closed" in page
    assert "Look now" not in page
    assert "Change the plan" not in page
    refused = client.post(at(watch, "times/"), sent | {"crontab": "0 1 * * *"})
    assert "closed for good" in refused.content.decode()


def test_the_next_three_looks_are_on_the_page_in_local_time(client, bob, watch):
    Watch.objects.filter(pk=watch.pk).update(next_at="2026-03-27T05:30:00Z")
    client.force_login(bob)
    page = client.get(at(watch, "")).content.decode()
    for shown in ("27 06:30:00+01:00", "28 06:30:00+01:00", "29 06:30:00+02:00"):
        assert f"2026-03-{shown} Europe/Berlin" in page


def test_a_person_enters_a_release_and_a_doubled_submit_enters_it_once(client, alice, watch):
    client.force_login(alice)
    page = at(watch, "releases/new/")
    assert "suspect-1" in client.get(page).content.decode()
    sent = {"model": "suspect-1", "on": "2026-03-01", "where": "the provider's page of changes"}
    for _ in range(2):
        assert client.post(page, sent).status_code == 302
    run = WatchRun.objects.get()
    assert not run.ordinary_course
    assert Release.objects.get().noticed_by == "person"
    shown = client.get(at(watch, "")).content.decode()
    assert "announced on 2026-03-01" in shown
    assert "<time>2026-03-01</time>" in shown, "on the timeline, on its day"
    assert "asked for by a person" in shown
    tomorrow = timezone.now().date() + timedelta(days=3)
    refused = client.post(page, sent | {"on": f"{tomorrow}"})
    assert refused.status_code == 422
    assert "a day to come" in refused.content.decode()


ACTS = ("plan/", "times/", "told/", "close/", "releases/new/")


def test_readers_and_strangers_may_change_nothing(client, bob, mallory, watch):
    for person, sees in ((mallory, 404), (bob, 200)):
        client.force_login(person)
        for place in ACTS:
            assert client.get(at(watch, place)).status_code == 404
            assert client.post(at(watch, place), {"why": "x", "step": "agree"}).status_code == 404
        assert client.get(at(watch, "plans/")).status_code == sees
    watch.refresh_from_db()
    assert (watch.state, watch.plans.count()) == (Watch.State.ACTIVE, 1)
    assert watch.matter.custody.filter(act="refused").count() == 2
    page = client.get(at(watch, "")).content.decode()
    assert not [place for place in ACTS if at(watch, place) in page]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_person_opens_and_changes_a_watch_in_a_browser(
    page: Page, live_server, alice, matter, exhibits
):
    signed_in(page, live_server.url, alice)
    page.goto(live_server.url + new(matter))
    filled_in(page)
    page.get_by_role("button", name="Open the watch").click()
    page.get_by_role("link", name="Change the plan").click()
    page.get_by_label("Why the plan is another").fill("as the client wrote in March")
    page.get_by_text("Finer settings").click()
    page.get_by_label("Answers to each sentinel prompt").fill("4")
    page.get_by_role("button", name="Show what differs").click()
    page.get_by_role("heading", name="What differs from version 1").wait_for()
    check_page(page)
    page.get_by_role("button", name="Seal version 2").click()
    page.get_by_text("Version 2 of the plan is sealed.").wait_for()
    for place in ("", "plans/", "times/", "told/", "close/", "releases/new/"):
        page.goto(f"{live_server.url}/matters/{matter.pk}/watches/1/{place}")
        check_page(page)
    assert Watch.objects.get().plans.count() == 2


def signed_in(page: Page, url: str, person: User) -> None:
    person.set_password("a long pass phrase")
    person.save()
    page.goto(url)
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Matters").wait_for()


def filled_in(page: Page) -> None:
    """Fill in what has no default, and see what it takes."""
    check_page(page)
    page.get_by_label("Name of the watch").fill("Larkspur's line")
    page.get_by_label("Base address").fill("https://models.example.org/v1")
    page.get_by_label("Model to ask").fill("larkspur-latest")
    page.get_by_role("textbox", name="Basis").fill("our contract of May")
    page.get_by_label("I confirm that").check()
    page.get_by_role("button", name="Show what it takes").click()
    page.get_by_role("heading", name="What it takes").wait_for()
    check_page(page)


def check_page(page: Page) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious_violations(page) == []
