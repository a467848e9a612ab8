"""The likelihood ratio on the page of a finding, as text and in a browser."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from audit.analysis.digests import digest_of
from audit.analysis.likelihood import default_pack
from audit.analysis.pipeline import analyse
from audit.analysis.plan import Plan
from audit.models import Run
from cases.models import Exhibit, Finding, Matter
from tests import cast
from tests.browser import serious_violations
from tests.cases.likelihood import likelihood_for, refused_for

TEACHERS = [
    {"label": label, "model": model}
    for label, model in zip(("B", "C"), cast.TEACHERS, strict=True)
]


@pytest.fixture
def asked(matter: Matter, exhibits: list[Exhibit], alice: User) -> Finding:
    """A finding that nothing has been computed for."""
    return cast.ask(matter, exhibits, by=alice)


def weighed(asked: Finding, likelihood: dict[str, Any]) -> str:
    """Give the finding a result with this likelihood ratio; return the address of its page."""
    plan = Plan.from_dict(asked.run.plan)
    result = analyse(plan, cast.material(plan)).values | {"likelihood": likelihood}
    Run.objects.filter(pk=asked.run_id).update(
        result=result, result_digest=digest_of(result), finished_at=timezone.now()
    )
    return reverse("finding", args=(asked.matter_id, asked.number))


def read(client: Client, user: User, url: str) -> str:
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def inside(page: str, start: str, end: str) -> str:
    return page[page.index(start) : page.index(end)]


def test_a_result_of_an_earlier_plan_shows_nothing_of_it(
    client: Client, alice: User, finding: Finding
) -> None:
    url = reverse("finding", args=(finding.matter_id, finding.number))
    page = read(client, alice, url)
    assert "ikelihood ratio</h2>" not in page
    assert "tippett" not in page
    assert 'class="outcome">LR' not in page


def test_the_answer_names_the_ratio_first(client: Client, alice: User, asked: Finding) -> None:
    url = weighed(asked, likelihood_for(TEACHERS))
    page = read(client, alice, url)
    box = inside(page, 'id="answer-head"', 'id="limits-head"')
    assert box.index("LR = 12 (log10 1.08)") < box.index("about 12 times more probable if H1")
    assert box.index("moderate support for H1") < box.index("By rank among the controls")
    assert "LR: none given" in box
    assert "it would lie between 1/2 and 2" in box


def test_everything_stands_in_its_order(client: Client, alice: User, asked: Finding) -> None:
    url = weighed(asked, likelihood_for(TEACHERS))
    page = read(client, alice, url)
    section = page[page.index('id="ratio-head"') : page.index('id="teacher-1"')]
    order = [
        "LR = 12 (log10 1.08)", "4.1 to 36 (log10 0.61 to 1.56)", "Bound reached", "Neither",
        "The findings provide moderate support for H1 over H2.",
        "The two hypotheses and the relevant population", "9c1e2d60b7f4", "74 models",
        "Strongest facts against, teacher B", "bellwether-4, a control, is nearer",
        "Strongest facts against, teacher C", 'data-chart="tippett"', "a share of 0.344",
        'data-chart="null-ratios"', 'data-chart="calibration"',
        "What the ratio is made of, teacher B", "Same opening",
        "7.6 to 20 (log10 0.88 to 1.30)", "of the kind that was calibrated on", "24.5 to 403",
        "How often such ratios mislead", "76 of 460", "0.132 to 0.202",
        "With fewer prompts and with more", "used here",
    ]  # fmt: skip
    places = [section.index(one) for one in order]
    assert places == sorted(places)
    assert "probability that" not in section


def test_what_abstains_has_no_mark_and_no_words(
    client: Client, alice: User, asked: Finding
) -> None:
    url = weighed(asked, likelihood_for(TEACHERS))
    page = read(client, alice, url)
    assert page.count("Marked by upright lines: B: LR = 12.") == 2
    assert "do not support H1 over H2 or H2 over H1" not in page
    assert page.count("Signals alone, not to be relied on") == 1


def test_a_refusal_is_said_and_nothing_is_drawn(
    client: Client, alice: User, asked: Finding
) -> None:
    page = read(client, alice, weighed(asked, refused_for(TEACHERS)))
    assert page.count("36 prompts are matched, and the calibration needs at least 50") == 2
    assert "LR: none given" in page
    assert "relevant population" in page
    assert "tippett" not in page
    assert "LR = " not in page


def test_material_outside_the_domain_is_shown_to_be(
    client: Client, alice: User, asked: Finding
) -> None:
    likelihood = likelihood_for(TEACHERS)
    likelihood["domain"] |= {"inside": False, "words": "Outside of the calibration's domain."}
    likelihood["domain"]["checks"][0] |= {"value": 1530.0, "inside": False}
    page = read(client, alice, weighed(asked, likelihood))
    assert 'class="problem" dir="auto">Outside of the calibration&#x27;s domain.' in page
    assert "1,530" in page
    assert "<strong>no</strong>" in page


def test_names_of_others_are_shown_and_not_obeyed(
    client: Client, alice: User, asked: Finding
) -> None:
    likelihood = likelihood_for(TEACHERS)
    likelihood["teachers"][0] |= {
        "model": "<b>\u202e",
        "against": ["<b>\u202e is nearer."],
        "left_out": [{"model": "<b>\u202e", "log10_lr": 0.5}],
    }
    page = read(client, alice, weighed(asked, likelihood))
    assert page.count("&lt;b&gt;[U+202E]") == 4
    assert not {"\u202e"} & set(page)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_can_be_used_by_everybody(
    live_server: Any, client: Client, alice: User, asked: Finding, page: Page,
    width: int, scheme: Any,
) -> None:  # fmt: skip
    url = weighed(asked, likelihood_for(TEACHERS))
    client.force_login(alice)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([session | {"url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(live_server.url + url)
    page.get_by_role("img", name="Two falling staircases").wait_for()
    for details in page.locator("details.more").all():
        details.evaluate("one => { one.open = true }")
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("cell", name="0.132 to 0.202").count() == 1


def test_what_prompts_can_show_stands_before_the_plan_is_sealed(
    client: Client, matter: Matter, alice: User
) -> None:
    page = read(client, alice, reverse("ask", args=[matter.pk]))
    assert "What so many prompts and controls can show" in page
    for fit in default_pack().fits:
        assert f"{fit.prompts} or more" in page
