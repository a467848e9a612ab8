"""What a party asserts when it asks for a finding, and how it stands on the finding's page."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from audit.analysis.asserted import Asserted, Canary, Declaration, Tie
from cases.models import Exhibit, Finding, Matter
from tests import cast
from tests.browser import serious_violations

pytestmark = pytest.mark.django_db
PLANTED = "The ninth heron of Quenby sells 48213 copper lanterns"
ANSWERED = "stands as load 7 finds its way into the ground"


@pytest.fixture
def asked(matter: Matter, exhibits: list[Exhibit], alice: User) -> Finding:
    """A finding with its result, for which something of each kind is asserted."""
    asserted = Asserted(
        declared=(
            Declaration("B", released="2023-01-31", names=("Saltmarsh <b>\u202e",)),
            Declaration("D", Tie.SAME_BASE),
        ),
        canaries=(Canary("line 1", PLANTED), Canary("line 2", ANSWERED)),
        planted_by="B",
    )
    return cast.answer(cast.ask(matter, exhibits, by=alice, asserted=asserted))


def given(exhibits: list[Exhibit], **more: Any) -> dict[str, Any]:
    """Return what the form sends for one suspect, the first teacher and all controls."""
    suspect, teacher, _, *controls = exhibits
    chosen = {"suspect": suspect.pk, "teachers": [teacher.pk], "seed": 1, "prompts": "same"}
    return chosen | {"controls": [one.pk for one in controls]} | more


def press(client: Client, user: User, matter: Matter, data: dict[str, Any]) -> Any:
    client.force_login(user)
    return client.post(reverse("ask", args=[matter.pk]), data)


def asserted_in(matter: Matter) -> dict[str, Any]:
    return matter.findings.get().run.plan["asserted"]


def said(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_who_has_nothing_to_say_sees_it_folded(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit]
) -> None:
    client.force_login(alice)
    page = client.get(reverse("ask", args=[matter.pk])).content.decode()
    assert '<details class="more">' in page
    assert press(client, alice, matter, given(exhibits)).status_code == 302
    assert "asserted" not in matter.findings.get().run.plan


def test_what_is_said_is_sealed_by_the_exhibits_labels(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit]
) -> None:
    suspect, teacher, again, control, *_ = exhibits
    data = given(exhibits, canaries=f"{PLANTED}\n\n{ANSWERED}\n") | {
        f"released_{suspect.pk}": "2024-05-01",
        f"names_{teacher.pk}": "Saltmarsh, Saltmarsh Labs,",
        f"tie_{again.pk}": "second_run B",
        f"tie_{control.pk}": "version B",
        f"family_{exhibits[4].pk}": " Ferns ",
    }
    assert press(client, alice, matter, data).status_code == 302
    asserted = asserted_in(matter)
    assert {one["label"]: one["tie"] or one["released"] for one in asserted["declared"]} == {
        "A": "2024-05-01", "B": "", "C": "second_run", "D": "version", "E": ""
    }  # fmt: skip
    assert asserted["declared"][-1]["family"] == "Ferns"
    assert asserted["declared"][1]["names"] == ["Saltmarsh", "Saltmarsh Labs"]
    assert asserted["canaries"] == [
        {"identity": "line 1", "text": PLANTED}, {"identity": "line 3", "text": ANSWERED}
    ]  # fmt: skip
    assert asserted["planted_by"] == "B"
    inputs = matter.findings.get().run.plan["inputs"]
    assert [one["label"] for one in inputs] == list("ABCDEFGH")


def test_a_second_run_that_is_also_chosen_as_a_teacher_is_a_second_run(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit]
) -> None:
    data = given(exhibits, teachers=[exhibits[1].pk, exhibits[2].pk])
    data |= {f"tie_{exhibits[2].pk}": "second_run B", "canaries": PLANTED}
    assert press(client, alice, matter, data).status_code == 302
    assert asserted_in(matter)["planted_by"] == "B"


def test_a_list_comes_as_a_file_too(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit]
) -> None:
    file = SimpleUploadedFile("planted.csv", f"identity,text\nq1,{PLANTED}\n".encode())
    data = given(exhibits, canary_file=file)
    assert press(client, alice, matter, data).status_code == 302
    assert asserted_in(matter)["canaries"] == [{"identity": "q1", "text": PLANTED}]


def test_two_files_of_one_teacher_are_said_to_be_versions(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit]
) -> None:
    data = given(exhibits, teachers=[exhibits[1].pk, exhibits[2].pk])
    assert (
        press(client, alice, matter, data | {f"tie_{exhibits[2].pk}": "version B"}).status_code
        == 302
    )
    (said_of_it,) = asserted_in(matter)["declared"]
    assert (said_of_it["label"], said_of_it["tie"], said_of_it["of"]) == ("C", "version", "B")


FILES = {
    "a.csv": (b"identity,text\nq1,\n", "Line 2: its &quot;text&quot; is empty"),
    "a.jsonl": (b'{"identity": "q1", "text": 3}\n', "Line 1: its &quot;text&quot; is empty or"),
    "a.doc": (b"x", "Its name: the ending does not say how the list is written"),
    "a.txt": (b"", "Whole file: it holds no canary"),
    "b.txt": (f"{PLANTED}\n\xff".encode("latin-1"), "Line 2: it is not UTF-8"),
    "c.csv": (f"identity,text\nq1,{PLANTED}\nq1,x\n".encode(), "&quot;q1&quot; stands twice"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_list_is_answered_by_its_line(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit], name: str
) -> None:
    content, words = FILES[name]
    data = given(exhibits, canary_file=SimpleUploadedFile(name, content))
    response = press(client, alice, matter, data)
    assert response.status_code == 422
    assert words in said(response)
    assert '<details class="more" open>' in response.content.decode()
    assert not matter.findings.exists()


def test_a_string_that_can_never_count_is_refused_by_its_line(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit]
) -> None:
    response = press(client, alice, matter, given(exhibits, canaries=f"{PLANTED}\nhello\n"))
    assert response.status_code == 422
    assert "Line 2: It has 5 letters and digits" in said(response)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"canaries": PLANTED, "canary_file": SimpleUploadedFile("a.txt", b"x")},
            "in the box or as a file",
        ),
        ({"canaries": PLANTED, "both": True}, "2 candidate teachers are chosen. Say which"),
        ({"canaries": PLANTED, "other": True}, "named as a teacher and is no candidate"),
        ({"tie": "version C"}, "named as a teacher and is no candidate"),
        ({"tie": "second_run B"}, "Select a valid choice"),
        ({"unchosen": True, "tie": "same_base"}, "which the plan does not rest on"),
        ({"released": "soon"}, "Enter a valid date"),
    ],
)
def test_what_does_not_fit_is_answered_in_words(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit], change: Any, words: str
) -> None:
    data = given(exhibits) | {key: one for key, one in change.items() if "canar" in key}
    if "both" in change:
        data["teachers"] = [exhibits[1].pk, exhibits[2].pk]
    if "other" in change:
        data["planted_by"] = exhibits[2].pk
    if "tie" in change:
        data[f"tie_{exhibits[7].pk}"] = change["tie"]
    if "released" in change:
        data[f"released_{exhibits[1].pk}"] = change["released"]
    if "unchosen" in change:
        data["controls"] = [one.pk for one in exhibits[3:7]]
    response = press(client, alice, matter, data)
    assert response.status_code == 422
    assert words in said(response)
    assert not matter.findings.exists()


def test_the_finding_shows_what_was_counted_and_what_was_not(
    client: Client, alice: User, asked: Finding
) -> None:
    client.force_login(alice)
    page = said(client.get(reverse("finding", args=(asked.matter_id, asked.number))))
    order = [
        "Counted apart", "Claims to be saltmarsh-5", "0 of 36 answers that claim it",
        "0.000 to 0.097", "Planted strings that come back",
        "0 of 1 strings, word for word, that no control gives back",
        "It comes back from control", "Not counted. The plan names no right answer",
        "Other explanations", "Every test, count and signal", "entries: ", "not run",
        "The sealed plan", "tuned from the suspect&#x27;s base",
    ]  # fmt: skip
    places = [page.index(one) for one in order]
    assert places == sorted(places)
    assert "Saltmarsh &lt;b&gt;[U+202E]" in page
    assert "\u202e" not in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 390])
def test_both_pages_can_be_used_by_everybody(
    live_server: Any, client: Client, alice: User, asked: Finding, page: Page, width: int
) -> None:
    client.force_login(alice)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([session | {"url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 900})
    for url in (
        reverse("ask", args=[asked.matter_id]),
        reverse("finding", args=(asked.matter_id, asked.number)),
    ):
        page.goto(live_server.url + url)
        for details in page.locator("details").all():
            details.evaluate("one => { one.open = true }")
        assert serious_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("heading", name="Counted apart").count() == 1
