"""The figures of a finding in a browser: drawn, read out, and let be where scripts are not run."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from cases.models import Exhibit, Finding, Matter
from cases.views.charts import charts_of
from tests import cast
from tests.browser import serious_violations
from tests.cases.likelihood import likelihood_for
from tests.cases.views.test_likelihood_page import TEACHERS, weighed


@pytest.fixture
def answered(matter: Matter, exhibits: list[Exhibit], alice: User) -> Finding:
    finding = cast.ask(matter, exhibits, by=alice)
    weighed(finding, likelihood_for(TEACHERS))
    finding.run.refresh_from_db()
    return finding


def signed_in(client: Client, page: Page, live_server: Any, user: User) -> None:
    client.force_login(user)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([session | {"url": live_server.url}])


def address(finding: Finding) -> str:
    return reverse("finding", args=(finding.matter_id, finding.number))


def test_specifications_are_those_of_the_result(
    client: Client, bob: User, answered: Finding
) -> None:
    client.force_login(bob)
    url = reverse("charts", args=(answered.matter_id, answered.number))
    found = client.get(url).json()
    assert found == json.loads(
        json.dumps({key: one.spec for key, one in charts_of(answered).items()})
    )
    assert {"tippett", "calibration", "heat-map", "excess-B-layout", "signals-C"} < set(found)


def test_a_picture_is_handed_out_for_pages_without_scripts(
    client: Client, bob: User, answered: Finding
) -> None:
    client.force_login(bob)
    where = (answered.matter_id, answered.number)
    response = client.get(reverse("picture", args=(*where, "tippett")))
    assert response["Content-Type"] == "image/svg+xml"
    assert "B: LR = 12" in response.content.decode()
    assert client.get(reverse("picture", args=(*where, "nothing"))).status_code == 404


@pytest.mark.parametrize("name", ["charts", "picture"])
def test_a_stranger_gets_no_figure(
    client: Client, mallory: User, answered: Finding, name: str
) -> None:
    where = (answered.matter_id, answered.number, *(["tippett"] if name == "picture" else []))
    assert client.get(reverse(name, args=where)).status_code == 302
    client.force_login(mallory)
    assert client.get(reverse(name, args=where)).status_code == 404


def test_before_there_is_a_result_there_are_no_figures(
    client: Client, alice: User, matter: Matter, exhibits: list[Exhibit]
) -> None:
    finding = cast.ask(matter, exhibits, by=alice)
    client.force_login(alice)
    assert client.get(reverse("charts", args=(matter.pk, finding.number))).json() == {}
    assert "vega.js" not in client.get(address(finding)).content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390])
def test_every_figure_is_drawn_by_the_policy_of_the_site(
    live_server: Any, client: Client, alice: User, answered: Finding, page: Page,
    width: int, scheme: Any,
) -> None:  # fmt: skip
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text))
    page.on("pageerror", lambda one: said.append(str(one)))
    signed_in(client, page, live_server, alice)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(live_server.url + address(answered))
    for details in page.locator("details.more").all():
        details.evaluate("one => { one.open = true }")
    charts = page.locator(".chart").all()
    assert len(charts) == len(charts_of(answered))
    for one in charts:
        one.scroll_into_view_if_needed()
        expect(one.locator("svg")).to_be_visible()
    assert said == [], "\n".join(said)
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for one in charts:
        inside = one.evaluate("one => [one.querySelector('svg').clientWidth, one.clientWidth]")
        assert inside[0] <= inside[1] or one.get_attribute("data-chart") == "heat-map"
        assert labels_outside(one) == []


def labels_outside(chart: Any) -> list[str]:
    """Return the texts of a picture that stick out of it, by more than a hair."""
    found: list[str] = chart.evaluate(
        """one => {
            const all = one.querySelector("svg").getBoundingClientRect();
            const out = [...one.querySelectorAll("text")].filter((text) => {
                const box = text.getBoundingClientRect();
                return text.textContent && (box.left < all.left - 1 || box.right > all.right + 1
                    || box.top < all.top - 1 || box.bottom > all.bottom + 1);
            });
            return out.map((text) => text.textContent);
        }"""
    )
    return found


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_figure_is_read_by_keyboard_and_by_pointer(
    live_server: Any, client: Client, alice: User, answered: Finding, page: Page
) -> None:
    signed_in(client, page, live_server, alice)
    page.goto(live_server.url + address(answered))
    chart = page.locator("#figure-signals-B")
    chart.scroll_into_view_if_needed()
    expect(chart.locator("svg")).to_be_visible()
    reading = page.locator("figure", has=chart).locator(".reading")
    expect(reading).to_be_empty()
    chart.focus()
    expect(reading).to_contain_text("The arrow keys")
    assert chart.evaluate("one => document.activeElement === one")
    page.keyboard.press("ArrowRight")
    expect(reading).to_have_text("Same opening: 0.71")
    page.keyboard.press("ArrowLeft")
    expect(reading).to_have_text("All together: 1.08 (0.61 to 1.58)")
    chart.locator('path[aria-label], path[fill="#0072B2"]').nth(1).hover()
    expect(reading).to_have_text("Word pairs: 0.44")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_without_scripts_the_picture_and_its_table_are_there(
    live_server: Any, client: Client, alice: User, answered: Finding, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    signed_in(client, page, live_server, alice)
    page.goto(live_server.url + address(answered))
    picture = page.get_by_role("img", name="Two falling staircases")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("one => one.naturalWidth") == 640
    page.get_by_text("The numbers of the picture").first.click()
    expect(page.get_by_role("columnheader", name="Under H1").first).to_be_visible()
    context.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_where_the_script_fails_the_picture_stands_in(
    live_server: Any, client: Client, alice: User, answered: Finding, page: Page
) -> None:
    signed_in(client, page, live_server, alice)
    page.route("**/cases/vega*.js", lambda route: route.abort())
    page.goto(live_server.url + address(answered))
    chart = page.locator("#figure-tippett")
    chart.scroll_into_view_if_needed()
    expect(chart.locator("img")).to_be_visible()
    assert "figures/tippett.svg" in str(chart.locator("img").get_attribute("src"))
