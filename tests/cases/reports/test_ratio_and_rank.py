"""What a report says where the ratio and the comparison by rank do not agree."""

import json

import pytest

from cases.reports.differing import differing
from tests.cases.reports.specimen import Specimen, document_of

SAID = "the likelihood ratio and the comparison by rank do not agree"


def result_with(code, log10_lr):
    result = json.loads(json.dumps(document_of(Specimen())["result"]))
    result["teachers"][0]["code"] = code
    label = result["teachers"][0]["label"]
    result["likelihood"] = {"teachers": [{"label": label, "files": [label], "log10_lr": log10_lr}]}
    return result


@pytest.mark.parametrize(
    ("code", "log10_lr", "said"),
    [
        ("not_shown", 1.0, True), ("abstains", 0.5, True), ("stands_out", 1.0, False),
        ("limited", 1.0, False), ("not_shown", -1.0, False), ("not_shown", None, False),
    ],
)  # fmt: skip
def test_that_they_differ_is_said_only_where_the_ratio_alone_is_for_h1(code, log10_lr, said):
    found = differing(result_with(code, log10_lr))
    assert [SAID in one for one in found] == [True] * said


def test_a_result_without_a_ratio_has_nothing_to_differ():
    result = document_of(Specimen())["result"]
    assert differing(result) == []
