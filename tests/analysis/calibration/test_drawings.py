import csv
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from audit.analysis.calibration.curves import pav, tippett
from audit.analysis.calibration.drawings import Case, draw_all

NAMES = ["ece", "histogram", "pav", "tippett"]
ROOT = Path(__file__).resolve().parents[3]


def drawn(seed=1):
    rng = np.random.default_rng(seed)
    return rng.normal(3, 2, 40), rng.normal(-3, 2, 200)


def column(path, name):
    with path.open(encoding="utf-8", newline="") as file:
        return [float(row[name]) for row in csv.DictReader(file)]


def test_four_pictures_each_with_its_numbers(tmp_path):
    h1, h2 = drawn()
    written = draw_all(h1, h2, tmp_path / "new" / "folder")
    assert sorted(path.name for path in written) == sorted(
        f"{name}.{kind}" for name in NAMES for kind in ("svg", "csv")
    )
    for path in written:
        assert path.stat().st_size > 0
        if path.suffix == ".svg":
            assert ET.parse(path).getroot().tag.endswith("svg")  # noqa: S314 - our own file


def test_the_tables_hold_the_curves(tmp_path):
    h1, h2 = drawn()
    draw_all(h1, h2, tmp_path)
    shares, recalibrated = tippett(h1, h2), pav(h1, h2)
    assert column(tmp_path / "tippett.csv", "h1") == pytest.approx(shares.h1, abs=1e-6)
    points = column(tmp_path / "pav.csv", "pav_log10_lr")
    assert points[1:-1] == pytest.approx(recalibrated.pav_log10_lr, abs=1e-6)
    assert (points[0], points[-1]) == (-np.inf, np.inf)
    assert sum(column(tmp_path / "histogram.csv", "h2")) == 200
    assert max(column(tmp_path / "ece.csv", "neutral")) == 1


def test_equal_numbers_give_equal_bytes_in_another_process_and_style(tmp_path):
    h1, h2 = drawn()
    case = Case("case 7", 1.2)
    here = draw_all(h1, h2, tmp_path / "here", case)
    (tmp_path / "matplotlibrc").write_text("axes.facecolor: red\nsvg.fonttype: none\n")
    block = (
        "import sys; from pathlib import Path; import numpy as np\n"
        "from audit.analysis.calibration.drawings import Case, draw_all\n"
        "rng = np.random.default_rng(1); h1 = rng.normal(3, 2, 40); h2 = rng.normal(-3, 2, 200)\n"
        "draw_all(h1, h2, Path(sys.argv[1]), Case('case 7', 1.2))\n"
    )
    subprocess.run(
        [sys.executable, "-c", block, str(tmp_path / "there")],
        check=True,
        cwd=ROOT,
        env=os.environ | {"MATPLOTLIBRC": str(tmp_path / "matplotlibrc")},
    )
    for path in here:
        assert path.read_bytes() == (tmp_path / "there" / path.name).read_bytes(), path.name


def test_the_case_is_in_the_tippett_plot_only(tmp_path):
    h1, h2 = drawn()
    plain = draw_all(h1, h2, tmp_path / "plain")
    marked = draw_all(h1, h2, tmp_path / "marked", Case("case of $5", 1.2))
    differ = [
        one.name
        for one, other in zip(plain, marked, strict=True)
        if one.read_bytes() != other.read_bytes()
    ]
    assert differ == ["tippett.svg"]


def test_a_label_with_dollar_signs_is_not_taken_for_a_formula(tmp_path):
    draw_all(*drawn(), tmp_path, Case("$a$", 1.2))
    assert "Oblique" not in (tmp_path / "tippett.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("h1", "h2"),
    [
        (np.zeros(3), np.zeros(4)),
        (np.array([9.0, 9.5]), np.array([-9.0, -8.0])),
        (np.array([-2.0]), np.array([2.0])),
        (np.array([700.0, -1e-9]), np.array([-700.0])),
    ],
    ids=["no evidence", "no error", "wrong way round", "extremes"],
)
def test_odd_likelihood_ratios_can_be_drawn(tmp_path, h1, h2):
    assert len(draw_all(h1, h2, tmp_path, Case("beyond", 400))) == 8
