"""The pages of filings: who sees and does what, and what each page says."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from audit.models import Job
from cases.models import Filing
from cases.rules import claims
from cases.services import filings
from cases.tasks import finalise
from tests import cast
from tests.browser import serious_violations
from tests.filed import DRAFTED

pytestmark = pytest.mark.django_db

DRAFTS = ("filing", "preview_filing")
REVIEWS = ("review_filing",)
WRITES = ("filing_texts", "filing_elements", "new_clause")
ACTS = ("ask_review", "finalise_filing", "discard_filing", "certify_filing", "add_element")
ACTS += ("follow_filing",)


def address(name, filing, *more):
    return reverse(name, args=(filing.matter_id, filing.number, *more))


def opened(client, person, url):
    client.force_login(person)
    return client.get(url)


def posted(client, person, url, **data):
    client.force_login(person)
    return client.post(url, data)


def again(filing):
    return Filing.objects.get(pk=filing.pk)


@pytest.mark.parametrize("name", [*DRAFTS, *REVIEWS, *WRITES])
def test_an_analyst_opens_every_page_and_strangers_and_viewers_none(
    client, alice, bob, mallory, filing, name
):
    url = address(name, filing)
    assert opened(client, alice, url).status_code == 200
    for person in (bob, mallory):
        assert opened(client, person, url).status_code == 404
    client.logout()
    assert client.get(url).headers["Location"].startswith("/login/")


@pytest.mark.parametrize("name", [*WRITES, *ACTS])
def test_a_reviewer_reads_and_reviews_and_adds_nothing(client, carol, filing, name):
    for page in (*DRAFTS, *REVIEWS):
        assert opened(client, carol, address(page, filing)).status_code == 200
    assert posted(client, carol, address(name, filing)).status_code == 404
    assert again(filing).revision == filing.revision


@pytest.mark.parametrize("name", [*REVIEWS, *WRITES, *ACTS])
def test_viewers_and_strangers_do_nothing(client, bob, mallory, filing, name):
    for person in (bob, mallory):
        assert posted(client, person, address(name, filing)).status_code == 404
    assert (again(filing).state, again(filing).revision) == ("draft", filing.revision)
    refused = filing.matter.custody.filter(act="refused").values_list("actor", flat=True)
    assert {"bob", "mallory"} <= set(refused)


def test_a_filing_is_begun_on_the_page_of_its_finding(client, alice, bob, answered):
    page = reverse("finding", args=(answered.matter_id, answered.number))
    assert "Draft a filing" in opened(client, alice, page).content.decode()
    assert "Draft a filing" not in opened(client, bob, page).content.decode()
    url = reverse("draft_filing", args=(answered.matter_id, answered.number))
    assert posted(client, bob, url).status_code == 404
    assert posted(client, alice, url).headers["Location"] == address(
        "filing", Filing.objects.get()
    )
    assert "Filing 1" in opened(client, alice, page).content.decode()


def test_the_list_names_drafts_to_those_who_may_review(client, alice, bob, carol, filing):
    page = reverse("filings", args=(filing.matter_id,))
    for person, there in ((alice, True), (carol, True), (bob, False)):
        shown = opened(client, person, page).content.decode()
        assert (address("filing", filing) in shown) == there


def test_the_list_is_paged(client, alice, answered):
    for _ in range(26):
        filings.draft(answered, by=alice)
    page = reverse("filings", args=(answered.matter_id,))
    assert "Page 1 of 2, 26 filings" in opened(client, alice, page).content.decode()
    assert ">Filing 1<" in opened(client, alice, f"{page}?page=2").content.decode()


def test_texts_are_written_on_their_page(client, alice, filing):
    url = address("filing_texts", filing)
    sent = {"revision": filing.revision, "scope": "New.\r\nLines.", "name": "Ada <b>Other</b>"}
    assert posted(client, alice, url, **sent).status_code == 302
    shown = client.get(address("filing", filing)).content.decode()
    assert "Ada &lt;b&gt;Other&lt;/b&gt;" in shown
    assert filing.texts.get(kind="scope").text == "New.\nLines."
    late = posted(client, alice, url, **(sent | {"scope": "Late."}))
    assert late.status_code == 422
    assert "Somebody changed this filing while you wrote" in late.content.decode()
    assert "Late." in late.content.decode()


def test_too_long_a_text_is_answered_in_words(client, alice, filing):
    sent = {"revision": filing.revision, "scope": "x" * 20_001}
    answer = posted(client, alice, address("filing_texts", filing), **sent)
    assert answer.status_code == 422
    assert "at most 20000 characters" in answer.content.decode()


def test_a_clause_is_added_changed_and_taken_out(client, alice, filing):
    sent = {
        "instrument": "Terms of service",
        "text": "No training.",
        "effective_from": "2026-01-01",
        "captured_at": "2026-01-02T03:04:05",
    }
    assert posted(client, alice, address("new_clause", filing), **sent).status_code == 302
    made = filing.clauses.get()
    assert made.captured_at.isoformat() == "2026-01-02T03:04:05+00:00"
    url = address("filing_clause", filing, made.pk)
    page = client.get(url).content.decode()
    assert 'value="2026-01-02T03:04:05"' in page
    assert 'value="2026-01-01"' in page
    wrong = posted(client, alice, url, **(sent | {"effective_to": "2025-01-01"}))
    assert (wrong.status_code, b"It ends before it begins" in wrong.content) == (422, True)
    assert posted(client, alice, url, **(sent | {"text": "Other."})).status_code == 302
    assert filing.clauses.get().text == "Other."
    assert posted(client, alice, address("remove_clause", filing, made.pk)).status_code == 302
    assert not filing.clauses.exists()
    assert client.get(url).status_code == 404


def test_evidence_is_written_in_one_form_and_rows_are_added(client, alice, filing):
    url = address("filing_elements", filing)
    sent = {"revision": filing.revision, "row-2": "The capture of 2 May."}
    assert posted(client, alice, url, **sent).status_code == 302
    assert filing.elements.get(place=2).evidence == "The capture of 2 May."
    shown = client.get(address("filing", filing)).content.decode()
    assert f"Evidence is held for 1 of {len(claims.TEMPLATE)}." in shown
    added = {"claim": "Another", "element": "An answer", "kind": "defence"}
    assert posted(client, alice, address("add_element", filing), **added).status_code == 302
    twice = posted(client, alice, address("add_element", filing), **added)
    assert (twice.status_code, b"has this row already" in twice.content) == (422, True)
    last = filing.elements.get(claim="Another")
    posted(client, alice, address("remove_element", filing, last.place))
    assert not filing.elements.filter(claim="Another").exists()
    posted(client, alice, address("remove_element", filing, 1))
    assert "stands in every filing" in client.get(url).content.decode()


def test_what_keeps_it_from_being_final_is_listed_and_then_it_is_finalised(
    client, alice, carol, dave, filing
):
    page = address("filing", filing)
    shown = opened(client, alice, page).content.decode()
    assert "Nobody has reviewed it." in shown
    posted(client, alice, address("ask_review", filing))
    verdict = {"revision": filing.revision, "kind": "technical", "remarks": "Good."}
    own = posted(client, alice, address("review_filing", filing), **verdict, outcome="approved")
    assert (own.status_code, b"alice wrote in Filing 1" in own.content) == (422, True)
    sent = posted(client, carol, address("review_filing", filing), **verdict, outcome="approved")
    assert sent.status_code == 302
    assert "alice drafted this filing." in opened(client, alice, page).content.decode()
    posted(client, alice, address("finalise_filing", filing))
    assert not Job.objects.filter(kind=Job.Kind.FINALISE).exists()
    assert "<p>Nothing.</p>" in opened(client, dave, page).content.decode()
    posted(client, dave, address("finalise_filing", filing))
    assert "Being printed" in client.get(page).content.decode()
    finalise(filing.pk)
    polled = client.get(page, headers={"hx-request": "true"})
    assert polled.headers["HX-Refresh"] == "true"
    assert "Final. Nothing of it changes any more." in polled.content.decode()


def test_a_discarded_filing_is_followed_by_another(client, alice, filing):
    posted(client, alice, address("discard_filing", filing))
    shown = client.get(address("filing", filing)).content.decode()
    assert "Draft another with these texts" in shown
    assert "Write the texts" not in shown
    made = posted(client, alice, address("follow_filing", filing))
    assert made.headers["Location"] == address("filing", Filing.objects.get(number=2))


def test_a_failure_to_finalise_is_said_with_what_to_do(client, alice, dave, reviewed):
    filings.ask_finalise(reviewed, by=dave)
    filings.write_texts(reviewed, {"scope": "Other."}, by=alice)
    finalise(reviewed.pk)
    shown = opened(client, dave, address("filing", reviewed)).content.decode()
    assert "The review is of an earlier text." in shown


def test_a_final_filing_is_read_by_a_viewer_and_each_paper_is_entered(
    client, bob, mallory, dave, reviewed
):
    filings.ask_finalise(reviewed, by=dave)
    finalise(reviewed.pk)
    shown = opened(client, bob, address("filing", reviewed)).content.decode()
    assert "Fine." not in shown
    url = address("filing_paper", reviewed, "report.pdf")
    assert url in shown
    taken = client.get(url)
    assert len(PdfReader(BytesIO(taken.getvalue())).pages) > 3
    entry = reviewed.matter.custody.order_by("-number").first()
    assert (entry.act, entry.actor, entry.facts["file"]) == ("exported", "bob", "report.pdf")
    assert client.get(address("filing_paper", reviewed, "other.pdf")).status_code == 404
    assert opened(client, mallory, url).status_code == 404


def test_a_draft_without_a_result_is_not_printed_and_says_why(client, alice, matter, exhibits):
    made = filings.draft(cast.ask(matter, exhibits, by=alice), by=alice)
    client.force_login(alice)
    shown = client.get(address("preview_filing", made), follow=True).content.decode()
    assert "The draft is not printed. Finding 1 has no result yet" in shown


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_person_files_by_keyboard_and_on_a_telephone(
    page, live_server, client, alice, carol, filing
):
    filings.write_clause(filing, None, filings.ClauseWritten("Terms", "No. " * 400), by=alice)
    page.set_viewport_size({"width": 390, "height": 800})
    for person, names in ((alice, (*DRAFTS[:1], *WRITES)), (carol, ("filing", "review_filing"))):
        client.force_login(person)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
        page.context.add_cookies([cookie | {"url": live_server.url}])
        for name in names:
            page.goto(live_server.url + address(name, filing))
            assert page.locator("h1").count() == 1
            assert serious_violations(page) == []
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= 390, name
    page.goto(live_server.url + address("review_filing", filing))
    assert DRAFTED in page.content()
