"""The likelihood ratio in words, and printed."""

import io
import json
from typing import Any

import pypdf
import pytest

from audit.analysis.digests import canonical_json, digest_of
from audit.analysis.verifying.figures import differences
from cases.reports.charts.gallery import for_print
from cases.reports.likelihood import hypotheses_of, likelihood_of
from cases.reports.printed import press
from cases.reports.printed import printed as figures_of
from tests.cases.likelihood import likelihood_for, refused_for
from tests.cases.reports.specimen import Specimen, document_of
from tests.cases.reports.test_document import again
from tests.cases.reports.test_pdf import DECIMAL, OVERCLAIMS, allowed_decimals, squeezed

TEACHERS = [{"label": "B", "model": "model 1"}, {"label": "C", "model": "model 2"}]


def with_likelihood(document: dict[str, Any], likelihood: dict[str, Any] | None) -> dict[str, Any]:
    """Return the document of the same finding with another likelihood ratio in its result."""
    result = document["result"] | {"likelihood": likelihood}
    new = again(document, result=result, result_sha256=digest_of(result))
    return new | {key: document[key] for key in ("exhibits", "custody")}


def printed(document: dict[str, Any]) -> str:
    pdf = press(document)
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def words(**changes: Any) -> Any:
    """Return the words of the first teacher's ratio with some of its values changed."""
    found = likelihood_for(TEACHERS)
    found["teachers"][0] |= changes
    likelihood = likelihood_of({"likelihood": found})
    assert likelihood is not None
    return likelihood.ratios[0]


@pytest.fixture(scope="module")
def plain() -> dict[str, Any]:
    return document_of(Specimen(teachers=2))


@pytest.fixture(scope="module")
def document(plain: dict[str, Any]) -> dict[str, Any]:
    return with_likelihood(plain, likelihood_for(TEACHERS))


@pytest.fixture(scope="module")
def text(document: dict[str, Any]) -> str:
    return printed(document)


def test_a_result_without_one_has_no_words_for_it(plain: dict[str, Any]) -> None:
    earlier = {key: one for key, one in plain["result"].items() if key != "likelihood"}
    assert likelihood_of(earlier) is None
    assert likelihood_of(earlier | {"likelihood": None}) is None
    assert list(hypotheses_of(earlier)) == sorted(earlier["hypotheses"].items())


def test_a_bound_that_was_reached_is_said() -> None:
    ratio = words(
        log10_lr=1.56, score=2.083, bound={"lower": -1.31, "upper": 1.56, "hit": "upper"}
    )
    assert ratio.headline == "LR = 36 (log10 1.56)"
    facts = dict(ratio.facts)
    assert facts["Bound reached"] == "The upper one: the signals alone would give log10 2.08"
    assert facts["95 % interval over prompts"] == (
        "4.1 to 36 (log10 0.61 to 1.56), held to the bounds; before these log10 0.61 to 1.58"
    )


def test_a_number_that_the_validation_does_not_support_is_written_nowhere() -> None:
    beyond = {
        "score": 4.99,
        "low": 2.02,
        "high": 6.25,
        "left_out": [{"model": "x", "log10_lr": 5}],
    }
    for change in ({"log10_lr": None, "abstains": "None."}, {"log10_lr": 1.56}):
        found = likelihood_for(TEACHERS[:1])
        found["teachers"][0] |= beyond | change
        found["teachers"][0]["bound"]["hit"] = "upper"
        likelihood = likelihood_of({"likelihood": found})
        assert likelihood is not None
        (ratio,) = likelihood.ratios
        told = str((ratio.facts, ratio.left_out))
        assert "98,000" not in told
        assert "1,000,000" not in told
        assert "100,000" not in told
        assert "log10 4.99" in told


def test_the_parts_add_up_to_the_score() -> None:
    ratio = words()
    parts = [float(one.contribution.replace("\u2212", "-")) for one in ratio.signals]
    constant = float(ratio.constant.replace("\u2212", "-"))
    assert sum(parts) + constant == pytest.approx(float(ratio.score), abs=0.03)


def test_a_ratio_below_one_speaks_for_h2() -> None:
    ratio = words(log10_lr=-1.083, score=-1.083)
    assert ratio.headline == "LR = 0.083 (log10 \u22121.08)"
    assert "12 times more probable if H2 is true" in ratio.meaning


def test_rates_keep_their_order_whatever_order_the_store_gives(document: dict[str, Any]) -> None:
    found = likelihood_for(TEACHERS)
    misleading = found["validation"]["misleading"]
    shuffled = {key: misleading[key] for key in reversed(misleading)}
    found["validation"]["misleading"] = shuffled | {"h2_new_kind": misleading["h2_above_1"]}
    likelihood = likelihood_of({"likelihood": found})
    assert likelihood is not None
    assert likelihood.validation is not None
    names = [one.name for one in likelihood.validation.rates]
    known = [one["name"] for one in document["likelihood"]["validation"]["rates"]]
    assert names == [*known, "h2 new kind"]


def test_the_pdf_without_one_is_as_it_was(plain: dict[str, Any]) -> None:
    without = printed(with_likelihood(plain, None))
    assert "likelihood" not in with_likelihood(plain, None)
    assert "6 The exhibits" in " ".join(without.split())
    assert "Calibration pack" not in without
    assert "Tippett" not in without


def test_the_pdf_names_the_ratio_first_and_all_in_order(text: str) -> None:
    flowing = squeezed(text)
    order = [
        "Answer LR = 12 (log10 1.08) for B, model 1.", "LR: none given for C, model 2.",
        "6 The likelihood ratio", "4.1 to 36 (log10 0.61 to 1.56)", "Neither",
        "The findings provide moderate support for H1 over H2.",
        "The two hypotheses and the relevant population", "9c1e2d60b7f4a853", "74 models",
        "Strongest facts against, teacher B", "bellwether-4, a control, is nearer",
        "Strongest facts against, teacher C", "This case among the reference pairs",
        "a share of 0.344", "What the ratio is made of, teacher B", "Same opening",
        "7.6 to 20 (log10 0.88 to 1.30)", "With each family of controls left out in turn",
        "Without thornbury-1, heronsgate-2", "of the kind that was calibrated on", "24.5 to 403",
        "How often such ratios mislead", "76 of 460", "0.132 to 0.202",
        "With fewer prompts and with more", "used here", "7 The exhibits", "8 Custody",
        "14 Counted apart",
    ]  # fmt: skip
    place = 0
    for one in order:
        assert (place := flowing.find(squeezed(one), place)) >= 0, one


def test_answer_and_limits_stand_on_one_page(document: dict[str, Any], text: str) -> None:
    third = squeezed(text[text.index("Page 2 of") : text.index("Page 3 of")])
    assert [one for one in document["against"] if squeezed(one) not in third] == []


def test_every_number_of_it_stands_in_results_json(document: dict[str, Any], text: str) -> None:
    charts = for_print(document).values()
    # What figures print is worked out from results.json alone, and tested where they are drawn.
    drawn = " ".join(
        cell for one in charts for row in (one.texts, *one.table.rows) for cell in row
    )
    allowed = allowed_decimals(document) | set(DECIMAL.findall(drawn))
    assert set(DECIMAL.findall(text)) - allowed == set()


def test_it_is_never_called_a_probability_of_training(text: str) -> None:
    flowing = " ".join(
        text[text.index("The likelihood ratio") : text.index("The exhibits")].split()
    )
    assert OVERCLAIMS.search(flowing) is None
    assert "probability that" not in flowing


def test_the_same_document_gives_the_same_bytes(document: dict[str, Any]) -> None:
    pdf = press(document)
    assert press(json.loads(json.dumps(document))) == pdf


def test_a_refusal_is_printed_and_nothing_is_drawn(plain: dict[str, Any]) -> None:
    text = " ".join(printed(with_likelihood(plain, refused_for(TEACHERS))).split())
    assert "LR: none given" in text
    assert text.count("36 prompts are matched, and the calibration needs at least 50") == 2
    assert "Tippett plot" not in text
    assert "How often such ratios mislead" not in text


def test_a_case_without_a_ratio_is_not_said_to_be_drawn() -> None:
    found = likelihood_for(TEACHERS[:1])
    found["teachers"][0] |= {"log10_lr": None, "abstains": "No likelihood ratio is given."}
    likelihood = likelihood_of({"likelihood": found})
    assert likelihood is not None
    assert likelihood.marked == "No line stands for this case, as no ratio is given."
    (bounds, alone) = likelihood.ratios[0].facts
    assert bounds[0].startswith("Bounds")
    assert alone == ("Signals alone, not to be relied on", "log10 1.08, before any bound")


def test_files_weighed_as_one_are_named_and_controls_counted_by_family() -> None:
    found = likelihood_for(TEACHERS[:1])
    found["teachers"][0] |= {"label": "B+C", "files": ["B", "C"]}
    found["size"]["control_files"] = 7
    found |= {"set_aside": ["drumlin-6"]}
    likelihood = likelihood_of({"likelihood": found})
    assert likelihood is not None
    assert likelihood.ratios[0].files == ("B", "C")
    assert dict(likelihood.population)["This case"].startswith(
        "36 matched prompts, 7 controls of 5 families; set aside as versions of a teacher: drumlin"
    )


def test_material_outside_the_domain_is_printed_so(plain: dict[str, Any]) -> None:
    found = likelihood_for(TEACHERS)
    found["domain"] |= {"inside": False, "words": "Outside of the calibration's domain: words."}
    found["domain"]["checks"][0] |= {"value": 1530.0, "inside": False}
    text = " ".join(printed(with_likelihood(plain, found)).split())
    assert "Outside of the calibration's domain: words." in text
    assert "Words in an answer of the suspect (median) 1,530 24.5 to 403 no" in text


def test_names_of_others_print_literally(plain: dict[str, Any]) -> None:
    found = likelihood_for(TEACHERS)
    hostile = "#x *y* \u202e \U0001f600"
    found["teachers"][0] |= {
        "model": hostile,
        "against": [f"{hostile} is nearer."],
        "left_out": [{"model": hostile, "log10_lr": 0.5}],
    }
    text = squeezed(printed(with_likelihood(plain, found)))
    assert text.count(squeezed("#x *y* <U+202E> \u25a1")) == 7
    assert "\u202e" not in text


def test_every_figure_of_a_ratio_is_accounted_for_both_ways(
    document: dict[str, Any],
) -> None:
    read = json.loads(canonical_json(document))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(press(read))).pages]
    due = figures_of(read)
    compared, problems = differences(pages, due, due["rows"])
    assert problems == []
    assert compared > 300
