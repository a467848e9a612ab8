"""Every page as an analyst, a viewer, a stranger and a signed-out person see it."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from audit.analysis.transcripts import Role
from audit.models import Job, Source
from cases.models import Exhibit, Finding, Matter, Membership
from cases.services import custody, matters
from tests import cast
from tests.making import past_the_triggers

# Pages of a matter that whoever may read it may open, and those that ask for an analyst.
READ = ("matter", "timeline", "exhibit", "finding", "progress", "pairs")
ACT = ("receive", "ask")
NUMBERED = frozenset({"exhibit", "finding", "progress", "pairs"})


class Outline(HTMLParser):
    """What a page consists of: its tags with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


def address(name: str, matter: Matter) -> str:
    return reverse(name, args=(matter.pk, 1) if name in NUMBERED else (matter.pk,))


def read_page(client: Client, user: User, url: str) -> str:
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


@pytest.mark.parametrize("name", [*READ, *ACT])
def test_an_analyst_opens_every_page(
    client: Client, alice: User, finding: Finding, name: str
) -> None:
    page = read_page(client, alice, address(name, finding.matter))
    assert len(page) > 100


@pytest.mark.parametrize("name", READ)
def test_a_viewer_reads(client: Client, bob: User, finding: Finding, name: str) -> None:
    page = read_page(client, bob, address(name, finding.matter))
    forms = [attrs.get("action") for tag, attrs in Outline(page).tags if tag == "form"]
    assert set(forms) <= {reverse("logout")}


@pytest.mark.parametrize("name", ACT)
def test_a_viewer_may_not_act(client: Client, bob: User, finding: Finding, name: str) -> None:
    client.force_login(bob)
    assert client.get(address(name, finding.matter)).status_code == 404


@pytest.mark.parametrize("name", [*READ, *ACT])
def test_a_stranger_is_not_told_that_a_page_exists(
    client: Client, mallory: User, finding: Finding, name: str
) -> None:
    client.force_login(mallory)
    response = client.get(address(name, finding.matter))
    assert response.status_code == 404
    assert finding.matter.name not in response.content.decode()


@pytest.mark.parametrize("name", [*READ, *ACT])
def test_the_signed_out_are_asked_to_sign_in(client: Client, finding: Finding, name: str) -> None:
    url = address(name, finding.matter)
    response = client.get(url)
    assert (response.status_code, response["Location"]) == (302, f"/login/?next={url}")


@pytest.mark.parametrize("name", [*(READ[:4]), "pairs", *ACT])
def test_every_page_has_its_landmarks_and_nothing_inline(
    client: Client, alice: User, finding: Finding, name: str
) -> None:
    outline = Outline(read_page(client, alice, address(name, finding.matter)))
    landmarks = [outline.count(tag) for tag in ("h1", "main", "header", "footer")]
    assert landmarks == [1, 1, 1, 1]
    assert outline.count("style") == 0
    assert not [attrs for tag, attrs in outline.tags if tag == "script" and "src" not in attrs]
    inline = [key for _, attrs in outline.tags for key in attrs if re.match(r"style$|on", key)]
    assert inline == []


@pytest.mark.parametrize("url", ["/", "/matters/new/", "/matters/999999/"])
def test_pages_outside_a_matter_have_one_heading(client: Client, alice: User, url: str) -> None:
    client.force_login(alice)
    assert Outline(client.get(url).content.decode()).count("h1") == 1


def test_the_sign_in_page_has_labels(client: Client, db: None) -> None:
    outline = Outline(client.get("/login/").content.decode())
    labelled = {attrs["for"] for tag, attrs in outline.tags if tag == "label"}
    assert labelled == {"id_username", "id_password"}


@pytest.mark.parametrize("code", ["403", "404", "403_csrf", "500"])
def test_pages_of_errors_need_no_context(code: str) -> None:
    assert Outline(render_to_string(f"{code}.html")).count("h1") == 1


@pytest.mark.parametrize("name", ["exhibit", "pairs"])
def test_a_hostile_transcript_is_shown_and_not_obeyed(
    client: Client, alice: User, finding: Finding, name: str
) -> None:
    url = address(name, finding.matter)
    pages = [read_page(client, alice, f"{url}?page={page}") for page in range(1, 9)]
    page = next(page for page in pages if "alert(1)" in page)
    assert "&lt;script&gt;alert(1)" in page
    assert "[U+202E]gnp.exe[U+202C] [U+001B][31m &lt;/div&gt;" in page
    assert not {"\u202e", "\x1b"} & set(page)
    outline = Outline(page)
    assert outline.count("img") == 0
    assert not [attrs for tag, attrs in outline.tags if tag == "script" and "src" not in attrs]


def test_a_hostile_name_is_shown_and_not_obeyed(
    client: Client, alice: User, matter: Matter
) -> None:
    cast.hand_in(matter, Role.CONTROL, "<b onclick=x>\u202e", ["An answer."], by=alice)
    page = read_page(client, alice, address("matter", matter))
    assert "&lt;b onclick=x&gt;[U+202E]" in page
    assert Outline(page).count("b") == 0


def test_the_answer_stands_with_its_limits_and_tests(
    client: Client, alice: User, finding: Finding
) -> None:
    page = read_page(client, alice, address("finding", finding.matter))
    result = finding.run.result
    assert page.index(result["teachers"][0]["answer"][:40]) < page.index("Its limits")
    assert result["outcome"]["limits"][-1] in page
    # Three views, the strip of ranks and the leads of each teacher, and the heat map.
    assert page.count('class="chart"') == 5 * len(cast.TEACHERS) + 1
    rows = len(finding.run.plan["inputs"])
    table = page[page.index('id="figure-heat-map"') :]
    cells = re.findall(r'<td class="number">0\.\d{3}</td>', table[: table.index("</table>")])
    # The suspect has a row and no column; no exhibit is compared with itself.
    assert len(cells) == (rows - 1) ** 2


def test_the_downloads_come_with_the_report(client: Client, alice: User, finding: Finding) -> None:
    url = address("finding", finding.matter)
    assert "report.pdf" not in read_page(client, alice, url)
    cast.issue(finding, by=alice)
    page = read_page(client, alice, url)
    assert reverse("download", args=(finding.matter_id, 1, "report.pdf")) in page
    assert "hx-get" not in page


def test_progress_polls_until_the_report_is_there(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit]
) -> None:
    finding = cast.ask(matter, exhibits, by=alice)
    Job.objects.create(
        kind=Job.Kind.EMBED, subject=finding.run_id, state="running", done=512, total=2048
    )
    client.force_login(alice)
    waiting = client.get(address("progress", matter))
    assert 'hx-trigger="every 2s"' in waiting.content.decode()
    assert '<progress max="2048" value="512"' in waiting.content.decode()
    assert "HX-Refresh" not in waiting
    cast.issue(cast.answer(finding), by=alice)
    assert client.get(address("progress", matter))["HX-Refresh"] == "true"


def test_a_failure_is_said_in_its_words_and_ends_the_polling(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit]
) -> None:
    finding = cast.ask(matter, exhibits, by=alice)
    Job.objects.filter(subject=finding.pk, kind=Job.Kind.AUDIT).update(
        state=Job.State.FAILED, error="The <encoder> cannot be loaded."
    )
    page = read_page(client, alice, address("finding", matter))
    assert "The &lt;encoder&gt; cannot be loaded." in page
    assert "hx-get" not in page
    assert reverse("ask_again", args=(matter.pk, 1)) in page
    assert "Failed; open it" in read_page(client, alice, address("matter", matter))


def test_a_second_run_of_a_plan_is_compared_with_the_first(
    client: Client, alice: User, finding: Finding, exhibits: list[Exhibit]
) -> None:
    cast.answer(cast.ask(finding.matter, exhibits, by=alice))
    page = read_page(client, alice, address("finding", finding.matter))
    assert "finding 2</a>, which came to the same numbers" in page


def test_pagers_go_on_and_keep_the_rest_of_the_query(
    client: Client, alice: User, finding: Finding
) -> None:
    url = address("pairs", finding.matter)
    page = read_page(client, alice, f"{url}?teacher=C&page=2")
    assert "Page 2 of 8, 36 pairs in all" in page
    assert 'rel="next" href="?teacher=C&amp;page=3"' in page
    assert "Prompt 6<" in page
    assert "Teacher C, record" in page


def test_the_list_of_matters_is_paged(client: Client, alice: User, matter: Matter) -> None:
    for number in range(25):
        matters.open_matter(f"Another {number}", "Was it?", by=alice)
    assert matter.name not in read_page(client, alice, "/")
    assert matter.name in read_page(client, alice, "/?page=2")


def test_shared_passages_are_marked(client: Client, alice: User, finding: Finding) -> None:
    page = read_page(client, alice, address("pairs", finding.matter))
    assert re.search(r"<mark>says: it stands as load \d+ finds its way", page)


def test_an_exhibit_shows_its_disposition(
    client: Client, alice: User, exhibits: list[Exhibit]
) -> None:
    page = read_page(client, alice, address("exhibit", exhibits[0].matter))
    assert "36 records taken, 1 left out." in page
    assert "record 37" in page
    assert "Add the answer, or leave the record out" in page
    assert exhibits[0].source.sha256 in page


def test_an_unreadable_exhibit_says_why(
    client: Client, alice: User, exhibits: list[Exhibit]
) -> None:
    with past_the_triggers():
        Source.objects.filter(pk=exhibits[0].source_id).update(
            state=Source.State.UNREADABLE, problem="larkspur-7.json, line 2: it is <cut>. Mend it."
        )
    page = read_page(client, alice, address("exhibit", exhibits[0].matter))
    assert "larkspur-7.json, line 2: it is &lt;cut&gt;. Mend it." in page


def test_an_exhibit_that_is_being_read_is_watched(
    client: Client, alice: User, exhibits: list[Exhibit]
) -> None:
    matter = exhibits[0].matter
    assert "hx-get" not in read_page(client, alice, address("matter", matter))
    Exhibit.objects.filter(pk=exhibits[0].pk).update(disposed_at=None)
    assert "hx-get" in read_page(client, alice, address("matter", matter))
    assert "1 exhibit is still being read" in read_page(client, alice, address("ask", matter))


def test_the_timeline_says_whether_the_chain_holds(
    client: Client, alice: User, finding: Finding
) -> None:
    url = address("timeline", finding.matter)
    page = read_page(client, alice, url)
    assert "The chain holds." in page
    assert page.index("Plan of finding 1 sealed") < page.index("Exhibit H received")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE cases_custodyentry SET actor = 'mallory' WHERE number = 2")
        cursor.execute("SET session_replication_role = DEFAULT")
    assert "Entry 2 is not what was sealed." in read_page(client, alice, url)


def test_an_unknown_act_is_shown_with_its_facts(
    client: Client, alice: User, matter: Matter
) -> None:
    custody.record(matter, "archived", {"shelf_mark": "<9>"}, by=alice)
    page = read_page(client, alice, address("timeline", matter))
    assert "Archived" in page
    assert "Shelf mark" in page
    assert "&lt;9&gt;" in page


def test_asking_with_too_little_says_what_is_missing(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit]
) -> None:
    client.force_login(alice)
    response = client.post(address("ask", matter), {"suspect": exhibits[0].pk, "seed": 1})
    assert response.status_code == 422
    page = response.content.decode()
    assert page.count("This field is required.") == 2
    assert 'role="alert"' in page


def test_the_form_of_an_exhibit_takes_one_or_another(
    client: Client, alice: User, matter: Matter
) -> None:
    page = read_page(client, alice, address("receive", matter))
    assert 'enctype="multipart/form-data"' in page
    assert 'name="another"' in page
    assert Membership.objects.get(user=alice).level == Membership.Level.ANALYST


@pytest.mark.parametrize(
    ("chosen", "near", "words"),
    [
        ({}, None, "the same text only"),
        ({"prompts": "near"}, 0.95, "or nearly the same (cosine 0.95"),
    ],
)
def test_which_prompts_count_as_one_is_chosen_and_shown(
    client: Client,
    alice: User,
    matter: Matter,
    exhibits: list[Exhibit],
    chosen: dict[str, str],
    near: float | None,
    words: str,
) -> None:
    asked = read_page(client, alice, address("ask", matter))
    assert "also nearly the same text (cosine 0.95)" in asked
    roles = {"suspect": exhibits[0].pk, "teachers": [exhibits[1].pk], "seed": 1}
    data = roles | {"controls": [one.pk for one in exhibits[3:]]} | chosen
    assert client.post(address("ask", matter), data).status_code == 302
    assert matter.findings.get().run.plan["parameters"]["near_prompt"] == near
    assert words in read_page(client, alice, address("finding", matter))
