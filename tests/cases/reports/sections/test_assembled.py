"""All sections together, in a report and on paper."""

import io
import re
from collections import Counter
from copy import deepcopy
from typing import Any

import pypdf
import pytest

from cases.reports.blocks import Listing, within
from cases.reports.printed import press
from cases.reports.report import report_of
from tests.cases.reports.sections.documents import (
    FILING,
    HOSTILE,
    NOTHING,
    said,
    with_ratio,
    without_ratio,
)
from tests.cases.reports.test_pdf import DECIMAL, OVERCLAIMS, allowed_decimals, squeezed

Row = dict[str, Any]
NEW = (
    *("control", "instruction", "clauses", "deviations", "validation"),
    *("limitations", "standards", "expert", "review"),
)


def final() -> Row:
    filing = deepcopy(FILING)
    filing["expert"]["publications"] = HOSTILE
    filing["elements"][0]["evidence"] = HOSTILE
    return filing | {"status": "final", "finalised_by": "erin",
                     "finalised_at": "2026-11-25T10:00:00+00:00"}  # fmt: skip


@pytest.mark.parametrize("filing", [None, NOTHING, FILING])
@pytest.mark.parametrize("make", [with_ratio, without_ratio])
def test_every_reference_leads_somewhere_and_every_table_has_a_name_of_its_own(
    filing: Row | None, make: Any
) -> None:
    artefact = report_of(make() | {"filing": filing})
    keys = [one.key for one in artefact.sections]
    assert set(NEW) <= set(keys)
    assert max(Counter(keys).values()) == 1
    listings = Counter(
        one.key
        for section in artefact.sections
        for one in within(section.blocks)
        if isinstance(one, Listing)
    )
    assert {key for key, count in listings.items() if count > 1} == set()
    numbers = re.findall(r"section (\d+)", " ".join(map(said, artefact.sections)))
    assert {int(one) for one in numbers} <= set(range(1, len(keys) + 1))


@pytest.mark.parametrize("make", [with_ratio, without_ratio])
def test_every_number_of_them_stands_in_results_json(make: Any) -> None:
    document = make() | {"filing": NOTHING}
    sections = [one for one in report_of(document).sections if one.key in NEW]
    printed = set(DECIMAL.findall(" ".join(map(said, sections))))
    assert len(printed) > 10
    assert printed - allowed_decimals(document) == set()


@pytest.mark.parametrize("make", [with_ratio, without_ratio])
def test_they_claim_no_more_than_they_may(make: Any) -> None:
    artefact = report_of(make() | {"filing": NOTHING})
    for one in artefact.sections:
        if one.key in NEW:
            assert OVERCLAIMS.search(said(one)) is None


def test_what_was_typed_prints_literally() -> None:
    pdf = press(with_ratio() | {"filing": final(), "designation": "CONFIDENTIAL"})
    read = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    text = squeezed("\n".join(read))
    visible = HOSTILE.replace("\u202e", "<U+202E>").replace("\x1b", "<U+001B>")
    assert text.count(squeezed(visible)) == 4
    assert "\u202e" not in text
    assert all("CONFIDENTIAL" in one for one in read)
    assert "DRAFT" not in text
