"""What draws charts on a page, made from what draws them in print."""

import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from cases.reports.charts.drawing import VERSION
from cases.site.scripts import NAME
from tests.processes import manage


def test_the_script_is_found_and_made_once() -> None:
    found = finders.find(NAME)
    assert found == str(settings.DATA / "scripts" / VERSION / NAME)
    made = Path(found).stat().st_mtime_ns
    assert Path(found).read_text(encoding="utf-8").endswith(";")
    assert finders.find(NAME, find_all=True) == [found]
    assert Path(found).stat().st_mtime_ns == made
    assert finders.find("cases/nothing.js") is None


def test_it_is_served_under_its_digest(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = manage("collectstatic", "--no-input", TOUCHSTONE_DATA=str(data))
    assert done.returncode == 0, done.stderr
    manifest = json.loads((data / "static" / "staticfiles.json").read_text(encoding="utf-8"))
    named = data / "static" / manifest["paths"][NAME]
    assert named.name.startswith("vega.")
    assert named.name != "vega.js"
    assert named.with_name(f"{named.name}.gz").stat().st_size < 400_000
