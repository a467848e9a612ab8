"""The index by what is asked, and the scale of words."""

import json
import math
from typing import Any

from audit.analysis.calibration.verbal import SCALE, verbal
from audit.analysis.digests import digest_of
from cases.reports.report import SECTIONS
from cases.reports.sections.standards import standards
from tests.cases.reports.sections.documents import (
    facts,
    quotes,
    references,
    said,
    table,
    with_ratio,
    without_ratio,
)


def test_every_paragraph_of_the_rule_and_every_factor_is_there() -> None:
    section = standards(without_ratio())
    rule = [row[0][:3] for row in table(section, "rule-702")]
    assert rule == ["(a)", "(b)", "(c)", "(d)"]
    factors = " ".join(row[0] for row in table(section, "daubert"))
    for word in ("tested", "Peer review", "rate of error", "Standards", "acceptance"):
        assert word in factors
    notes = " ".join(row[0] for row in table(section, "notes-to-702"))
    for word in ("alternative explanations", "independent of the litigation", "extrapolation"):
        assert word in notes


def test_the_words_of_the_rule_are_quoted_and_ours_are_not() -> None:
    section = standards(without_ratio())
    assert quotes(section) == [row[0] for row in table(section, "rule-702")]


def test_every_row_says_where_and_what_is_not_supplied() -> None:
    section = standards(without_ratio())
    for key in ("rule-702", "daubert", "notes-to-702"):
        assert all(where and lacks for _, where, lacks in table(section, key))
    lacks = " ".join(row[2] for row in table(section, "daubert"))
    assert (
        "Peer review of this software, of its calibration or of their combination: not held"
        in (lacks)
    )
    assert "acceptance of this method in its field is not held and is not claimed" in lacks


def test_every_section_that_the_index_names_is_in_each_report() -> None:
    document = without_ratio()
    made = {one.key for make in SECTIONS if (one := make(document)) is not None}
    assert references(standards(document)) <= made


def test_standards_are_cited_and_conformity_is_not_claimed() -> None:
    words = said(standards(without_ratio()))
    for source in ("ISO 21043-4:2025", "ISO 21043-5:2025", "ENFSI Guideline"):
        assert source in words
    assert "conformity has not been assessed by anybody" in words


def test_the_scale_is_printed_as_the_report_was_frozen_with_it() -> None:
    document = with_ratio()
    section = standards(document)
    assert document["scale"] == json.loads(json.dumps(SCALE.as_dict()))
    assert facts(section) == {"Version": "enfsi-2015", "SHA-256": digest_of(document["scale"])}
    assert SCALE.citation in said(section)
    assert "the word after it adds nothing to the number" in said(section)


def test_every_row_of_the_scale_is_what_a_ratio_in_it_is_called() -> None:
    rows: list[Any] = table(standards(with_ratio()), "scale-of-words")
    assert rows[0] == ("below 2", "none for either hypothesis")
    for lr, (bounds, word) in zip((2, 11, 101, 1_001, 10_001, 1_000_001), rows[1:], strict=True):
        assert verbal(math.log10(lr)) == f"provides {word} support for H1 over H2"
        assert f"{lr - (lr > 2):,}" in bounds


def test_without_a_ratio_there_is_no_scale() -> None:
    assert "scale" not in without_ratio()
    assert "The scale of words" not in said(standards(without_ratio()))
