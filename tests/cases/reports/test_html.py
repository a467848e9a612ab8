import json
import re
from base64 import b64decode

import pytest
from playwright.sync_api import expect

from cases.reports import html
from cases.reports.chart import Chart, Table
from cases.reports.charts.drawing import svg
from cases.reports.charts.inline import inline_svg
from cases.reports.pdf import picture
from cases.reports.report import report_of
from tests.browser import serious_violations
from tests.cases.reports.hostile import HOSTILE, NAMED, chart, document
from tests.cases.reports.specimen import Specimen, document_of


@pytest.fixture
def opened(page, tmp_path):
    """Return a function that opens a file without a network and keeps all that the page asks."""
    page.asked, page.said = [], []
    page.context.set_offline(True)
    page.on("request", lambda one: page.asked.append(one.url))
    page.on("console", lambda one: page.said.append(one.text))
    page.on("pageerror", lambda one: page.said.append(str(one)))

    def open_it(data: bytes):
        path = tmp_path / "report.html"
        path.write_bytes(data)
        page.goto(path.as_uri())
        return page

    return open_it


def test_equal_input_gives_equal_bytes_and_no_address_of_elsewhere():
    data = html.render(document())
    assert data == html.render(document())
    text = data.decode()
    for each in re.findall(r'<[^>]*?\b(?:href|src|action|srcset)="([^"]*)"', text):
        assert each.startswith(("#", "data:application/json;base64,"))
    assert "<script" not in text
    assert not re.search(r"<[^>]+\son\w+=", text)


@pytest.mark.browser
def test_hostile_text_is_shown_and_does_nothing(opened):
    page = opened(html.render(document()))
    assert page.asked == [page.url]
    assert page.said == []
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.scripts.length") == 0
    shown = page.locator("main").inner_text()
    for one in (*HOSTILE[:8], HOSTILE[13], *NAMED):
        assert one in shown
    assert not re.search("[\u202a-\u202e\u2066-\u2069\0\x1b]", page.content())
    expect(page.locator("h1")).to_have_text(f"A specimen {HOSTILE[0]}")


@pytest.mark.browser
def test_whatever_would_run_or_load_is_barred_by_the_page_itself(opened):
    planted = html.render(document()).replace(
        b'<main id="main">',
        b"<main><script>window.hacked=9</script><img src='http://127.0.0.1:1/x.png'>",
    )
    page = opened(planted)
    assert page.evaluate("window.hacked") is None
    assert any("Content Security Policy" in one for one in page.said)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_report_is_accessible_and_fits(opened, scheme, width):
    page = opened(html.render(document()))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.browser
def test_a_drawing_bears_no_frame_of_a_mark_and_stays_in_its_place_in_print(opened):
    page = opened(html.render(document()))
    look = "one => { const of = getComputedStyle(one); return [of.borderTopWidth, of.position] }"
    page.emulate_media(media="print")
    assert page.locator(".drawing svg").first.evaluate(look) == ["0px", "static"]
    assert page.locator("div.marks").first.evaluate(look)[1] == "fixed"


@pytest.mark.browser
def test_the_contents_lead_to_each_section_and_references_to_theirs(opened):
    page = opened(html.render(document()))
    for link in page.locator('a[href^="#"]').all():
        assert page.locator(link.get_attribute("href")).count() == 1
    expect(page.locator("nav li")).to_have_count(3)
    assert page.locator('main a[href="#section-drawn"]').inner_text() == "section 2"


@pytest.mark.browser
def test_what_is_attached_comes_out_as_it_went_in(opened):
    results = json.dumps({"word": "\u05e9 <b>"})
    page = opened(html.render(document(results)))
    with page.expect_download() as download:
        page.get_by_role("link", name="results.json").click()
    assert download.value.path().read_text(encoding="utf-8") == results
    assert download.value.suggested_filename == "results.json"


def test_what_is_too_large_is_named_with_its_digest_and_left_out():
    text = html.render(document("x" * (html.MOST_ATTACHED + 1))).decode()
    assert "results.json is too large for this page; it is attached to the PDF" in text
    assert "base64," not in text
    whole = html.render(document("x" * html.MOST_ATTACHED)).decode()
    [data] = re.findall(r"base64,([^\"]*)", whole)
    assert len(b64decode(data)) == html.MOST_ATTACHED


def test_every_text_of_a_report_stands_on_the_page():
    made = report_of(document_of(Specimen(prompts=30)))
    text = html.render(made).decode()
    for one in made.sections:
        assert f'id="section-{one.key}"' in text
    assert text.count('class="pair"') == 10
    assert made.attachments[0].text == b64decode(re.findall(r"base64,([^\"]*)", text)[0]).decode()


def test_two_drawings_name_nothing_alike_and_hold_nothing_that_acts():
    first, second = inline_svg(chart("one")), inline_svg(chart("two"))
    ids = [set(re.findall(r' id="([^"]+)"', one)) for one in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for one in (first, second):
        assert not re.search(r"<(script|style|image|use|foreignObject|a|animate)\b", one)
        assert "http://evil" not in re.sub(r">[^<]*<", "><", one).replace("aria-label", "")
        assert set(re.findall(r"url\(#([^)]+)\)", one)) <= set(re.findall(r' id="([^"]+)"', one))


def test_a_chart_is_drawn_the_same_again_and_again():
    assert svg(chart("one")) == svg(chart("two")) == svg(chart("one"))
    assert picture(chart("one")) == picture(chart("one"))


def test_the_words_of_a_chart_are_in_its_picture():
    def of(text):
        mark = {"type": "text", "text": text, "font": "Libertinus Serif", "fontSize": 40}
        spec = {"data": {"values": [{}]}, "mark": mark, "width": 100, "height": 50}
        table = Table(("Name",), ((text,),), words=1)
        return picture(Chart("one", "One", "One", spec, table))

    assert of("b") == of("b")
    assert of("b") != of("d")
