"""The numbers of the figures are those of the document."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from audit.analysis.calibration.curves import tippett as curves_of
from audit.analysis.calibration.log_lrs import LN10
from cases.reports.charts.custody import custody
from cases.reports.charts.excess import one_view, three_views
from cases.reports.charts.heat import heat_map
from cases.reports.charts.left_out import without_lead, without_ratio
from cases.reports.charts.moments import ticks_of
from cases.reports.charts.nulls import null_ranks, null_ratios
from cases.reports.charts.power import power
from cases.reports.charts.releases import releases
from cases.reports.charts.signals import signals
from cases.reports.figures import VIEWS, decimals
from tests.cases.reports.charts.drawn import data_of, numbers_in, told_by, whole_document

DOCUMENT = whole_document()
RESULT = DOCUMENT["result"]
TEACHER = RESULT["teachers"][0]
FOUND = RESULT["likelihood"]


def rows_with(chart: Any, field: str) -> list[dict[str, Any]]:
    return [row for rows in data_of(chart) for row in rows if field in row]


@pytest.mark.parametrize("view", VIEWS)
def test_excess_stands_where_the_document_has_it(view: str) -> None:
    chart = one_view(DOCUMENT, TEACHER, view)
    axis = DOCUMENT["axes"][view]
    drawn = {
        tuple(
            axis["low"] + row[end] * (axis["high"] - axis["low"]) for end in ("x", "low", "high")
        )
        for row in rows_with(chart, "low")
    }
    known = {
        tuple(one["excess"][end] for end in ("estimate", "low", "high"))
        for one in TEACHER["views"][view]["candidates"]
    }
    assert np.array(sorted(drawn)) == pytest.approx(np.array(sorted(known)), abs=2e-6)


def test_rows_of_the_excess_are_named_after_their_own_model() -> None:
    (chart,) = three_views(DOCUMENT, TEACHER)
    first = TEACHER["views"]["embedding"]["candidates"]
    ordered = sorted(first, key=lambda one: -one["excess"]["estimate"])
    assert [row[0] for row in chart.table.rows] == [one["label"] for one in ordered]
    assert [row[4] for row in chart.table.rows] == [
        decimals(one["excess"]["estimate"]) for one in ordered
    ]
    layout = {one["label"]: one["excess"] for one in TEACHER["views"]["layout"]["candidates"]}
    assert all(row[8] == decimals(layout[row[0]]["estimate"]) for row in chart.table.rows)
    names = [text for text in chart.texts if text[1:8] == "  model"]
    assert [name.split()[0] for name in names] == [one["label"] for one in ordered]


def test_the_heat_map_has_every_cosine_in_its_own_cell() -> None:
    chart = heat_map(DOCUMENT)
    known = RESULT["similarity"]["mean_cosine"]
    cells = data_of(chart)[0]
    assert len(cells) == len(known) * (len(known) - 1)
    for cell in cells:
        # The suspect, which is first, has no column.
        row, column = cell["row"], cell["column"] + 1
        assert cell["text"] == ("\u2013" if row == column else decimals(known[row][column]))
    assert chart.table.rows[0][3:] == tuple(decimals(one) for one in known[0][1:])
    nearest = max(known[0][1:])
    assert decimals(nearest) in numbers_in(chart.alt)


def test_signals_add_up_to_the_whole() -> None:
    for one in FOUND["teachers"]:
        chart = signals(one)
        bars = [row["x"] for row in rows_with(chart, "from")]
        assert sum(bars) == pytest.approx(one["score"], abs=1e-5)
        assert {row["contribution"] for row in one["signals"]} < set(bars)
        assert chart.table.rows[-1] == ("All together", f"{one['score']:.2f}")
        has_interval = any("to" in row for row in rows_with(chart, "to"))
        assert has_interval == (one["log10_lr"] is not None)


def test_pairs_under_h2_are_counted_once() -> None:
    chart = null_ratios(DOCUMENT)
    assert chart is not None
    pairs = FOUND["validation"]["misleading"]["h2_above_1"]
    counts = [int(row[2]) for row in chart.table.rows]
    assert sum(counts) == pairs["of"]
    drawn = [row for row in rows_with(chart, "from") if row["x"] >= 0]
    assert sum(row["y"] for row in drawn) == pairs["count"]
    assert f"{pairs['count']} have one of 1 or more" in chart.alt


def test_counts_of_pairs_are_those_of_numpy() -> None:
    rng = np.random.default_rng(5)
    h1, h2 = rng.normal(1, 0.5, 40).round(4), rng.normal(-0.6, 0.7, 160).round(4)
    curves = curves_of(h1 * LN10, h2 * LN10)
    found = {
        "validation": {
            "tippett": {
                name: [round(one, 6) for one in getattr(curves, name)]
                for name in ("log10_lr", "h1", "h2")
            },
            "misleading": {"h2_above_1": {"count": int((h2 >= 0).sum()), "of": len(h2)}},
        },
        "teachers": [],
    }
    chart = null_ratios({"result": {"likelihood": found}})
    assert chart is not None
    bars = rows_with(chart, "from")
    for bar in bars:
        assert bar["y"] == ((h2 >= bar["x"]) & (h2 < bar["to"])).sum()
    assert sum(bar["y"] for bar in bars) == len(h2)


def test_the_rank_of_a_teacher_can_be_counted_in_its_strip() -> None:
    for teacher in RESULT["teachers"]:
        chart = null_ranks(teacher)
        view = teacher["views"]["embedding"]
        own, *controls = [one["excess"]["estimate"] for one in view["candidates"]]
        drawn = [row["x"] for row in rows_with(chart, "told") if "rank" not in row["told"]]
        assert sorted(drawn) == sorted([own, *controls])
        assert 1 + sum(one >= own for one in controls) == view["rank"]
        assert f"rank {view['rank']} of {view['of']}, p {decimals(view['p_value'])}" in chart.alt


def test_parts_left_out_stand_where_the_document_has_them() -> None:
    for one in FOUND["teachers"]:
        chart = without_ratio(one)
        assert chart is not None
        drawn = [row["x"] for row in rows_with(chart, "told") if "without" in row["told"]]
        known = [*one["left_out"], *one["families_left_out"], *one["files_left_out"]]
        assert sorted(drawn) == sorted(part["log10_lr"] for part in known)
    assert without_ratio(FOUND["teachers"][0] | {"left_out": [], "families_left_out": []}) is None


def test_leads_without_parts_are_those_of_the_document() -> None:
    chart = without_lead(TEACHER)
    assert chart is not None
    known = {
        (
            f"{VIEWS[view]}, {words}",
            decimals(one["lead"]["estimate"]),
            decimals(left["least_lead"]),
        )
        for view, one in TEACHER["views"].items()
        for part, words in (
            ("controls", "without each control"),
            ("families", "without each family"),
        )
        if (left := one["left_out"][part])
    }
    assert {row[:3] for row in chart.table.rows} == known
    older = {name: {**one, "left_out": {}} for name, one in TEACHER["views"].items()}
    assert without_lead(TEACHER | {"views": older}) is None


def test_releases_need_two_dates_and_stand_at_them() -> None:
    chart = releases(DOCUMENT)
    assert chart is not None
    points = {row["text"]: row for row in rows_with(chart, "y") if "text" in row}
    assert set(points) == set("BCDEG")
    moment = datetime(2024, 6, 2, tzinfo=UTC).timestamp()
    assert points["D"]["x"] == moment
    assert points["D"]["y"] == RESULT["similarity"]["mean_cosine"][0][3]
    assert "A, the suspect: 2025-02-01" in chart.texts
    for declared in ([], [{"label": "B", "released": "2024-01-01"}]):
        plan = DOCUMENT["plan"] | {"asserted": {"declared": declared}}
        assert releases(DOCUMENT | {"plan": plan}) is None


def test_power_stands_where_the_document_has_it() -> None:
    chart = power(DOCUMENT)
    assert chart is not None
    sizes = FOUND["validation"]["by_size"]
    drawn = {(row["x"], row["y"]) for row in rows_with(chart, "y")}
    known = {
        (one["prompts"], one[kind]) for one in sizes for kind in ("auc", "true_positive_rate")
    }
    assert drawn == known
    assert [row[-1] for row in chart.table.rows] == ["used here", "", "", "", ""]
    with_rates = [one | {"misleading": 0.1} for one in sizes]
    validation = FOUND["validation"] | {"by_size": with_rates}
    more = power({"result": {"likelihood": FOUND | {"validation": validation}}})
    assert more is not None
    assert len(more.table.columns) == len(chart.table.columns) + 1


def test_every_entry_of_the_custody_is_counted_once() -> None:
    entries = [
        {"at": f"2026-11-{day:02}T08:00:{second:02}+00:00", "act": act}
        for act, days in (("opened", [1]), ("received", [2, 2, 3]), ("found", [9]))
        for second, day in enumerate(days)
    ]
    chart = custody({"custody": entries})
    assert chart is not None
    assert [row[:2] for row in chart.table.rows] == [
        ("opened", "1"), ("received", "3"), ("found", "1"),
    ]  # fmt: skip
    assert [told for told in told_by(chart) if told.startswith("received")] == [
        "received: 2026-11-02 08:00:00, 2 entries",
        "received: 2026-11-03 08:00:02",
    ]
    assert "5 entries from 2026-11-01 08:00:00 to 2026-11-09 08:00:00 UTC" in chart.alt
    assert custody({"custody": []}) is None


@pytest.mark.parametrize(
    ("first", "last", "texts"),
    [
        ("2026-01-01T08:00", "2026-01-01T08:00", ["01-01 08:00", "01-01 08:01"]),
        ("2026-01-01T08:01", "2026-01-01T08:14", ["01-01 08:00", "01-01 08:05"]),
        ("2026-01-01T08:01", "2026-01-05T08:00", ["2026-01-01", "2026-01-02"]),
        ("2023-03-05", "2025-05-01", ["2023-01", "2024-01"]),
        ("0001-01-01", "9999-12-31", ["0001-01"]),
    ],
)
def test_ticks_of_time_are_few_and_hold_both_ends(first: str, last: str, texts: list[str]) -> None:
    ends = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (first, last)]
    ticks = ticks_of(*ends)
    assert [one.text for one in ticks][: len(texts)] == texts
    assert 2 <= len(ticks) <= 6
    assert ticks[0].at <= ends[0].timestamp()
    assert ticks[-1].at >= min(ends[1], datetime(9999, 1, 1, tzinfo=UTC)).timestamp()
